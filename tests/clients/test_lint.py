"""The OpenAPI file has no error in two public linters."""

from pathlib import Path

from tests.clients.generators import GIGACITY, NODE, run

RULES = """extends: ["spectral:oas"]
rules:
  oas3-valid-media-example: "off"
  oas3-valid-schema-example: "off"
"""
"""Redocly compares every example with its schema in a tenth of the time."""


def test_spectral_finds_no_error(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")

    report = run(NODE / "spectral", "lint", "--ruleset", "rules.yaml", GIGACITY, folder=tmp_path)

    assert "(0 errors" in report or "No results" in report


def test_redocly_finds_no_error_with_its_strict_rules(tmp_path: Path) -> None:
    report = run(NODE / "redocly", "lint", "--extends", "recommended-strict", GIGACITY, folder=tmp_path)

    assert "Your API description is valid" in report
