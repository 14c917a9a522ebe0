"""Rules across rows: judged on the state that a push would leave."""

from tests.fixtures_practice import Practice
from tests.services.ingest.pushing import WHOLE, codes, counts, stored


async def test_rules_across_rows_are_judged_on_the_state_the_push_would_leave(liangjiang: Practice) -> None:
    total, fast = ("fbb_subs_total", WHOLE), ("fbb_subs_500m", WHOLE)

    async def outcome(*rows: tuple[str, str, int]) -> list[tuple[int, str, str]]:
        answer = await liangjiang.push("telecom", rows)
        return [] if answer.status_code == 201 else codes(answer.json()["report"])

    assert await outcome((*total, 100)) == []
    assert await outcome((*fast, 101)) == [(1, "value", "rule_broken")]  # the total came yesterday
    assert await outcome((*fast, 90)) == []
    assert await outcome((*total, 89)) == [(1, "value", "rule_broken")]
    assert await outcome((*total, 200), (*fast, 150)) == []  # alone, the second row would not do
    assert sorted(await outcome((*total, 10), (*fast, 11))) == [(1, "value", "rule_broken"), (2, "value", "rule_broken")]
    assert await stored(liangjiang) == {("telecom", *total, 200), ("telecom", *fast, 150)}


async def test_a_rule_is_judged_within_one_street_and_month_only(liangjiang: Practice) -> None:
    await liangjiang.pushed("telecom", [("olt_pon_ports_total", "500112007", 10)])

    await liangjiang.pushed("telecom", [("olt_pon_ports_10g", "500112008", 11)])
    await liangjiang.pushed("telecom", [("olt_pon_ports_10g", "500112007", 11)], "2022-07")
    refused = await liangjiang.push("telecom", [("olt_pon_ports_10g", "500112007", 11), ("olt_pon_ports_10g", "500112009", 1)])

    (error,) = refused.json()["report"]["errors"]
    assert (error["row"], error["code"]) == (1, "rule_broken")
    assert error["hint"]["en"] == "500112007: olt_pon_ports_10g = 11, olt_pon_ports_total = 10"
    assert refused.json()["report"]["counts"] == counts(received=2, rejected=1, withheld=1)


async def test_a_rule_of_one_organisation_never_looks_at_anothers_counts(liangjiang: Practice) -> None:
    await liangjiang.pushed("mobile", [("fbb_subs_total", WHOLE, 10)])
    await liangjiang.pushed("telecom", [("fbb_subs_500m", WHOLE, 1_000)])

    assert await stored(liangjiang) == {("mobile", "fbb_subs_total", WHOLE, 10), ("telecom", "fbb_subs_500m", WHOLE, 1_000)}
