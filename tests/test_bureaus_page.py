"""The commands in docs/bureaus.md run unchanged against the services with sample data, with the outputs that the page shows."""

import csv
import re
import sys
from pathlib import Path

import httpx
import pytest

from services.indicators.summary import table as summary
from services.ingest.observations import rendering as facts
from shared.vocabulary import Role
from tests.fixtures_campaign import LIANGJIANG, Campaigns
from tests.pages import BLOCK, SEPARATOR, assert_outputs, examples_of, run_code

PAGE = Path(__file__).parent.parent / "docs" / "bureaus.md"


@pytest.fixture
def environment(sampled_address: str, campaigns: Campaigns) -> dict[str, str]:
    """The variables of a bureau."""
    client = campaigns.clients[LIANGJIANG, "economy", Role.BUREAU]
    return {
        "GIGACITY_SERVER": sampled_address,
        "GIGACITY_CLIENT_ID": client.client_id,
        "GIGACITY_CLIENT_SECRET": client.secret,
        "NO_PROXY": "*",
    }


def test_the_questions_are_answered_as_the_page_says(environment: dict[str, str], tmp_path: Path) -> None:
    examples = [example for example in examples_of(PAGE) if example.language == "sh"]
    code = "".join(f"{example.code}\necho; echo '{SEPARATOR}'\n" for example in examples)

    assert_outputs(examples, run_code(["bash", "-euo", "pipefail", "-c"], code, environment, tmp_path))

    assert len(examples) > 10


def test_the_program_answers_as_the_page_says(environment: dict[str, str], tmp_path: Path) -> None:
    examples = [example for example in examples_of(PAGE) if example.language == "python"]
    code = "".join(f"{example.code}\nprint({SEPARATOR!r})\n" for example in examples)
    types = """
assert [str(july[name].dtype) for name in ("area", "display", "numerator", "gap")] == ["str", "str", "Int64", "Int64"]
assert [str(counts[name].dtype) for name in ("area", "data_version", "value")] == ["str", "str", "Int64"]
"""

    assert_outputs(examples, run_code([sys.executable, "-c"], code + types, environment, tmp_path))

    assert len(examples) == 3


def test_the_power_query_asks_for_what_there_is(environment: dict[str, str]) -> None:
    (snippet,) = (code for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if language == "powerquery")
    paths = re.findall(r'RelativePath = "([^"]+)"', snippet)
    query = dict(re.findall(r'(\w+) = "([^"]+)"', re.findall(r"Query = \[([^]]+)\]", snippet)[0]))
    form = dict([re.findall(r'Text.ToBinary\("(\w+)=(\w+)"\)', snippet)[0]])
    typed = dict(re.findall(r'\{"(\w+)", (?:type )?([\w.]+)\}', snippet))
    login = (environment["GIGACITY_CLIENT_ID"], environment["GIGACITY_CLIENT_SECRET"])

    with httpx.Client(base_url=environment["GIGACITY_SERVER"], trust_env=False) as api:
        token = api.post(paths[0], data=form, auth=login).json()["access_token"]
        answer = api.get(paths[1], params=query, headers={"Authorization": f"Bearer {token}"})
    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))

    assert paths == ["oauth2/token", "v1/summary"]
    assert len(rows) == 4 * (4 * 8 + 7)  # months; indicators by street, and those that are not
    assert typed.keys() <= set(summary.SUMMARY_COLUMNS)
    shapes = {"Int64.Type": r"\d*", "number": r"(\d+(\.\d+)?)?", "date": r"(\d{4}-\d\d-\d\d)?", "text": r"\d{9}|"}
    assert [row for row in rows for name, kind in typed.items() if not re.fullmatch(shapes[kind], row[name])] == []


def test_the_columns_of_the_page_are_those_of_the_file() -> None:
    assert ",".join(facts.COUNT_COLUMNS) in PAGE.read_text(encoding="utf-8")
