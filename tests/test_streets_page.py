"""The requests in docs/streets.md run unchanged against the services with sample data, with the outputs that the page shows."""

from pathlib import Path

import httpx

from shared.settings import Settings
from shared.vocabulary import Role
from tests.fixtures_api import bearer_for
from tests.fixtures_campaign import LIANGJIANG, Campaigns
from tests.pages import SEPARATOR, Example, assert_outputs, examples_of, run_code

PAGE = Path(__file__).parent.parent / "docs" / "streets.md"
ACTION_ITEM = {"orgs": ["yuanyang"], "title": "报送弱电井清单", "text": "报送", "source": "meeting", "due_on": "2022-09-16"}


def test_a_month_goes_as_the_page_says(
    sampled_address: str, campaigns: Campaigns, session_settings: Settings, tmp_path: Path
) -> None:
    client, bearer = campaigns.clients[LIANGJIANG, "yuanyang", Role.STREET], bearer_for(campaigns, session_settings)
    environment = {
        "GIGACITY_SERVER": sampled_address,
        "GIGACITY_CLIENT_ID": client.client_id,
        "GIGACITY_CLIENT_SECRET": client.secret,
        "NO_PROXY": "*",
    }

    examples = [example for example in examples_of(PAGE) if example.language == "sh"]
    asked = next(number for number, example in enumerate(examples, start=1) if "> difficulty.id" in example.code)

    def follow(examples: list[Example]) -> None:
        code = "".join(f"{example.code}\necho; echo '{SEPARATOR}'\n" for example in examples)
        assert_outputs(examples, run_code(["bash", "-euo", "pipefail", "-c"], code, environment, tmp_path))

    follow(examples[:asked])
    path = f"{sampled_address}/v1/difficulties/{(tmp_path / 'difficulty.id').read_text().strip()}/moves"
    task_force = bearer("industry", Role.TASK_FORCE)
    with httpx.Client(trust_env=False) as http:
        moved = [
            http.post(path, json=move, headers=headers | {"If-Match": tag}).status_code
            for tag, headers, move in (
                ('"1"', task_force, {"move": "assign", "responsible": "telecom", "due_on": "2022-09-20"}),
                ('"2"', bearer("telecom"), {"move": "answer", "answer": "钥匙已交社区。"}),
            )
        ]
        issued = http.post(f"{sampled_address}/v1/action-items", json=ACTION_ITEM, headers=task_force)
    follow(examples[asked:])

    assert (moved, issued.status_code, len(examples)) == ([200, 200], 201, 9)
