"""Keys and types of a campaign file: what does not fit is named with the nearest valid key."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.campaign.checks import findings
from shared.campaign.findings import DefinitionError
from shared.campaign.load import load
from tests.shared.campaign.plans import Raw, block, in_both_languages, small

Spoil = Callable[[Raw], Any]

CASES: list[tuple[str, Spoil, str, str, str]] = [
    (
        "unknown key",
        lambda raw: block(raw, "metric", "ports").update(unti="个"),
        "metric[ports].unti",
        "unknown key `unti`",
        "mean unit?",
    ),
    (
        "unknown key within",
        lambda raw: block(raw, "metric", "ports")["unit"].update(fr="x"),
        "metric[ports].unit.fr",
        "unknown key `fr`",
        "en",
    ),
    (
        "plural list",
        lambda raw: block(raw, "metric", "ports").update(owed=["red"]),
        "metric[ports].owed",
        "unknown key",
        "mean owed_by?",
    ),
    (
        "unknown key of a variant",
        lambda raw: block(raw, "indicator", "reach")["variant"][0].update(reduce="x"),
        "indicator[reach].variant[each].reduce",
        "unknown key `reduce`",
        "mean reducer?",
    ),
    ("unknown table", lambda raw: raw.update(metrics=[]), "metrics", "unknown table", "mean metric?"),
    ("missing table", lambda raw: raw.pop("calendar"), "calendar", "missing from the file", "add [calendar]"),
    ("missing list", lambda raw: raw.pop("indicator"), "indicator", "missing from the file", "add [[indicator]]"),
    ("one bracket", lambda raw: raw.update(hint=raw["hint"][0]), "hint", "list of tables", "[[hint]]"),
    (
        "missing key",
        lambda raw: block(raw, "metric", "ports").pop("grain"),
        "metric[ports].grain",
        "`grain` is missing",
        "add `grain",
    ),
    (
        "target without date",
        lambda raw: raw["target"][0].pop("due"),
        "target[fast_share].due",
        "`due` is missing",
        "add `due = 2022-09-30`",
    ),
    ("missing language", lambda raw: block(raw, "task", 1)["content"].pop("en"), "task[1].content.en", "missing", "add `en"),
    (
        "unknown value",
        lambda raw: block(raw, "metric", "ports").update(kind="stok"),
        "metric[ports].kind",
        "'stok'",
        "'stock', 'flow'",
    ),
    (
        "unknown literal",
        lambda raw: raw["calendar"].update(opens="never"),
        "calendar.opens",
        "'never'",
        "'month_start' or 'always'",
    ),
    (
        "fraction",
        lambda raw: raw["target"][0].update(value=12.5),
        "target[fast_share].value",
        "12.5",
        'a decimal as text, such as "12.5"',
    ),
    (
        "month",
        lambda raw: block(raw, "area", "002").update(valid_from="2022-13"),
        "area[002].valid_from",
        "'2022-13'",
        '"2022-09"',
    ),
    (
        "placeholder that a document number does not have",
        lambda raw: raw.update(report={"document_number": "〔{yaer}〕{number}号"}),
        "report.document_number",
        "",
        "{year} and {number}",
    ),
    ("part of a report that is not known", lambda raw: raw.update(report={"signer": "王某"}), "report.signer", "", "signatory"),
    (
        "a holiday that is a working day",
        lambda raw: raw["calendar"].update(holidays=[date(2022, 9, 12)], working_days=[date(2022, 9, 12)]),
        "calendar",
        "is not valid",
        "2022-09-12 is a holiday and a working day",
    ),
    ("no day to answer", lambda raw: raw["challenges"].update(answer_days=0), "challenges.answer_days", "0", "at least 1"),
    ("text for a number", lambda raw: raw["calendar"].update(due_day="5"), "calendar.due_day", "'5'", "a whole number"),
    ("bad code", lambda raw: raw["organisation"][0].update(code="*"), "organisation[*].code", "'*'", "must match"),
    ("rule of both shapes", lambda raw: raw["rule"][0].update(total="ports"), "rule[fast_within_all]", "", "nothing else"),
    (
        "change without a limit",
        lambda raw: raw["rule"][0].update(kind="change_limit", part=None, whole=None),
        "rule[fast_within_all]",
        "",
        "a change_limit rule has percent, may have metrics, and nothing else",
    ),
    ("kind of rule", lambda raw: raw["rule"][0].update(kind="part"), "rule[fast_within_all].kind", "'part'", "'part_of'"),
    ("no block", lambda raw: raw["area"].append("x"), "area[3]", "'x'", "write a table"),
]


@pytest.mark.parametrize(("spoil", "key", "problem", "fix"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_key_that_does_not_fit_is_named_with_what_would(spoil: Spoil, key: str, problem: str, fix: str) -> None:
    raw = small()
    spoil(raw)

    found = findings(raw, "plan.toml")

    assert any(one.key == key and problem in one.problem.en and fix in one.fix.en for one in found), "\n".join(map(str, found))
    assert all(in_both_languages(one) for one in found)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"[campaign\n", "is not TOML"), (b'a = "\xff"', "is not UTF-8"), (None, "cannot be read")],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "plan.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DefinitionError) as wrong:
        load(path)

    assert str(path) in str(wrong.value)
    assert problem in str(wrong.value)


def test_an_empty_file_asks_for_every_table_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("")

    with pytest.raises(DefinitionError) as wrong:
        load(path)

    assert {one.key for one in wrong.value.findings} == {"campaign", "calendar", "organisation", "area", "metric", "indicator"}
