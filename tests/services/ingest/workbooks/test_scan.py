"""The scan of a sheet's XML: patterns and elements give the same result, and only cells with content count."""

import io
import random
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.formats.media import Media
from services.ingest.workbooks.number_formats import NumberFormat
from services.ingest.workbooks.scan import SheetScan
from services.ingest.workbooks.styles import CellStyle, Styles
from tests.services.ingest.formats.pushed import TITLES, contents, read, workbook

GOOD = ("homes_gigabit_covered", "500112007", "2022-08", 29594)
STYLES = Styles({3: CellStyle(NumberFormat("%", 100)), 12: CellStyle(is_struck=True)})
LETTERS = ("A", "B", "C", "Z", "AA", "AB", "IV", "XFD")


def result_of(scan: SheetScan) -> dict[str, object]:
    """Everything that a scan finds."""
    extent = (scan.top, scan.bottom, scan.left, scan.right)
    return {
        "extent": extent,
        "area": scan.area,
        "marks": list(scan.marks.by_row()),
        "widths": scan.widths,
        "hidden_columns": scan.hidden_columns,
        "hidden_rows": scan.hidden_rows,
    }


def by_elements(xml: bytes) -> dict[str, object]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("sheet.xml", xml)
        scan = SheetScan(STYLES)
        scan.scan_by_elements(archive, "sheet.xml")
    return result_of(scan)


def sheet_of(chance: random.Random) -> bytes:
    """A sheet as programs write it, with cells of every kind, blank ones among them."""
    widths, hiding = ("", ' width="9.5"', ' width="0"'), ("", ' hidden="1"', ' hidden="0"', ' customWidth="1"')
    columns = "".join(
        f'<col min="{first}" max="{first + chance.randint(0, 2)}"{chance.choice(widths)}{chance.choice(hiding)}/>'
        for first in chance.sample((1, 4, 7, 300), chance.randint(0, 3))
    )
    rows = []
    for number in sorted(chance.sample((1, 2, 3, 40, 1_000, 1_048_576), chance.randint(0, 5))):
        cells = []
        for letters in sorted(chance.sample(LETTERS, chance.randint(0, 4)), key=lambda name: (len(name), name)):
            style = chance.choice(("", "", ' s="3"', ' s="1"', ' s="12"', ' s="31"'))
            kind, content = chance.choice(
                (
                    ("", "<v>5</v>"),
                    (' t="s"', "<v>0</v>"),
                    (' t="n"', "<v>0.25</v>"),
                    (' t="inlineStr"', "<is><t>x</t></is>"),
                    ("", ""),
                    ("", None),
                    (' t="n"', "<v></v>"),
                )
            )
            attributes = f"{style}{kind}" if chance.random() < 0.8 else f"{kind}{style}"
            name = f'<c r="{letters}{number}"{attributes}'
            cells.append(f"{name}/>" if content is None else f"{name}>{content}</c>")
        hidden = chance.choice(("", "", ' spans="1:5"', ' hidden="1"', ' hidden="0"', ' ht="0" customHeight="1"', ' ht="15"'))
        rows.append(f'<row r="{number}"{hidden}>{"".join(cells)}</row>' if cells else f'<row r="{number}"{hidden}/>')
    return f"<worksheet><cols>{columns}</cols><sheetData>{''.join(rows)}</sheetData></worksheet>".encode()


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=False))
def test_patterns_find_what_elements_find(chance: random.Random) -> None:
    xml = sheet_of(chance)
    scan = SheetScan(STYLES)

    assert not scan.scan_by_patterns(xml) or result_of(scan) == by_elements(xml)


def test_the_usual_sheet_is_scanned_by_patterns() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(_usual))) as archive:
        scan = SheetScan(STYLES)

        assert scan.scan_by_patterns(archive.read("xl/worksheets/sheet1.xml"))
    assert (scan.bottom, scan.right, scan.hidden_rows) == (2, 3, [(1, 1)])


def _usual(book: object) -> None:
    sheet = book.add_worksheet()  # type: ignore[attr-defined]
    sheet.write_row(0, 0, TITLES[:4])
    sheet.write_row(1, 0, GOOD)
    sheet.write_row(2, 0, GOOD)
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.write_blank(5_000, 900, None, book.add_format({"bold": True}))  # type: ignore[attr-defined]


def test_a_coloured_blank_cell_far_away_refuses_no_workbook_merged_or_not() -> None:
    for merges in (False, True):
        for row, column in ((1_048_575, 16_383), (0, 16_383), (1_048_575, 0), (3, 300)):

            def fill(book: object, merges: bool = merges, row: int = row, column: int = column) -> None:
                sheet = book.add_worksheet("月报")  # type: ignore[attr-defined]
                sheet.write_row(0, 0, TITLES[:4])
                sheet.write_row(1, 0, GOOD)
                sheet.write_blank(row, column, None, book.add_format({"bg_color": "yellow"}))  # type: ignore[attr-defined]
                if merges:
                    sheet.merge_range(5, 0, 5, 3, "")

            assert contents(read(workbook(fill), Media.XLSX).rows) == [(*GOOD, None)]
