"""Our files after a spreadsheet program opened, filled in and saved them (LibreOffice 7.4)."""

from pathlib import Path

import pytest

from services.ingest.formats.media import Media
from shared.campaign.load import load
from shared.campaign.spellings import spellings
from tests.fixtures_campaign import CAMPAIGNS
from tests.services.ingest.formats.pushed import Pushed, read
from tests.services.ingest.formats.sheets_of import SENDER, sorted_counts

WRITTEN = Path(__file__).parent / "written_by_libreoffice"
SAMPLE = Path(__file__).parents[4] / "samples" / "liangjiang" / "forms" / "economy-2022-08-crosstab.xlsx"
NAMES = spellings(load(CAMPAIGNS / "liangjiang-2022.toml"))


def pushed(path: Path) -> Pushed:
    return read(path.read_bytes(), Media.XLSX if path.suffix == ".xlsx" else Media.CSV, SENDER, NAMES)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("template.xlsx", {"space"}),  # saved as ODS between; counts typed, computed, and typed as text
        ("template-gb18030.csv", {"gb18030", "month_form"}),
        ("template-semicolon.csv", {"space", "delimiter"}),
    ],
)
def test_a_template_that_a_program_saved_is_read_as_it_was_filled_in(name: str, kinds: set[str]) -> None:
    found = pushed(WRITTEN / name)

    assert (found.errors, found.blank, set(found.kinds)) == ([], 0, kinds)
    assert len({(row.metric, row.area) for row in found.rows}) == len(found.rows) == 86
    assert {(row.month, row.value) for row in found.rows if row.metric != "bs_5g_total"} == {("2022-08", 7)}


@pytest.mark.parametrize("name", ["crosstab.xlsx", "crosstab-gb18030.csv"])
def test_a_crosstab_that_a_program_saved_says_what_it_said(name: str) -> None:
    found, before = pushed(WRITTEN / name), pushed(SAMPLE)

    assert (sorted_counts(found), found.errors) == (sorted_counts(before), [])
    assert found.kinds["total_checked"] == before.kinds["total_checked"] > 0
