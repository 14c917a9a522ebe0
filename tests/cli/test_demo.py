"""`gigacity demo`, as a person runs it."""

import json
import re
import subprocess
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from rich.console import Console

from cli.demo.demo_clock import TODAY, DemoClock
from cli.demo.summary_tables import show_summaries
from shared.campaign.load import load
from tests.cli.commands import running
from tests.cli.waiting import wait_until

PROJECT = Path(__file__).parents[2]
CAMPAIGNS = PROJECT / "campaigns"
READMES = ("README.md", "README.zh-CN.md")
MARK = "-- next command --"

ORIGIN = "http://localhost:5173"


class DemoRun(NamedTuple):
    """Output and answers of a demo with `--json --serve --cors`, and the files that it left."""

    summaries: list[dict[str, Any]]
    log: str
    preflights: dict[str, httpx.Headers]  # the headers of the answers to two origins
    answer: httpx.Response  # to a request of a page of the allowed origin
    followed: Mapping[str, list[str]]  # the output of each command of a README, in order, by the README's name
    left: list[str]


@pytest.fixture(scope="module")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """One run; the environment names a database that the demo must not touch."""
    folder, temporary = tmp_path_factory.mktemp("elsewhere"), tmp_path_factory.mktemp("temporary")
    forbidden = {"GIGACITY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "TMPDIR": str(temporary)}
    arguments = ("demo", "--json", "--serve", "--cors", ORIGIN)
    with running(*arguments, until="}", environment=forbidden, folder=folder) as lines:
        log = (folder / "log").read_text(encoding="utf-8")
        (address,) = re.findall(r"^Serving at (\S+)$", log, re.MULTILINE)
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}
        with httpx.Client(base_url=address, trust_env=False) as page:
            preflights = {
                origin: page.options("/v1/observations", headers={"Origin": origin} | asked).headers
                for origin in (ORIGIN, "http://localhost:5174")
            }
            answer = page.get("/v1/summary", headers={"Origin": ORIGIN})
        wait_until(lambda: "All clients" in (folder / "log").read_text(encoding="utf-8"), "the demo's clients")
        secrets = dict(re.findall(r"^  \w+ +(\S+):(\S+)$", (folder / "log").read_text(encoding="utf-8"), re.MULTILINE))
        followed = {name: follow(name, address, secrets) for name in READMES}
    summaries = json.loads("\n".join(lines))["summaries"]
    return DemoRun(
        summaries, log, preflights, answer, followed, [path.name for path in (*folder.iterdir(), *temporary.iterdir())]
    )


def curl_steps(name: str) -> list[tuple[str, str]]:
    """Return the commands of a README's section on curl, each with the output that it shows; the first one starts the demo."""
    (_, section) = re.split(r"^## .*curl.*$", (PROJECT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return re.findall(r"```sh\n([^`]+)```\n(?:```text\n(.+?)```)?", section, re.DOTALL)[1:]


def follow(name: str, address: str, secrets: Mapping[str, str]) -> list[str]:
    """Carry out the commands of a README in one shell, with the secrets of the demo's clients; return the output of each."""
    script = f"\necho '{MARK}'\n".join(command for command, _ in curl_steps(name)).replace("http://localhost:8000", address)
    script = re.sub(r"'([^':]+):…'", lambda client: f"'{client[1]}:{secrets[client[1]]}'", script)
    return subprocess.run(["/bin/bash", "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout.split(MARK)


@pytest.mark.parametrize("name", READMES)
def test_the_commands_of_the_readme_print_what_it_shows(demo_run: DemoRun, name: str) -> None:
    steps = curl_steps(name)
    answers = demo_run.followed[name]

    assert len(steps) == len(answers) == 5
    for (command, excerpt), answer in zip(steps, answers, strict=True):
        shown, rest = ("".join(text.split()) for text in (excerpt, answer))
        for part in filter(None, shown.split("…")):
            assert part in rest, (command, part, answer)
            rest = rest.partition(part)[2]


@pytest.mark.parametrize("name", READMES)
def test_the_readme_shows_the_data_version_of_the_demo(demo_run: DemoRun, name: str) -> None:
    (august,) = [each for each in demo_run.summaries if {line["month"] for line in each["lines"]} == {"2022-08"}][:1]

    assert f"2022-08, data version {august['data_version']}\n" in (PROJECT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def summaries(demo_run: DemoRun) -> list[dict[str, Any]]:
    """The summaries that the demo printed."""
    return demo_run.summaries


def test_pages_of_the_named_origin_may_call_the_demo_and_those_of_no_other(demo_run: DemoRun) -> None:
    allowed, other = demo_run.preflights.values()

    assert allowed["Access-Control-Allow-Origin"] == ORIGIN
    assert {"POST", "GET"} <= set(allowed["Access-Control-Allow-Methods"].split(", "))
    assert {"authorization", "idempotency-key"} <= set(allowed["Access-Control-Allow-Headers"].lower().split(", "))
    assert "Access-Control-Allow-Origin" not in other
    assert (demo_run.answer.status_code, demo_run.answer.headers["Access-Control-Allow-Origin"]) == (401, ORIGIN)


def test_ids_are_the_same_in_each_demo_and_sort_by_time() -> None:
    first, second = ([clock.new_id() for _ in range(300)] for clock in (DemoClock(), DemoClock()))

    assert first == second == sorted(set(first))
    assert {id_.version for id_ in first} == {7}
    assert {id_.int >> 80 for id_ in first} == {int(TODAY.timestamp() * 1000)}


def line(summaries: list[dict[str, Any]], campaign: str, month: str, indicator: str) -> dict[str, Any]:
    return next(
        line
        for summary in summaries
        if summary["campaign"] == campaign
        for line in summary["lines"]
        if (line["month"], line["indicator"]) == (month, indicator)
    )


def test_it_says_what_it_does_and_leaves_nothing_behind(demo_run: DemoRun) -> None:
    assert "samples/liangjiang/2022-08/mobile.csv as mobile" in demo_run.log
    assert "Report 2 of 2022-08 issued (docx, json, xlsx): with --serve at /v1/reports/2\n" in demo_run.log
    assert demo_run.left == ["log"]


def test_there_is_one_summary_a_campaign_and_month(summaries: list[dict[str, Any]]) -> None:
    found = [(summary["campaign"], {line["month"] for line in summary["lines"]}) for summary in summaries]

    assert [month for code, month in found if code == "liangjiang-2022"] == [{"2022-05"}, {"2022-06"}, {"2022-07"}, {"2022-08"}]
    assert len([month for code, month in found if code == "national-2022"]) == 10


@pytest.mark.parametrize(
    ("indicator", "display", "status", "gap"),
    [
        ("pon_10g_share", "24.9", "not_met", 16),
        ("bs_5g_per_10k", "11.9", "not_met", 1),
        ("home_gigabit_coverage", "82.3", "met", 0),
        ("application_cases", "4", "not_met", 1),
    ],
)
def test_august_is_cut_not_rounded(summaries: list[dict[str, Any]], indicator: str, display: str, status: str, gap: int) -> None:
    found = line(summaries, "liangjiang-2022", "2022-08", indicator)

    assert (found["display"], found["status"], found["gap"]) == (display, status, gap)


def test_july_waits_for_unicom(summaries: list[dict[str, Any]]) -> None:
    found = line(summaries, "liangjiang-2022", "2022-07", "fbb_500m_share")

    assert (found["status"], found["value"]) == ("incomplete", None)
    assert {cell["org"] for cell in found["missing"]} == {"unicom"}


def shown(summaries: list[dict[str, Any]], width: int) -> list[list[str]]:
    """Return the words of each line on a terminal of this width."""
    paper = Console(file=StringIO(), width=width)
    definitions = {code: load(CAMPAIGNS / f"{code}.toml") for code in ("liangjiang-2022", "national-2022")}
    show_summaries(paper, summaries, definitions)
    assert isinstance(paper.file, StringIO)
    return [line.split() for line in paper.file.getvalue().splitlines()]


def test_the_tables_name_value_target_gap_status_and_who_is_missing(summaries: list[dict[str, Any]]) -> None:
    words = shown(summaries, 140)

    assert ["pon_10g_share", "城市10G-PON端口占比", "24.9", "≥", "25", "%", "16", "✗", "not", "met"] in words
    limits = [{**each, "lines": [{**line, "comparator": "<="} for line in each["lines"]]} for each in summaries]
    assert ["pon_10g_share", "城市10G-PON端口占比", "24.9", "≤", "25", "%", "16", "✗", "not", "met"] in shown(limits, 140)
    assert ["fbb_500m_share", "20.5", "✗", "22.0", "✗", "unicom", "?", "25.2", "✓"] in words
    assert ["?", "2022-07", "fbb_500m_share:", "missing", "from", "unicom:", "fbb_subs_500m,", "fbb_subs_total"] in words


@pytest.mark.parametrize("width", [80, 120, 140])
def test_a_narrow_terminal_gets_more_tables_and_no_figure_cut_off(summaries: list[dict[str, Any]], width: int) -> None:
    words = shown(summaries, width)

    months = [word for line in words if line[:1] == ["indicator"] for word in line if word.startswith("20")]
    assert [month for month in months if month > "2022-08"] == ["2022-09", "2022-10", "2022-11", "2022-12"]
    assert not [line for line in words if any("…" in word for word in line)]
    assert ["application_cases", "0", "✗", "0", "✗", "0", "✗", "4", "✗"] in words
