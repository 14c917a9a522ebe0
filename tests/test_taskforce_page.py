"""The commands in docs/taskforce.md run unchanged against the services with sample data, with the outputs that the page shows."""

from pathlib import Path

import pytest

from shared.vocabulary import Role
from tests.fixtures_campaign import LIANGJIANG, Campaigns
from tests.pages import SEPARATOR, assert_outputs, examples_of, run_code

PAGE = Path(__file__).parent.parent / "docs" / "taskforce.md"


@pytest.fixture
def environment(sampled_address: str, campaigns: Campaigns) -> dict[str, str]:
    """The variables of the task force, and those of the carrier and the leading group whose parts the page plays."""
    task_force = campaigns.clients[LIANGJIANG, "industry", Role.TASK_FORCE]
    telecom = campaigns.clients[LIANGJIANG, "telecom", Role.CARRIER]
    leaders = campaigns.clients[LIANGJIANG, "leading_group", Role.LEADER]
    return {
        "GIGACITY_SERVER": sampled_address,
        "GIGACITY_CLIENT_ID": task_force.client_id,
        "GIGACITY_CLIENT_SECRET": task_force.secret,
        "TELECOM_CLIENT_ID": telecom.client_id,
        "TELECOM_CLIENT_SECRET": telecom.secret,
        "LEADERS_CLIENT_ID": leaders.client_id,
        "LEADERS_CLIENT_SECRET": leaders.secret,
        "NO_PROXY": "*",
    }


def test_a_months_work_goes_as_the_page_says(environment: dict[str, str], tmp_path: Path) -> None:
    examples = [example for example in examples_of(PAGE) if example.language == "sh"]
    code = "".join(f"{example.code}\necho; echo '{SEPARATOR}'\n" for example in examples)

    assert_outputs(examples, run_code(["bash", "-euo", "pipefail", "-c"], code, environment, tmp_path))

    assert len(examples) > 8
