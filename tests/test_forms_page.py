"""Every table of docs/forms.md is pushed as it is shown, and each change that the page lists gets the answer that it lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from shared.problems import all_problems
from shared.values import media_types
from shared.vocabulary import FieldCode, RowCode
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.formats.sheets_of import as_text, sheets
from tests.services.ingest.marked.mending import put

PAGE = Path(__file__).parent.parent / "docs" / "forms.md"
Grid = list[list[str]]
UP, LEFT = "↑", "←"
_NUMBER = re.compile(r"[1-9][0-9]*|0")


@dataclass(frozen=True)
class Change:
    """One cell of a shape that is changed, and the answer."""

    sheet: str
    cell: str
    content: str
    answer: frozenset[tuple[str, str]]  # code and cell of each error; no cell: the file is refused as a whole


@dataclass(frozen=True)
class Shape:
    """One shape of the page: its sheets, what is stored of it, and the changes that are refused."""

    title: str
    sender: str
    dataset: str
    grids: dict[str, Grid] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()

    @property
    def is_plain(self) -> bool:
        """True if a CSV can hold it: one sheet without merged cells."""
        cells = {cell for grid in self.grids.values() for row in grid for cell in row}
        return len(self.grids) == 1 and not cells & {UP, LEFT}

    def changed(self, change: Change) -> "Shape":
        """Return the shape with one cell changed."""
        grid = [list(row) for row in self.grids[change.sheet]]
        row, column = _position(change.cell)
        assert grid[row][column] != change.content
        grid[row][column] = change.content
        return replace(self, grids=self.grids | {change.sheet: grid})

    async def push(self, practice: CampaignApi, ending: str) -> Response:
        """Push it as a workbook or as CSV."""
        content = as_text(next(iter(self.grids.values()))) if ending == ".csv" else self._workbook()
        return await self.push_file(practice, content, ending)

    async def push_file(self, practice: CampaignApi, content: bytes, ending: str, **query: str) -> Response:
        """Push a file as its sender."""
        headers = practice.headers(self.sender) | {"Content-Type": media_types.BY_SUFFIX[ending]}
        return await practice.api.post(f"/v1/{self.dataset}/files", content=content, params=query, headers=headers)

    def _workbook(self) -> bytes:
        return sheets(
            *((name, [[_typed(cell) for cell in row] for row in grid], _merged(grid)) for name, grid in self.grids.items())
        )


def _typed(cell: str) -> Any:
    """Return a number for a cell that shows one, as in a workbook that people type."""
    return int(cell) if _NUMBER.fullmatch(cell) else "" if cell in (UP, LEFT) else cell


def _merged(grid: Grid) -> list[tuple[int, int, int, int]]:
    """Return the merged ranges: a cell with those to its right and below that point at it."""
    ranges = []
    for top, row in enumerate(grid):
        for left, cell in enumerate(row):
            if cell in (UP, LEFT):
                continue
            right, bottom = left, top
            while right + 1 < len(row) and row[right + 1] == LEFT:
                right += 1
            while bottom + 1 < len(grid) and grid[bottom + 1][left] == UP:
                bottom += 1
            if (right, bottom) != (left, top):
                ranges.append((top, left, bottom, right))
    return ranges


def _position(cell: str) -> tuple[int, int]:
    return int(cell[1:]) - 1, ord(cell[0]) - ord("A")


def _shapes() -> Iterator[Shape]:
    text = PAGE.read_text(encoding="utf-8")
    for section in re.split(r"^##+ ", text, flags=re.MULTILINE)[1:]:
        sender = re.search(r"Sent by `(\w+)`(?: to `([\w/]+)`)?(?:, sheet ([^:\n]+))?:", section)
        if sender is None:
            continue
        names = [sender[3] or "月报", *re.findall(r"^Sheet ([^:\n]+):$", section, re.MULTILINE)]
        tables = re.findall(r"(?:^\|.*\|\n)+", section, re.MULTILINE)
        pictures = [table for table in tables if table.startswith("| | A ")]
        stored = re.search(r"```text\n(.*?)```", section, re.DOTALL)
        assert len(pictures) == len(names), section
        assert stored is not None, section
        yield Shape(
            section.splitlines()[0],
            sender[1],
            sender[2] or "observations",
            {name: _grid(picture) for name, picture in zip(names, pictures, strict=True)},
            frozenset(stored[1].splitlines()),
            tuple(change for table in tables if table.startswith("| change ") for change in _changes(table, names[0])),
        )


def _grid(picture: str) -> Grid:
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in picture.splitlines()]
    assert [line[0] for line in lines[2:]] == [str(number) for number in range(1, len(lines) - 1)]
    return [line[1:] for line in lines[2:]]


def _changes(table: str, first_sheet: str) -> Iterator[Change]:
    for line in table.splitlines()[2:]:
        made, answer = (cell.strip() for cell in line.strip().strip("|").split("|"))
        what = re.fullmatch(r"(?:([^!]+)!)?([A-Z][0-9]+): `(.*)`", made)
        told = re.findall(r"`(\w+)`(?: at ([^;]+))?", answer)
        assert what, line
        assert told, line
        errors = [(code, cell) for code, cells in told for cell in cells.split(", ")]
        sheet = what[1] or first_sheet
        named = frozenset((code, cell if "!" in cell or not cell else f"{first_sheet}!{cell}") for code, cell in errors)
        yield Change(sheet, what[2], what[3], named)


SHAPES = list(_shapes())


def _ways(shape: Shape) -> list[str]:
    return [".xlsx", ".csv"] if shape.is_plain else [".xlsx"]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
async def test_a_shape_is_stored_as_the_page_says(liangjiang: CampaignApi, shape: Shape) -> None:
    for number, ending in enumerate(_ways(shape)):
        answer = await shape.push(liangjiang, ending)

        assert answer.status_code == 201, answer.text
        assert answer.json()["changed"] == (number == 0)
        assert await _stored(liangjiang, shape) == shape.stored


async def _stored(practice: CampaignApi, shape: Shape) -> frozenset[str]:
    if shape.dataset == "observations":
        items = (await practice.get_ok("/v1/observations", org=shape.sender, limit=500))["items"]
        return frozenset(f"{item['metric']} {item['area']} {item['month']} {item['value']}" for item in items)
    items = (await practice.get_ok(f"/v1/{shape.dataset}/rows", limit=500))["items"]
    return frozenset(f"{item['building']} {item['area']} {item['month']} {item['households']}" for item in items)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
async def test_each_listed_change_is_refused_as_the_page_says(liangjiang: CampaignApi, shape: Shape) -> None:
    differences = {}
    for change in shape.changes:
        for ending in _ways(shape):
            answer = await shape.changed(change).push(liangjiang, ending)
            actual, expected = _told(answer), _expected(change, ending)
            if actual != expected:
                differences[change.cell, change.content, ending] = (actual, expected)

    assert differences == {}
    assert await _stored(liangjiang, shape) == frozenset()


async def test_a_marked_file_is_accepted_when_the_changed_cell_is_mended(liangjiang: CampaignApi) -> None:
    tried, refused = 0, []
    changes = [(shape, change, ending) for shape in SHAPES for change in shape.changes for ending in _ways(shape)[-1:]]
    for shape, change, ending in changes:
        answer = await shape.changed(change).push(liangjiang, ending)
        if answer.json()["code"] != "rows_refused":
            continue
        tried += 1
        marked = await liangjiang.get(f"{answer.headers['Location']}/errors{ending}", shape.sender)
        row, column = _position(change.cell)
        content = _typed(shape.grids[change.sheet][row][column])
        mended = put(marked.content, ending, change.sheet, change.cell, content)
        again = await shape.push_file(liangjiang, mended, ending, dry_run="true")
        counts = again.json().get("report", {}).get("counts", {})
        if (again.status_code, counts.get("created")) != (200, len(shape.stored)):
            refused.append((shape.title, change.cell, change.content, ending, counts, _told(again)))

    assert tried > 30
    assert refused == []


def _told(answer: Response) -> frozenset[tuple[str, str]]:
    """Return code and cell of each error; in a CSV the row stands for the cell."""
    document = answer.json()
    if document.get("code") != "rows_refused":
        return frozenset({(document.get("code", "stored"), "")})
    return frozenset(
        (error["code"], f"{error['sheet']}!{error['cell']}" if error["sheet"] else str(error["row"]))
        for error in document["report"]["errors"]
    )


def _expected(change: Change, ending: str) -> frozenset[tuple[str, str]]:
    if ending == ".xlsx":
        return change.answer
    return frozenset((code, re.sub(r".*![A-Z]+", "", cell)) for code, cell in change.answer)


def test_the_page_has_every_shape_and_refusals_of_each() -> None:
    assert len(SHAPES) == 16
    assert [shape.title for shape in SHAPES if not shape.changes] == []


def test_the_codes_of_the_page_exist() -> None:
    answers = re.findall(r"^\| .* \| (`.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    named = {code for answer in answers for code in re.findall(r"`(\w+)`", answer)}

    assert {"duplicate_conflict", "other_org"} <= named
    assert named - {code.value for code in (*RowCode, *FieldCode)} - {problem.code() for problem in all_problems()} == set()
