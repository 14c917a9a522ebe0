"""A log line has a maximum length, whatever it tells of."""

import json
from typing import Any

import pytest
import structlog

from shared import logs

BEGIN, END = "Traceback of request 7", "RecursionError: too deep"
LONG = f"{BEGIN} {'x' * 400_000} {END}"


@pytest.fixture(params=["json", "console"])
def log(request: pytest.FixtureRequest) -> Any:
    """A logger in one of the formats."""
    logs.configure(request.param)
    return structlog.get_logger()


def logged(capsys: pytest.CaptureFixture[str]) -> str:
    text = capsys.readouterr().err
    assert len(text) <= logs.MAX_LINE_LENGTH + len("\n")
    return text


def test_a_long_text_loses_its_middle(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    log.info("seen", path=LONG)

    text = logged(capsys)
    assert BEGIN in text
    assert END in text


def test_a_deep_traceback_keeps_its_beginning_and_the_error(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def deeper(level: int) -> None:
        if level == 0:
            raise ValueError("y" * 300_000 + END)
        deeper(level - 1)

    try:
        deeper(900)
    except ValueError:
        log.exception("failed")

    text = logged(capsys)
    assert "Traceback (most recent call last)" in text
    assert END in text


def test_a_text_that_grows_when_it_is_escaped_is_bounded_too(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    log.info("seen", **{f"value_{number}": "\U0001f600" * 7_000 for number in range(5)})

    assert "seen" in logged(capsys)


@pytest.mark.parametrize("value", [["x" * 1_000] * 1_000, {"a": "x" * 500_000}, 10**3_000])
def test_other_values_are_bounded_in_json(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.get_logger().info("seen", value=value, n=1)

    event = json.loads(logged(capsys))
    assert event["event"] == "seen"


def test_a_short_event_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.get_logger().info("seen", path="/v1/summary", status=200, milliseconds=1.5, client=None)

    event = json.loads(logged(capsys))
    assert {name: event[name] for name in ("path", "status", "milliseconds", "client")} == {
        "path": "/v1/summary",
        "status": 200,
        "milliseconds": 1.5,
        "client": None,
    }
