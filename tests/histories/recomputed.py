"""Lines, target states and completeness of a data version once more, with fractions, from what the test remembers."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.histories.history import Count, State
from tests.histories.random_campaign import MONTHS
from tests.services.indicators import by_hand
from tests.services.indicators.by_hand import Block, Cell

Line = dict[str, Any]
BREAKDOWNS = {None: (False, False), "area": (True, False), "org": (False, True), "area,org": (True, True)}


class Recomputed:
    """The answers about one data version."""

    def __init__(self, state: State) -> None:
        """`state` is what is stored at the version."""
        self.state = state
        self._lines: dict[tuple[str, str | None], list[Line]] = {}  # by month and breakdown, without the states of targets

    def lines(self, month: str, group_by: str | None = None) -> list[Line]:
        """Return the summary's lines of a month, each with the state of its target; none if the month has not begun."""
        if month not in self.state.months:
            return []
        return [line | {"deadline": self._deadline(line, group_by)} for line in self._plain_lines(month, group_by)]

    def _plain_lines(self, month: str, group_by: str | None) -> list[Line]:
        if (month, group_by) not in self._lines:
            town = self.state.town(month)
            by_area, by_org = BREAKDOWNS[group_by]
            codes = town.blocks("indicator")
            lines = [line for code in codes for line in by_hand.lines(town, code, by_area=by_area, by_org=by_org)]
            self._lines[month, group_by] = lines
        return self._lines[month, group_by]

    def _deadline(self, line: Line, group_by: str | None) -> Line | None:
        target = by_hand.target_block(self.state.town(line["month"]), line["indicator"], line["area"], line["org"])
        return self.deadline(line, target, group_by) if target else None

    def deadline(self, line: Line, target: Block, group_by: str | None = None) -> Line:
        """Return the state of a target at the end of a line's month, from the values of all months up to it."""
        month, place = line["month"], ("indicator", "area", "org")
        values = {
            other["month"]: other
            for each in MONTHS[: MONTHS.index(month) + 1]
            for other in self._plain_lines(each, group_by)
            if [other[name] for name in place] == [line[name] for name in place] and other["denominator"]
        }
        met = [each for each, other in values.items() if _ratio(other) >= Fraction(target["value"])]
        due = date.fromisoformat(str(target["due"]))
        judged = max((each for each in MONTHS if last_day(each) <= due), default="")
        is_in_time = any(each <= judged for each in met)
        if due > last_day(month):
            state: str | None = "open"
        elif month not in values:
            state = None
        elif month in met:
            state = "on_time" if is_in_time else "late"
        else:
            state = "lapsed" if is_in_time else "missed"
        at_due = values.get(judged)
        return {
            "due": str(target["due"]),
            "state": state,
            "first_met_month": min(met, default=None),
            "value_at_due": at_due and at_due["value"],
        }

    def expected_counts(self, month: str) -> dict[Cell, list[Count]]:
        """Return the required counts of a month: of references those of all months up to it, the latest last."""
        town, counts = self.state.town(month), self.state.counts
        cells = {}
        for metric in town.blocks("metric").values():
            for org in metric["owed_by"]:
                if town.alive(town.organisation(org)):
                    for area in town.streets if metric["grain"] == "street" else ["R"]:
                        own = sorted(key for key in counts if key[:3] == (org, metric["code"], area))
                        is_reference = metric["kind"] == "reference"
                        months = [key for key in own if key[3] == month or (is_reference and key[3] < month)]
                        cells[org, metric["code"], area] = [counts[key] for key in months]
        return cells

    def completeness(self, month: str, cells: Mapping[Cell, Sequence[Count]]) -> dict[str, int]:
        """Return the numbers of some expected counts by state, and how late they are."""
        due = last_day(month) + timedelta(days=self.state.body["calendar"]["due_day"])
        grace_until = due + timedelta(days=self.state.body["calendar"]["grace_days"])
        today = self.state.at.date()
        present = [counts for counts in cells.values() if counts]
        reported = [min(count.reported for count in counts).date() for counts in present]
        missing = len(cells) - len(present)
        last = max([*reported, *([today] if missing else [])])
        return {
            "expected": len(cells),
            "reported": sum(counts[-1].value > 0 for counts in present),
            "zero": sum(counts[-1].value == 0 for counts in present),
            "missing": missing,
            "on_time": sum(day <= grace_until for day in reported),
            "late": sum(day > grace_until for day in reported),
            "overdue": missing if today > grace_until else 0,
            "late_days": (last - due).days if last > grace_until else 0,
        }


def _ratio(line: Line) -> Fraction:
    return Fraction(line["numerator"] * line["scale"], line["denominator"])


def last_day(month: str) -> date:
    """Return the last day of a month."""
    year, number = map(int, month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
