"""`gigacity demo`, as a person runs it."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.demo.summary_tables import show_summaries
from shared.campaign.load import load
from tests.cli.commands import gigacity

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder to run the demo in."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def summaries(elsewhere: Path) -> list[dict[str, Any]]:
    """The output of `--json`; the environment names a database that the demo must not touch."""
    forbidden = {"GIGACITY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "TMPDIR": str(elsewhere)}
    done = gigacity("demo", "--json", environment=forbidden, folder=elsewhere)
    assert done.returncode == 0, done.stderr
    assert "samples/liangjiang/2022-08/mobile.csv as mobile" in done.stderr
    assert "Report 1 of 2022-08 issued (docx, json, xlsx): with --serve at /v1/reports/1\n" in done.stderr
    document = json.loads(done.stdout)
    assert list(document) == ["summaries"]
    found: list[dict[str, Any]] = document["summaries"]
    return found


def line(summaries: list[dict[str, Any]], campaign: str, month: str, indicator: str) -> dict[str, Any]:
    return next(
        line
        for summary in summaries
        if summary["campaign"] == campaign
        for line in summary["lines"]
        if (line["month"], line["indicator"]) == (month, indicator)
    )


def test_it_leaves_nothing_behind(summaries: list[dict[str, Any]], elsewhere: Path) -> None:
    assert summaries
    assert list(elsewhere.iterdir()) == []


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
    assert ["fbb_500m_share", "20.5", "✗", "22.0", "✗", "unicom", "?", "25.2", "✓"] in words
    assert ["?", "2022-07", "fbb_500m_share:", "missing", "from", "unicom:", "fbb_subs_500m,", "fbb_subs_total"] in words


@pytest.mark.parametrize("width", [80, 120, 140])
def test_a_narrow_terminal_gets_more_tables_and_no_figure_cut_off(summaries: list[dict[str, Any]], width: int) -> None:
    words = shown(summaries, width)

    months = [word for line in words if line[:1] == ["indicator"] for word in line if word.startswith("20")]
    assert [month for month in months if month > "2022-08"] == ["2022-09", "2022-10", "2022-11", "2022-12"]
    assert not [line for line in words if any("…" in word for word in line)]
    assert ["application_cases", "0", "✗", "0", "✗", "0", "✗", "4", "✗"] in words
