"""Tasks over HTTP, as different organisations."""

from datetime import datetime
from typing import Any

import pytest
from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.shared.campaign.plans import shipped


class TasksApi:
    """Reads and moves assignments on days of the story. `task_force` is the industry bureau in that role."""

    def __init__(self, practice: CampaignApi) -> None:
        """Of Liangjiang."""
        self.practice = practice
        self.definition = shipped("liangjiang")

    def on(self, day: str) -> None:
        """Let it be ten in the morning of a day in Chongqing."""
        self.practice.clock.fixed = datetime.fromisoformat(f"{day}T10:00+08:00")

    def headers(self, who: str) -> dict[str, str]:
        """Return the headers of a caller."""
        return self.practice.headers("industry", Role.TASK_FORCE) if who == "task_force" else self.practice.headers(who)

    async def get(self, who: str, path: str = "", **parameters: Any) -> Response:
        """Get a resource below /v1/tasks."""
        return await self.practice.api.get(f"/v1/tasks{path}", params=parameters, headers=self.headers(who))

    async def get_ok(self, who: str, path: str = "", **parameters: Any) -> Any:
        """Get a resource below /v1/tasks successfully and return its body."""
        answer = await self.get(who, path, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, who: str, method: str, path: str, body: Any, *, revision: int | None = None, **headers: str) -> Response:
        """Send a request below /v1/tasks, by default with the current revision of the assignment that it is about."""
        if revision is None:
            read = await self.get("task_force", path.removesuffix("/moves"))
            revision = read.json().get("revision", 0)
        sent = self.headers(who) | {"If-Match": f'"{revision}"'} | headers
        return await self.practice.api.request(method, f"/v1/tasks{path}", json=body, headers=sent)

    async def move(self, who: str, number: int, org: str, move: str, *, revision: int | None = None, **body: Any) -> Response:
        """Make a move."""
        return await self.send(who, "POST", f"/{number}/assignments/{org}/moves", {"move": move, **body}, revision=revision)

    async def move_ok(self, who: str, number: int, org: str, move: str, **body: Any) -> Any:
        """Make a move successfully and return the assignment."""
        answer = await self.move(who, number, org, move, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def finish(self, number: int, org: str, *, accepted_by: str | None = None) -> None:
        """Report each measure done with evidence, and let it be accepted."""
        task = await self.get_ok(org, f"/{number}")
        measures = [{"code": each["code"], "state": "done", "evidence": "见附件"} for each in task["measures"]]
        await self.move_ok(org, number, org, "report_progress", text="已启动")
        await self.move_ok(org, number, org, "report_done", text="已完成", measures=measures)
        if accepted_by:
            await self.move_ok(accepted_by, number, org, "accept")

    async def status(self, number: int, org: str, who: str = "task_force") -> str:
        """Return the status of an assignment now."""
        status: str = (await self.get_ok(who, f"/{number}/assignments/{org}"))["status"]
        return status


@pytest.fixture
def tasks(liangjiang: CampaignApi) -> TasksApi:
    """The tasks of Liangjiang."""
    return TasksApi(liangjiang)


def cell_of(board: dict[str, Any], number: int, org: str) -> Any:
    """Return a cell of the board."""
    row = next(task for task in board["tasks"] if task["number"] == number)
    return next((each for each in row["assignments"] if each["org"] == org), None)
