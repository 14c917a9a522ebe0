"""CSV files as sheets: portions of bounded size."""

import pytest

from services.ingest.formats.media import Media
from tests.services.ingest.formats.pushed import as_csv
from tests.services.ingest.formats.sheets.parts import read_parts


@pytest.mark.parametrize(("rows", "note", "limit"), [(300, "n" * 8_000, 40), (500, "n", 100), (500, "注" * 3_000, 90)])
def test_portions_are_bounded_in_rows_and_in_length(rows: int, note: str, limit: int) -> None:
    (sheet,) = read_parts(as_csv([("a", "b", "2022-08", 1, note)] * rows), Media.CSV, batch_rows=100)

    assert sum(sheet.portions) == len(sheet.rows) == rows + 1
    assert max(sheet.portions) <= limit
