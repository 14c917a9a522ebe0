"""Campaigns and months as property tests draw them, and their counts as the database hands them over."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.campaign.applied import AppliedDefinition
from shared.campaign.definition import Definition
from shared.campaign.load import load
from shared.domain.counts import CASES_METRIC, NO_ORG
from shared.domain.summary import CountsRow
from shared.values.months import month_of
from tests.fixtures_campaign import CAMPAIGNS, LIANGJIANG, NATIONAL
from tests.fixtures_campaign_api import small_definition
from tests.services.indicators import by_hand
from tests.services.indicators.by_hand import EVERYBODY, Cell, Town

MONTH, OLDER = "2022-08", "2020-12"
STREETS = ("500112007", "500112009", "500112022")
CARRIERS = ("telecom", "mobile", "unicom")
EVERY = settings(max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
Drawn = TypeVar("Drawn")


def found_out(strategy: st.SearchStrategy[Drawn], check: Callable[[Drawn], None]) -> bool:
    """Return true if an example violates the property, as there must be one for every mutant."""
    search = settings(EVERY, max_examples=2_000, phases=[Phase.generate], derandomize=True, report_multiple_bugs=False)
    try:
        search(given(strategy)(check))()
    except AssertionError:
        return True
    return False


@cache
def campaigns() -> Sequence[AppliedDefinition]:
    """Liangjiang's over three streets, the same with everything odd, and the nation's."""
    liangjiang, national = (load(CAMPAIGNS / f"{code}.toml") for code in (LIANGJIANG, NATIONAL))
    plain = small_definition(liangjiang, [each.code for each in liangjiang.indicators], CARRIERS, STREETS)
    odd = plain.body()
    for number, indicator in enumerate(odd["indicator"]):
        indicator |= {"decimals": number % 5, "decides": indicator["variant"][-1]["code"]}
        indicator["scale"] = (1, 7, 100, 999_983)[number % 4]
        target = {**odd["target"][0], "indicator": indicator["code"], "value": f"{number}.333333", "due": "2022-07-31"}
        odd["target"] += [target, target | {"area": STREETS[0], "value": "0", "due": "2022-08-31", "from": "2022-02"}]
    odd["area"][-1]["valid_from"] = "2022-09"
    street = odd["area"][1]
    texts = [{"zh": zh, "en": en} for zh, en in (("北片", "North"), ("中片", "Middle"))]
    north, middle = ({**street, "code": text["en"].lower(), "title": text, "short": text, "aliases": []} for text in texts)
    middle |= {"parent": "north", "valid_from": "2022-06"}  # before it is there, its street belongs to north alone
    north["valid_to"] = "2022-08"  # merged into the whole area
    odd["area"] += [north, middle]
    for area in odd["area"]:
        if area["code"] in STREETS:
            area["parent"] = "middle" if area["code"] == STREETS[0] else "north"
    (mobile,) = [each for each in odd["organisation"] if each["code"] == "mobile"]
    mobile["valid_to"] = "2022-07"
    for code in ("pon_10g_share", "ipv6_traffic_share"):
        (block,) = [each for each in odd["indicator"] if each["code"] == code]
        odd["indicator"].append(block | {"from": "2022-07", "scale": 3})
    return [numbered(each) for each in (plain, Definition.model_validate(odd), national)]


def numbered(definition: Definition) -> AppliedDefinition:
    """A definition as if it had been applied."""
    metrics = {code: number for number, code in enumerate(dict.fromkeys(each.code for each in definition.metrics), start=1)}
    return AppliedDefinition.of(
        definition,
        version=1,
        metric_numbers=metrics,
        area_numbers={each.code: number for number, each in enumerate(definition.areas, start=1)},
    )


@cache
def body_of(definition: AppliedDefinition) -> dict[str, Any]:
    return definition.body()


def some_accepted(definition: AppliedDefinition) -> st.SearchStrategy[list[tuple[str, str]]]:
    months = [(org.code, month) for org in definition.organisations for month in (MONTH, OLDER)]
    return st.just(months) | st.lists(st.sampled_from(months))


def cells_of(town: Town, code: str) -> Iterator[Cell]:
    """Return all cells that an indicator reads, whether reported or not."""
    for metric in by_hand.read(town.blocks("indicator")[code]):
        block = town.blocks("metric")[metric]
        areas = town.streets if block["grain"] == "street" else [town.body["campaign"]["area"]]
        for org in [*block["owed_by"], *block["reported_by"]] or [EVERYBODY]:
            if org == EVERYBODY or town.alive(town.organisation(org)):
                yield from ((org, metric, area) for area in areas)


def rows_of(town: Town, definition: AppliedDefinition) -> list[CountsRow]:
    """The town's counts as the database hands them over."""
    grouped: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for (org, metric, area), (month, value) in town.counts.items():
        grouped[metric, org, month].append((definition.area_numbers[area], value))
    asked = month_of(town.month)
    rows: list[CountsRow] = [(asked, CASES_METRIC, NO_ORG, asked, True, [0], [town.cases])]
    for (metric, org, month), counted in grouped.items():
        areas, values = ([*side] for side in zip(*sorted(counted), strict=True))
        accepted = (org, month) in town.accepted
        rows.append((asked, definition.metric_numbers[metric], org, month_of(month), accepted, areas, values))
    return rows


def plainly(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of the answer in the words of the other implementation."""
    said = {
        name: value
        for name, value in document.items()
        if name not in {"unit", "target", "comparator", "due", "counted_in", "deadline", "challenged"}
    }
    said["missing"] = sorted({(cell["org"], cell["metric"], cell["area"]) for cell in document["missing"]})
    said["variants"] = [{name: value for name, value in each.items() if name != "counted_in"} for each in document["variants"]]
    said["references"] = sorted((one["metric"], one["month"]) for one in document["references"])
    return said
