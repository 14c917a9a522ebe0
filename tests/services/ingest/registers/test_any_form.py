"""However an office lays out its list, it reads back as the rows that were laid out, and as many errors as faults."""

import asyncio
import io
import random
from datetime import date
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.formats.locator import column_letters
from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits
from services.ingest.push.dataset import PushRun
from services.ingest.push.row_errors import RowErrors
from services.ingest.push.sizes import SmallPush
from services.ingest.registers.pushed_register import PushedRegister
from services.ingest.registers.reading import read_register
from shared.campaign.applied import AppliedDefinition
from shared.campaign.load import load
from shared.registers import REGISTERS
from shared.vocabulary import RegisterCode
from tests.fixtures_campaign import CAMPAIGNS
from tests.services.ingest.formats.sheets_of import as_text, sheets
from tests.services.ingest.registers.lists import KANGMEI

_BLOCKS = load(CAMPAIGNS / "liangjiang-2022.toml")
DEFINITION = AppliedDefinition.of(
    _BLOCKS, version=1, metric_numbers={}, area_numbers={area.code: number for number, area in enumerate(_BLOCKS.areas)}
)
TITLES = {
    "month": "月份",
    "building": "楼栋编号",
    "compound": "小区名称",
    "name": "楼栋名称",
    "area": "街道",
    "households": "家庭户数",
}
_FAULTS = {"households": ["-", "3.5", "无", "x", "-1", "#REF!"], "compound": [""], "building": [""]}
Building = tuple[str, str, int]


class Drawn:
    """A workbook of the buildings of a street, laid out by chance; remembers where each cell stands."""

    def __init__(self, chance: random.Random, *, totals: bool) -> None:
        self.chance, self.totals = chance, totals
        self.buildings: list[Building] = []
        self.at: dict[tuple[str, str], tuple[int, int, int]] = {}
        self.text = chance.random() < 0.5
        self.subtotals = totals and chance.random() < 0.4
        self.pages = [self._page(number) for number in range(1 if self.text else chance.randint(1, 3))]

    def _page(self, number: int) -> tuple[str, list[list[Any]], list[tuple[int, int, int, int]]]:
        chance = self.chance
        grid: list[list[Any]] = [["小区楼栋登记表（2022年8月）"], *[[]] * chance.randrange(2)]
        if chance.random() < 0.5:
            grid.append(["填报单位：康美街道办事处", "", chance.choice(("单位：户", "填报日期：2022年9月3日"))])
        merged = [(0, 0, 0, 3)]
        columns = ["building", "compound", "households", *chance.sample(["month", "name", "area"], chance.randint(0, 3))]
        chance.shuffle(columns)
        columns.remove("building")
        columns.insert(0, "building")
        grouped = columns.index("compound") + 1 == columns.index("households") and chance.random() < 0.5
        if grouped:
            place, top = columns.index("compound") + 1, len(grid)
            grid.append(["", *("" if name in {"compound", "households"} else TITLES[name] for name in columns)])
            grid[top][0], grid[top][place] = "序号", "小区"
            grid.append([""] * (len(columns) + 1))
            grid[-1][place : place + 2] = ["名称", "户数"]
            merged += [(top, c, top + 1, c) for c, text in enumerate(grid[top]) if text and not place <= c <= place + 1]
            merged.append((top, place, top, place + 1))
        else:
            grid.append(["序号", *map(TITLES.get, columns)])
        if chance.random() < 0.3:
            grid.append(["", *("户" if name == "households" else "" for name in columns)])
        whole = sum(self._compound(grid, merged, columns, f"{number}-{place}") for place in range(chance.randint(1, 3)))
        if self.totals and chance.random() < 0.7:
            grid.append(["合计", *(whole if name == "households" else "" for name in columns)])
        grid += [[], ["填表人：张三", "", "联系电话：", "13800000000"]][: chance.randrange(3)]
        return f"第{number + 1}社区", grid, [] if self.text else merged

    def _compound(self, grid: list[list[Any]], merged: list[tuple[int, int, int, int]], columns: list[str], name: str) -> int:
        chance, first, total = self.chance, len(grid), 0
        page = int(name[0])
        for number in range(chance.randint(1, 3)):
            households = chance.randrange(500)
            key = f"K{name}-{number}"
            row = {"building": key, "compound": f"小区{name}", "name": "1栋", "households": households}
            row |= {
                "area": chance.choice((KANGMEI, "康美街道", "康美")),
                "month": chance.choice(("2022-08", "2022年8月", "202208")),
            }
            self.buildings.append((key, f"小区{name}", households))
            for place, column in enumerate(columns, 1):
                self.at[key, column] = (page, len(grid), place)
            grid.append([number + 1, *(row[column] for column in columns)])
            total += households
        place = columns.index("compound") + 1
        if len(grid) > first + 1 and not self.text and chance.random() < 0.5 and self.totals:
            merged.append((first, place, len(grid) - 1, place))
        if self.subtotals:
            grid.append(["小计", *(total if column == "households" else "" for column in columns)])
        return total

    def read(self) -> tuple[PushedRegister, list[dict[str, Any]]]:
        """Push it as the street's office would."""
        body = as_text(self.pages[0][1]) if self.text else sheets(*self.pages)
        request: Any = SimpleNamespace(
            media=Media.CSV if self.text else Media.XLSX,
            principal=SimpleNamespace(org="kangmei"),
            month=None,
            body=SimpleNamespace(file=io.BytesIO(body), size=len(body)),
        )
        service: Any = SimpleNamespace(limits=BodyLimits(), clock=SimpleNamespace(today=lambda _: date(2022, 9, 6)))
        connection: Any = None
        with RowErrors() as errors:
            run = PushRun(connection, service, request, SmallPush(), DEFINITION, errors)
            pushed = asyncio.run(read_register(REGISTERS[RegisterCode.COMPOUNDS], run))
            pushed.finish()
            return pushed, errors.first


def told(pushed: PushedRegister) -> list[Building]:
    bodies = [entry.body for entry in pushed.entries.values()]
    return sorted((str(body["building"]), str(body["compound"]), int(str(body["households"]))) for body in bodies)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_list_of_any_layout_reads_back_as_its_rows(chance: random.Random) -> None:
    drawn = Drawn(chance, totals=True)
    pushed, errors = drawn.read()

    assert (told(pushed), errors) == (sorted(drawn.buildings), [])
    assert {entry.area for entry in pushed.entries.values()} == {DEFINITION.area_numbers[KANGMEI]}
    assert {entry.month for entry in pushed.entries.values()} == {date(2022, 8, 1)}
    assert pushed.received == len(drawn.buildings)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_as_many_errors_as_faults_each_with_its_place(chance: random.Random) -> None:
    drawn = Drawn(chance, totals=False)
    spoiled = chance.sample(drawn.buildings, chance.randint(0, len(drawn.buildings)))
    where = []
    for building in spoiled:
        column = chance.choice(sorted(_FAULTS))
        page, row, place = drawn.at[building[0], column]
        name, grid, _ = drawn.pages[page]
        grid[row][place] = chance.choice(_FAULTS[column])
        where.append((None if drawn.text else name, row + 1, f"{column_letters(place)}{row + 1}"))
    pushed, errors = drawn.read()

    assert sorted((error["sheet"] or "", error["row"]) for error in errors) == sorted((each[0] or "", each[1]) for each in where)
    assert {error["cell"] for error in errors} == {each[2] for each in where}
    assert told(pushed) == sorted(set(drawn.buildings) - set(spoiled))
    assert pushed.received == len(drawn.buildings)
