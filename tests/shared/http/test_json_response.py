"""Timestamps have one form in JSON, in tables and in models."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import BaseModel

from shared.http.json_response import json_bytes
from shared.values.timestamps import Timestamp, timestamp_text

CHONGQING = timezone(timedelta(hours=8))


class Dated(BaseModel):
    """A model with a timestamp that may be null."""

    at: Timestamp
    ended: Timestamp | None = None


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2022, 9, 6, 10, tzinfo=CHONGQING), "2022-09-06T02:00:00.000000Z"),
        (datetime(2022, 9, 6, 2, 0, 0, 120_000, tzinfo=UTC), "2022-09-06T02:00:00.120000Z"),
        (datetime(2022, 9, 6, 2, 0, 0, 1, tzinfo=UTC), "2022-09-06T02:00:00.000001Z"),
    ],
)
def test_a_timestamp_has_one_form_whatever_its_offset_and_precision(at: datetime, text: str) -> None:
    assert timestamp_text(at) == text
    assert json_bytes({"at": at, "day": date(2022, 9, 6)}) == b'{"at":"%s","day":"2022-09-06"}' % text.encode()
    assert Dated(at=at, ended=at).model_dump(mode="json") == {"at": text, "ended": text}
    assert Dated(at=at).model_dump_json() == f'{{"at":"{text}","ended":null}}'
    assert datetime.fromisoformat(text) == at


def test_what_json_has_no_form_for_is_an_error_not_a_guess() -> None:
    with pytest.raises(TypeError):
        json_bytes({"at": object()})
