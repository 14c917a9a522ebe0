"""Creates, reads and moves items of the registry as different organisations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from httpx import AsyncClient, Response

from shared.clock import Clock
from shared.vocabulary import Role
from tests.fixtures_api import Bearer

TASK_FORCE = "industry"
DIFFICULTY = {
    "title": "物业不同意进场",
    "category": "property_management",
    "place": "某小区",
    "area": "500112007",
    "needed": "协调进场",
    "needed_by": "2022-09-20",
}
ACTION = {"orgs": ["unicom", "renhe"], "title": "报送清单", "text": "报送", "source": "visit", "due_on": "2022-09-08"}


@dataclass(frozen=True)
class ItemsApi:
    """The service of the registry over HTTP. `industry` calls it as the task force."""

    client: AsyncClient
    bearer: Bearer
    clock: Clock

    def headers(self, who: str) -> dict[str, str]:
        """Return headers with an organisation's token."""
        return self.bearer(who, Role.TASK_FORCE if who == TASK_FORCE else None)

    async def post(self, who: str, path: str, body: Any, **headers: str) -> Response:
        """Send a body."""
        sent = self.headers(who) | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(path, json=body, headers=sent)

    async def get(self, who: str, path: str, **query: Any) -> Response:
        """Read."""
        return await self.client.get(path, params=query, headers=self.headers(who))

    async def ok(self, who: str, path: str, **query: Any) -> Any:
        """Read successfully and return the body."""
        answer = await self.get(who, path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def move(self, who: str, path: str, move: str, tag: str | None = None, **fields: Any) -> Response:
        """Make a move, with the current ETag unless another is given."""
        current = tag or (await self.get(who, path)).headers.get("etag", '"0"')
        return await self.post(who, f"{path}/moves", {"move": move, **fields}, if_match=current)

    async def moved(self, who: str, path: str, move: str, **fields: Any) -> Any:
        """Make a move successfully and return the item."""
        answer = await self.move(who, path, move, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def set_day(self, day: str) -> None:
        """Move the business clock to the morning of a day."""
        self.clock.fixed = datetime.fromisoformat(f"{day}T10:00+08:00")
