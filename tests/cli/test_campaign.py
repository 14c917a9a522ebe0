"""`gigacity campaign`, as an operator runs it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.campaign import app
from cli.postgres.database_urls import DatabaseUrls
from tests.shared.campaign.plans import ROOT

LIANGJIANG = ROOT / "campaigns" / "liangjiang-2022.toml"


@pytest.mark.parametrize("name", ["liangjiang", "national"])
def test_the_shipped_files_are_valid(name: str) -> None:
    answer = CliRunner().invoke(app, ["check", str(ROOT / "campaigns" / f"{name}-2022.toml")])

    assert answer.exit_code == 0
    assert "is valid: " in answer.stdout


def test_an_invalid_file_is_not_applied_and_its_errors_are_listed(tmp_path: Path) -> None:
    wrong = tmp_path / "plan.toml"
    text = LIANGJIANG.read_text(encoding="utf-8")
    wrong.write_text(text.replace('parent = "liangjiang"', "", 1).replace("due = 2022-09-30", "", 1), encoding="utf-8")

    for command in ("check", "apply"):
        answer = CliRunner().invoke(app, [command, str(wrong)])

        assert answer.exit_code == 1
        assert f"{wrong}: area[500112007].parent: has no parent" in answer.stderr
        assert f"{wrong}: target[home_gigabit_coverage].due: `due` is missing" in answer.stderr
        assert "3 errors in " in answer.stderr


def test_applying_prints_the_difference_and_then_nothing(
    bare_urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGACITY_DATABASE_URL", bare_urls.owner)
    monkeypatch.setenv("GIGACITY_HOME", str(tmp_path))
    changed = tmp_path / "plan.toml"
    changed.write_text(LIANGJIANG.read_text(encoding="utf-8").replace("grace_days = 5", "grace_days = 3"), encoding="utf-8")

    first, again, other = (CliRunner().invoke(app, ["apply", str(file)]) for file in (LIANGJIANG, LIANGJIANG, changed))

    assert "liangjiang-2022: in force since data version 1: 16 organisations" in first.stdout
    assert again.stdout == "liangjiang-2022: already in force since data version 1; nothing changed\n"
    assert "~ calendar: grace_days 5 → 3" in other.stdout
    assert "in force since data version 2" in other.stdout


def test_an_unmigrated_database_is_refused_with_the_remedy(
    unmigrated_urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGACITY_DATABASE_URL", unmigrated_urls.owner)
    monkeypatch.setenv("GIGACITY_HOME", str(tmp_path))

    answer = CliRunner().invoke(app, ["apply", str(LIANGJIANG)])

    assert answer.exit_code == 1
    assert "gigacity migrate" in answer.stderr
