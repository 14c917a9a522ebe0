"""Whatever the lists hold and in whatever order they come, the derived counts are what a second reading of the lists gives."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.registers.lists import KANGMEI, RENHE, building, covered, derived, place, push, station, test_of

CARRIERS = ("telecom", "mobile", "unicom")
KEYS = ("A", "B", "C")
MONTHS: Iterator[str] = (f"20{number // 12:02}-{number % 12 + 1:02}" for number in count(14 * 12))  # Kangmei exists since 2013
Lists = dict[tuple[str, str], dict[str, dict[str, Any]]]  # by organisation and register, by key
Counts = dict[tuple[str, str, str], int]

keys = st.sampled_from(KEYS)
areas = st.sampled_from([KANGMEI, RENHE])
carriers = st.sampled_from(CARRIERS)
modes = st.sampled_from(["atomic", "partial", "replace", "replace"])


def several(rows: st.SearchStrategy[dict[str, Any]], named: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some rows, each of another thing."""
    return st.lists(rows, max_size=3, unique_by=lambda row: row[named])


places = st.builds(place, keys, areas) | st.builds(place, keys, areas, removed_because=st.just("拆除"))
tests = st.builds(test_of, keys, reached=st.booleans())
buildings = st.builds(building, keys, st.integers(0, 4), st.just(KANGMEI))
coverage = st.builds(covered, keys, st.integers(0, 4))
stations = st.builds(station, keys, carriers, areas)
of_places = st.one_of(
    st.tuples(st.just("economy"), st.just("key_places"), several(places, "id"), modes),
    st.tuples(st.just("industry"), st.just("key_places"), several(places, "id"), modes),
    *[st.tuples(carriers, st.just("place_tests"), several(tests, "place"), modes)] * 3,
)
of_homes = st.one_of(
    st.tuples(st.just("kangmei"), st.just("compounds"), several(buildings, "building"), modes),
    *[st.tuples(carriers, st.just("home_coverage"), several(coverage, "building"), modes)] * 3,
)
of_stations = st.tuples(carriers, st.just("base_stations"), several(stations, "station"), modes)


def merged(lists: Lists, orgs: tuple[str, ...], register: str) -> dict[str, dict[str, Any]]:
    """The things of a register, each as the first organisation has it."""
    found: dict[str, dict[str, Any]] = {}
    for org in orgs:
        for key, row in lists[org, register].items():
            found.setdefault(key, row)
    return found


def told(lists: Lists) -> Counts:
    """The derived counts that put lists together, told a second time, one thing after another."""
    counts: Counts = defaultdict(int)
    things = merged(lists, ("economy", "industry"), "key_places")
    homes = merged(lists, ("kangmei",), "compounds")
    for area in (KANGMEI, RENHE):
        tell_places(lists, area, {key: row for key, row in things.items() if row["area"] == area}, counts)
        tell_homes(lists, area, {key: row["households"] for key, row in homes.items() if row["area"] == area}, counts)
    tell_stations(lists, counts)
    return dict(counts)


def tell_places(lists: Lists, area: str, here: dict[str, dict[str, Any]], counts: Counts) -> None:
    listed = [key for key, row in here.items() if "removed_because" not in row]
    tests = [lists[carrier, "place_tests"] for carrier in CARRIERS]
    if here:
        counts["*", "key_places_on_register", area] = len(listed)
    if here and all(any(key in one for key in listed) for one in tests):
        said = [[key in one and one[key]["reached"] for one in tests] for key in listed]
        counts["*", "key_places_reached_any", area] = sum(map(any, said))
        counts["*", "key_places_reached_all", area] = sum(map(all, said))


def tell_homes(lists: Lists, area: str, inside: dict[str, int], counts: Counts) -> None:
    able = [lists[carrier, "home_coverage"] for carrier in CARRIERS]
    if inside:
        counts["*", "households_registered", area] = sum(inside.values())
    if inside and all(any(key in one for key in inside) for one in able):
        for key, households in inside.items():
            homes = [one[key]["covered"] if key in one else 0 for one in able]
            counts["*", "homes_gigabit_lower", area] += min(households, max(homes))
            counts["*", "homes_gigabit_upper", area] += min(households, sum(homes))


def tell_stations(lists: Lists, counts: Counts) -> None:
    once: dict[str, str] = {}
    for carrier in CARRIERS:
        for key, row in lists[carrier, "base_stations"].items():
            mine = row["built_by"] == carrier
            once[key] = str(row["area"] if mine else once.get(key, row["area"]))
            counts[carrier, "bs_5g_built_listed", row["area"]] += mine
            counts[carrier, "bs_5g_shared_in_listed", row["area"]] += not mine
    for area in once.values():
        counts["*", "bs_5g_stations_once", area] += 1


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pushes=st.lists(of_places, max_size=8) | st.lists(of_homes, max_size=8) | st.lists(of_stations, max_size=5))
async def test_derived_counts_are_what_the_lists_say(liangjiang: CampaignApi, pushes: list[Any]) -> None:
    month = next(MONTHS)
    lists: Lists = defaultdict(dict)
    own: dict[tuple[str, str], dict[str, tuple[str, int]]] = defaultdict(dict)  # area and count of each row as it was loaded
    for org, register, rows, mode in pushes:
        sent = [_of_month(row, month) for row in rows]
        question = {"mode": mode, "month": month, "allow_empty": "true"}
        answer = await push(liangjiang, org, register, sent, **question)
        good = [row for row in sent if _good(lists, register, row)]
        if mode != "partial" and len(good) < len(sent):
            assert answer.status_code == 422
            continue
        assert answer.status_code == 201, answer.text
        assert _adds_up(answer.json()["report"]["counts"], len(sent))
        if mode == "replace":
            lists[org, register], own[org, register] = {}, {}
        for row in good:
            key = _key(register, row)
            lists[org, register][key] = row
            own[org, register][key] = _own(lists, register, row)

    expected = told(lists)
    for (org, register), rows_of in own.items():
        metric = {"place_tests": "key_places_reached_tested", "home_coverage": "homes_gigabit_listed"}.get(register)
        for area, value in rows_of.values() if metric else ():
            expected[org, metric or "", area] = expected.get((org, metric or "", area), 0) + value
    assert derived(liangjiang, month) == expected


def _of_month(row: dict[str, Any], month: str) -> dict[str, Any]:
    dates = {"tested_at": f"{month}-01T10:00:00+08:00", "in_service_since": f"{month}-01"}
    return row | {"month": month} | {name: text for name, text in dates.items() if name in row}


def _key(register: str, row: dict[str, Any]) -> str:
    if register == "base_stations":
        return f"{row['built_by']}/{row['station']}"
    return str(row[{"key_places": "id", "place_tests": "place"}.get(register, "building")])


def _good(lists: Lists, register: str, row: dict[str, Any]) -> bool:
    if register == "place_tests":
        thing = merged(lists, ("economy", "industry"), "key_places").get(row["place"])
        return thing is not None and "removed_because" not in thing
    if register == "home_coverage":
        thing = lists["kangmei", "compounds"].get(row["building"])
        return thing is not None and row["covered"] <= thing["households"]
    return True


def _own(lists: Lists, register: str, row: dict[str, Any]) -> tuple[str, int]:
    """Return the area of the item when the row was loaded, and the number that the row counts for."""
    if register == "place_tests":
        return merged(lists, ("economy", "industry"), "key_places")[row["place"]]["area"], int(row["reached"])
    return str(row.get("area", KANGMEI)), int(row.get("covered", 0))


def _adds_up(counts: dict[str, int], received: int) -> bool:
    parts = ("created", "updated", "unchanged", "merged", "rejected", "withheld")
    return counts["received"] == received == sum(counts[part] for part in parts)
