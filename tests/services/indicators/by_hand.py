"""The summary's lines once more, with fractions and straight from the campaign file: shares no code with what it is held against.

Counts are looked up by organisation, metric and area; what nobody reported is absent. A reference count comes with its month.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

Block = Mapping[str, Any]
Cell = tuple[str, str, str]  # organisation, metric, area
EVERYBODY = "*"


@dataclass(frozen=True)
class Town:
    """A month of a campaign: its file, what was counted, and which organisations' months were accepted."""

    body: Block
    month: str  # 2022-08
    counts: Mapping[Cell, tuple[str, int]]  # the count's own month and the count
    cases: int = 0
    accepted: frozenset[tuple[str, str]] = frozenset()  # organisation and month
    active: frozenset[str] = frozenset()  # who reported something that did not make a count
    period: str = "month"  # or `quarter`, if the counts are sums

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Without the campaign's file."""
        printer.text(f"Town({self.month}, {self.counts}, cases={self.cases}, accepted={self.accepted})")

    def blocks(self, kind: str) -> dict[str, Block]:
        """The blocks of a kind that hold in the month, by code."""
        return {each["code"]: each for each in self.body[kind] if (each["from"] or "") <= self.month}

    def alive(self, block: Block) -> bool:
        """Return true if an area or organisation is valid in the month."""
        return (block["valid_from"] or "") <= self.month <= (block["valid_to"] or "9999-12")

    @property
    def streets(self) -> list[str]:
        """Codes of the areas that lie in another one and contain none."""
        alive = [area for area in self.body["area"] if self.alive(area)]
        holding = {area["parent"] for area in alive}
        return [area["code"] for area in alive if area["parent"] and area["code"] not in holding]

    def below(self, area: str) -> set[str]:
        """The streets that lie somewhere below an area."""
        parents = {each["code"]: each["parent"] for each in self.body["area"]}
        found = set()
        for street in self.streets:
            above = parents[street]
            while above is not None and above != area:
                above = parents[above]
            if above == area:
                found.add(street)
        return found

    @property
    def places(self) -> list[str]:
        """Areas with lines of their own: the streets, and what lies between them and the whole area."""
        root = self.body["campaign"]["area"]
        alive = [area["code"] for area in self.body["area"] if area["code"] != root and self.alive(area)]
        between = [code for code in alive if self.below(code)]
        return [area["code"] for area in self.body["area"] if area["code"] in {*between, *self.streets}]

    def organisation(self, code: str) -> Block:
        """An organisation's block."""
        return next(each for each in self.body["organisation"] if each["code"] == code)

    def expected(self, indicator: Block, metric: str) -> list[Cell]:
        """The counts that a figure needs of one metric, in order."""
        block = self.blocks("metric")[metric]
        if block["derived"] and not block["reported_by"]:
            reporters = [EVERYBODY]
        else:
            active = self.active | {org for org, code, _ in self.counts if code in read(indicator)}
            wanted = [*block["owed_by"], *(org for org in block["reported_by"] if org in active)]
            reporters = [org for org in wanted if self.alive(self.organisation(org))]
        cells = []
        for org in reporters:
            own = None if org == EVERYBODY else self.organisation(org)["area"]
            places = self.streets if block["grain"] == "street" else [self.body["campaign"]["area"]]
            cells += [(org, metric, area) for area in places if own in (None, area) or block["grain"] == "campaign"]
        return cells

    def within(self, indicator: Block, metric: str | None, area: str | None, org: str | None) -> list[Cell]:
        """Those of them that belong to one line: a base that others report is everybody's."""
        cells = self.expected(indicator, metric) if metric else []
        if org in {cell[0] for cell in cells}:
            cells = [cell for cell in cells if cell[0] == org]
        by_street = metric is not None and self.blocks("metric")[metric]["grain"] == "street"
        within = {area} | (self.below(area) if area else set())
        return [cell for cell in cells if area is None or cell[2] in within or not by_street]


def read(indicator: Block) -> set[str]:
    """Every metric that an indicator reads."""
    own = [each[side] for each in indicator["variant"] for side in ("numerator", "denominator")]
    named = [indicator["numerator"], indicator["denominator"], *own]
    return {metric for metric in named if metric}


def lines(town: Town, code: str, *, by_area: bool, by_org: bool) -> Iterator[dict[str, Any]]:
    """The lines of one indicator in a breakdown, in the shape of the summary's answer."""
    indicator = town.blocks("indicator")[code]
    counted = decides_of(indicator)["numerator"] or indicator["numerator"]
    by_street = any(town.blocks("metric")[metric]["grain"] == "street" for metric in read(indicator))
    orgs: list[str | None] = [None]
    if by_org and counted is not None:
        reporters = list(dict.fromkeys(org for org, _, _ in town.expected(indicator, counted)))
        orgs = [None] if reporters == [EVERYBODY] else [*reporters]
    for area in town.places if by_area and by_street else [None]:
        for org in orgs:
            yield _line(town, indicator, area, org)


def _line(town: Town, indicator: Block, area: str | None, org: str | None) -> dict[str, Any]:
    target = _target(town, indicator["code"], area, org)
    variants = []
    for variant in indicator["variant"]:
        metric = variant["numerator"] or indicator["numerator"]
        decides = variant["code"] == indicator["decides"]
        if org and metric and town.blocks("metric")[metric]["derived"] and not decides:
            continue
        top, under = (town.within(indicator, side, area, org) for side in (metric, divisor_of(indicator, variant)))
        figure = _figure(town, indicator, variant, top, under, target)
        figure |= {name: exact(figure[name]) for name in ("numerator", "denominator", "gap")}
        variants.append({"variant": variant["code"], "decides": decides, **figure})
        if decides:
            base, cells = under, [*top, *under]
            deciding = figure
    missing = [cell for cell in cells if cell not in town.counts]
    there = [town.counts[cell][1] for cell in cells if cell in town.counts]
    months = [(cell[0], town.counts[cell][0]) for cell in cells if cell in town.counts]
    older = {town.counts[cell][0] for cell in base if cell in town.counts and town.counts[cell][0] < town.month}
    return {
        "indicator": indicator["code"],
        "month": town.month,
        "area": area,
        "org": org,
        "scale": indicator["scale"],
        "variants": variants,
        **deciding,
        "missing": sorted(missing),
        "cells": {"reported": len([n for n in there if n]), "zero": there.count(0), "missing": len(missing)},
        "partial": _partial(town, indicator, decides_of(indicator), area, org) if missing else None,
        "provisional": bool(missing) or any(one not in town.accepted for one in months),
        "references": sorted((divisor_of(indicator, decides_of(indicator)), month) for month in older),
    }


def decides_of(indicator: Block) -> Block:
    """The variant that is compared with the target."""
    return next(each for each in indicator["variant"] if each["code"] == indicator["decides"])


def divisor_of(indicator: Block, variant: Block) -> str | None:
    """Return the code of a variant's denominator."""
    divisor: str | None = variant["denominator"] or indicator["denominator"]
    return divisor


def _partial(town: Town, indicator: Block, variant: Block, area: str | None, org: str | None) -> dict[str, int | None]:
    metric = variant["numerator"] or indicator["numerator"]
    sides = [town.within(indicator, side, area, org) for side in (metric, divisor_of(indicator, variant))]
    top, bottom = reduced(town, indicator, variant, *sides)
    counted, divided = (any(cell in town.counts for cell in side) for side in sides)
    divided = divided or divisor_of(indicator, variant) is None
    limited = variant["reducer"] in {"max_by_area", "capped_sum"}
    return {
        "numerator": exact(top) if counted and (divided or not limited) else None,
        "denominator": exact(bottom) if divided and (counted or variant["reducer"] != "each") else None,
    }


def reduced(town: Town, indicator: Block, variant: Block, top: list[Cell], base: list[Cell]) -> tuple[int, int]:
    """Numerator and denominator over the counts that are there."""
    reducer = variant["reducer"]
    if reducer == "cases":
        return town.cases, 1
    counts = {cell: town.counts[cell][1] for cell in top if cell in town.counts}
    homes: dict[str, int] = {}
    for cell in base:
        if cell in town.counts:
            homes[cell[2]] = homes.get(cell[2], 0) + town.counts[cell][1]
    areas = sorted({area for _, _, area in counts})
    each = {area: [value for cell, value in counts.items() if cell[2] == area] for area in areas}
    denominator = sum(homes.values()) if divisor_of(indicator, variant) else 1
    if reducer == "max_by_area":
        return sum(min(max(each[area]), homes.get(area, 0)) for area in areas), denominator
    if reducer == "capped_sum":
        return sum(min(sum(each[area]), homes.get(area, 0)) for area in areas), denominator
    if reducer == "each":
        return sum(counts.values()), sum(homes.get(area, 0) * len(each[area]) for area in areas)
    return sum(counts.values()), denominator


def _figure(
    town: Town, indicator: Block, variant: Block, top: list[Cell], base: list[Cell], target: Fraction | None
) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(("numerator", "denominator", "value", "display", "gap"))
    if any(cell not in town.counts for cell in [*top, *base]):
        return {**nothing, "status": "incomplete"}
    if indicator_counts(indicator, variant) and (not top or (divisor_of(indicator, variant) and not base)):
        return {**nothing, "status": "not_reported"}
    numerator, denominator = reduced(town, indicator, variant, top, base)
    counts = {**nothing, "numerator": numerator, "denominator": denominator}
    if denominator == 0:
        return {**counts, "status": "not_applicable"}
    ratio = Fraction(numerator, denominator) * indicator["scale"]
    shown = {"value": float(Fraction(floor(ratio * 10_000), 10_000)), "display": cut(ratio, indicator["decimals"])}
    if target is None:
        return {**counts, **shown, "status": "no_target"}
    gap = max(0, ceil(target * denominator / indicator["scale"]) - numerator)
    if indicator["comparator"] == "<=":
        gap = max(0, numerator - floor(target * denominator / indicator["scale"]))
        return {**counts, **shown, "gap": gap, "status": "met" if ratio <= target else "not_met"}
    return {**counts, **shown, "gap": gap, "status": "met" if ratio >= target else "not_met"}


def indicator_counts(indicator: Block, variant: Block) -> bool:
    """Return true unless a variant counts cases."""
    return bool(variant["numerator"] or indicator["numerator"])


def exact(number: int | None) -> int | None:
    """Return a number that JSON readers keep exact, None for a larger one."""
    return None if number is None or number >= 2**53 else number


def cut(ratio: Fraction, decimals: int) -> str:
    """A ratio that is not negative, cut at some decimals."""
    digits = str(floor(ratio * 10**decimals)).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


def _target(town: Town, indicator: str, area: str | None, org: str | None) -> Fraction | None:
    block = target_block(town, indicator, area, org)
    return Fraction(block["value"]) if block else None


def target_block(town: Town, indicator: str, area: str | None, org: str | None) -> Block | None:
    """The campaign's target: a street without one of its own has the campaign's, an organisation has none."""
    standing: list[Block] = [
        each
        for each in town.body["target"]
        if each["kind"] == "campaign"
        and each["period"] == town.period
        and (each["indicator"], each["area"], each["org"]) == (indicator, area, org)
        and (each["from"] or "") <= town.month
    ]
    if not standing:
        return target_block(town, indicator, None, org) if area else None
    newest = max(each["from"] or "" for each in standing)
    of_newest = sorted((each for each in standing if (each["from"] or "") == newest), key=lambda each: each["due"])
    to_come = [each for each in of_newest if each["due"] >= f"{town.month}-01"]
    return (to_come or of_newest[-1:])[0]
