"""Each caller opens challenges of the counts that it may question, and of no others."""

from typing import Final, NamedTuple

import pytest

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.challenges.challenging import (
    ECONOMY,
    MOBILE,
    OFFICE,
    REGULATOR,
    TASK_FORCE,
    TELECOM,
    WHOLE,
    Caller,
    move,
    open_challenge,
)

KANGMEI: Final = "500112022"


class Dispute(NamedTuple):
    """A challenged count and its challenger."""

    org: str
    metric: str
    area: str
    challenger: Caller


DISPUTES: Final = (
    Dispute("telecom", "fbb_subs_total", WHOLE, ECONOMY),
    Dispute("telecom", "bs_5g_built", KANGMEI, OFFICE),
    Dispute("economy", "population_resident", KANGMEI, REGULATOR),
    Dispute("kangmei", "demo_parks", KANGMEI, TASK_FORCE),
)
BUREAU: Final = Caller("industry", Role.BUREAU)
LEADER: Final = Caller("leading_group")
CALLERS: Final = {
    TELECOM: Role.CARRIER,
    MOBILE: Role.CARRIER,
    OFFICE: Role.STREET,
    Caller("lijia"): Role.STREET,
    ECONOMY: Role.BUREAU,
    BUREAU: Role.BUREAU,
    TASK_FORCE: Role.TASK_FORCE,
    LEADER: Role.LEADER,
    REGULATOR: Role.REGULATOR,
}
MAY_OPEN: Final = {
    "telecom's count": {ECONOMY, BUREAU, TASK_FORCE, REGULATOR},
    "telecom's count in Kangmei": {OFFICE, ECONOMY, BUREAU, TASK_FORCE, REGULATOR},
    "economy's count in Kangmei": {OFFICE, BUREAU, TASK_FORCE, REGULATOR},
    "the office's own count": {ECONOMY, BUREAU, TASK_FORCE, REGULATOR},
}


@pytest.mark.parametrize(("dispute", "who"), list(zip(DISPUTES, MAY_OPEN, strict=True)), ids=list(MAY_OPEN))
async def test_who_may_open_a_challenge(liangjiang: CampaignApi, dispute: Dispute, who: str) -> None:
    await liangjiang.push_ok(dispute.org, [(dispute.metric, dispute.area, 80)])
    for caller in CALLERS:
        count = {"org": dispute.org, "metric": dispute.metric, "area": dispute.area}
        answer = await open_challenge(liangjiang, caller, **count)
        if caller in MAY_OPEN[who]:
            assert answer.status_code == 201, (caller, answer.text)
            withdrawn = await move(liangjiang, answer.headers["location"], caller, "withdraw")
            assert withdrawn.status_code == 200
        elif caller.org == dispute.org and CALLERS[caller] is not Role.CARRIER:
            assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "/org"), caller
        else:
            assert answer.status_code == 403, caller
