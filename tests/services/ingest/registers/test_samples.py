"""The sample registers are taken as they are, and give the counts that are read off the files."""

from tests.fixtures_campaign_api import SAMPLES, CampaignApi
from tests.services.ingest.registers.lists import KANGMEI, derived, sent

ORDER = ("key_places", "compounds", "place_tests", "home_coverage", "base_stations")


async def test_the_sample_registers_are_taken(liangjiang: CampaignApi) -> None:
    files = sorted((SAMPLES / "registers" / "2022-08").iterdir(), key=lambda file: ORDER.index(file.name.split(".")[1]))
    for file in files:
        org, register, _ = file.name.split(".")
        answer = await sent(liangjiang, org, register, file.read_bytes(), file.suffix)
        assert answer.status_code == 201, (file.name, answer.text)
        counts = answer.json()["report"]["counts"]
        assert counts["created"] == counts["received"] > 0

    found = derived(liangjiang)
    places = [metric for _, metric, _ in found]
    assert [places.count(f"key_places_{kind}") for kind in ("on_register", "reached_any", "reached_all")] == [8, 8, 8]
    assert found["*", "key_places_on_register", KANGMEI] == 4
    assert found["*", "bs_5g_stations_once", KANGMEI] == 3
    lower, upper = found["*", "homes_gigabit_lower", KANGMEI], found["*", "homes_gigabit_upper", KANGMEI]
    assert 0 < lower < upper <= found["*", "households_registered", KANGMEI]
    figures = {one["variant"]: one for one in (await liangjiang.line("key_place_5g_reach"))["variants"]}
    assert {figures[code]["denominator"] for code in ("any", "all")} == {32}  # the places of the file
    assert 0 < figures["all"]["value"] < figures["any"]["value"] <= 100
