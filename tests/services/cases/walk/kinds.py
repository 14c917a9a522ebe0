"""The five kinds as the walk meets them: items in relations to many callers, and how an item is brought into each situation."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from httpx import Response
from psycopg.types.json import Jsonb

from services.cases.action_items.kind import ACTION_ITEMS
from services.cases.cases.kind import CASES
from services.cases.challenges.kind import CHALLENGES
from services.cases.difficulties.kind import DIFFICULTIES
from services.cases.items.kind import Kind
from services.cases.tasks.kind import ASSIGNMENTS
from shared.campaign.definition import Definition, assignment_id
from shared.vocabulary import Role
from tests.filed_cases import WHOLE_CASE
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.walk.rules import EDIT, Situation, rules_of

_FORGET: Final = "DELETE FROM item_move WHERE campaign = %s AND item_id = %s AND revision > %s"
ABSENT: Final = "0198c0de-0000-7000-8000-000000000000"
BASE_DAY: Final = "2022-09-06"
KANGMEI: Final = "500112022"
YUANYANG: Final = "500112007"


class Caller(NamedTuple):
    """An organisation in one of its roles."""

    org: str
    role: Role


CALLERS: Final = {
    "telecom": Caller("telecom", Role.CARRIER),
    "mobile": Caller("mobile", Role.CARRIER),
    "tower": Caller("tower", Role.CARRIER),
    "renhe": Caller("renhe", Role.STREET),
    "yuanyang": Caller("yuanyang", Role.STREET),
    "kangmei": Caller("kangmei", Role.STREET),
    "industry": Caller("industry", Role.BUREAU),
    "industry_tf": Caller("industry", Role.TASK_FORCE),
    "economy": Caller("economy", Role.BUREAU),
    "economy_tf": Caller("economy", Role.TASK_FORCE),
    "leading_group": Caller("leading_group", Role.LEADER),
    "regulator": Caller("regulator", Role.REGULATOR),
}


def walked_definition(liangjiang: Definition) -> Definition:
    """Return Liangjiang's definition with two task forces, and tasks for which bureaus are responsible."""
    body = liangjiang.body()
    body["campaign"]["code"] = "walk-2022"
    next(each for each in body["organisation"] if each["code"] == "economy")["roles"] = ["bureau", "task_force"]
    tasks = {each["number"]: each for each in body["task"]}
    tasks[2] |= {
        "lead": ["industry"],
        "responsible": ["telecom", "mobile", "renhe", "economy"],
        "cooperating": ["kangmei", "tower"],
    }
    tasks[6] |= {"lead": ["economy"], "responsible": ["economy", "telecom"], "cooperating": []}
    return Definition.model_validate(body)


@dataclass(frozen=True)
class Variant:
    """An item with the callers that walk it, and their relations to it."""

    name: str
    creator: str
    relations: Mapping[str, str]  # of callers, several separated by spaces; a caller that is not named has none
    others: Sequence[str] = ()  # callers without a relation
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def callers(self) -> list[str]:
        """The callers that walk it."""
        return [*self.relations, *self.others]


@dataclass(frozen=True)
class WalkedItem:
    """An item in a situation."""

    variant: Variant
    situation: Situation
    path: str
    made: Collection[str] = ()  # the moves that were made

    @property
    def id(self) -> str:
        """Its id in its table."""
        *_, number, _, org = self.path.split("/")
        return str(assignment_id(int(number), org)) if "/tasks/" in self.path else self.path.rpartition("/")[2]

    def relations(self, caller: str) -> frozenset[str]:
        """Return a caller's relations to it now."""
        relations = frozenset(self.variant.relations.get(caller, "").split())
        assigned = self.path.startswith("/v1/tasks") or "assign" in self.made
        return relations if assigned else relations - {"responsible"}


class Walked:
    """A kind in the walk."""

    kind: Kind[Any]
    variants: Sequence[Variant]
    fields: Mapping[str, Mapping[str, Any]]  # of moves
    edit: Mapping[str, Any]
    relations: str  # that the rules or the code know
    restored: Mapping[str, str] = {}  # the states that moves restore, of which the declaration has none
    marked: Sequence[Situation] = ()  # situations besides the states
    by_move: Mapping[str, tuple[str, str]] = {}  # a mark: the state and the move that sets it

    @property
    def code(self) -> str:
        """The code of the kind."""
        return self.kind.code

    @property
    def table(self) -> str:
        """The table of the kind."""
        return str(self.kind.row.__tablename__)

    @property
    def situations(self) -> list[Situation]:
        """All situations."""
        return [*(Situation(state.value) for state in self.kind.states), *self.marked]

    @property
    def absent_path(self) -> str:
        """The path of an item that does not exist."""
        return f"{self.kind.path}/{ABSENT}"

    def conditions(self, situation: Situation) -> frozenset[str]:  # noqa: ARG002 - for cases
        """Return the conditions of moves that the code names."""
        return frozenset()

    def new(self, world: "World", variant: Variant, number: int) -> dict[str, Any]:
        """Return the body of a new item."""
        raise NotImplementedError

    async def create(self, world: "World", variant: Variant, number: int) -> str:
        """Create an item and return its path."""
        created = await world.ok(await world.post(variant.creator, self.kind.path, self.new(world, variant, number)))
        return str(created.headers["location"])

    def planned(self, variant: Variant, situation: Situation) -> WalkedItem | None:
        """Return an item as it will be in a situation; None if no moves of these callers lead into it."""
        steps = self.steps(variant, situation)
        return None if steps is None else WalkedItem(variant, situation, self.kind.path, [move for move, _ in steps])

    async def bring(self, world: "World", variant: Variant, situation: Situation, number: int) -> WalkedItem | None:
        """Create an item and make the moves that lead into a situation; None if there are none for these callers."""
        steps = self.steps(variant, situation)
        if steps is None:
            return None
        path = await self.create(world, variant, number)
        for move, caller in steps:
            await self.step(world, path, move, caller, variant)
        return WalkedItem(variant, situation, path, [move for move, _ in steps])

    def steps(self, variant: Variant, situation: Situation) -> list[tuple[str, str]] | None:
        """Return the shortest way into a situation, by the rules: moves and their callers."""
        last: list[tuple[str, str]] = []
        marked = Situation(situation.state)
        for mark in situation.marks:
            before, move = self.by_move[mark]
            marked = Situation(before or situation.state)
            last = [(move, self.mover(variant, move, marked) or "")]
        way = self.way(variant, marked.state)
        return None if way is None or not all(caller for _, caller in last) else way + last

    def way(self, variant: Variant, state: str) -> list[tuple[str, str]] | None:
        """Return the shortest way into a state."""
        first = next(iter(self.kind.states)).value
        ways: dict[str, list[tuple[str, str]]] = {first: []}
        queue = deque([first])
        while queue:
            origin = queue.popleft()
            for rule in rules_of(self.code):
                caller = self.mover(variant, rule.move, Situation(origin))
                if rule.to and rule.to not in ways and caller:
                    ways[rule.to] = [*ways[origin], (rule.move, caller)]
                    queue.append(rule.to)
        return ways.get(state)

    def mover(self, variant: Variant, move: str, situation: Situation) -> str | None:
        """Return a caller that makes a move in a situation."""
        for rule in rules_of(self.code):
            if rule.move == move and rule.is_for(situation):
                for caller in variant.callers:
                    if rule.allows(CALLERS[caller].role, frozenset(variant.relations.get(caller, "").split())):
                        return caller
        return None

    async def step(self, world: "World", path: str, move: str, caller: str, variant: Variant) -> None:
        """Make a move on the way."""
        await world.ok(await world.move(self, path, move, caller, variant, await world.revision(self, path)))

    def body(self, world: "World", move: str, variant: Variant) -> dict[str, Any]:  # noqa: ARG002 - for others
        """Return the body of a move, or of an edit."""
        return dict(self.edit) if move == EDIT else {"move": move, **self.fields.get(move, {}), **variant.body.get(move, {})}


@dataclass
class World:
    """The campaign in which the walk takes place."""

    campaign: CampaignApi
    definition: Definition
    owner: psycopg.AsyncConnection
    merged_into: str = ""
    versions: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    absent: dict[tuple[str, str], Any] = field(default_factory=dict)  # answers about an item that does not exist

    def headers(self, caller: str) -> dict[str, str]:
        """Return headers with a caller's token."""
        if caller not in self.tokens:
            self.tokens[caller] = self.campaign.headers(*CALLERS[caller])
        return self.tokens[caller]

    def set_day(self, day: str) -> None:
        """Set the business clock."""
        self.campaign.clock.fixed = datetime.fromisoformat(f"{day}T10:00+08:00")

    async def ok(self, answer: Response) -> Response:
        """Return a successful answer."""
        assert answer.is_success, answer.text
        return answer

    async def get(self, caller: str, path: str, **query: Any) -> Response:
        """Read."""
        return await self.campaign.api.get(path, params=query, headers=self.headers(caller))

    async def post(self, caller: str, path: str, body: Any) -> Response:
        """Send a body."""
        return await self.campaign.api.post(path, json=body, headers=self.headers(caller))

    async def move(self, walked: Walked, path: str, move: str, caller: str, variant: Variant, revision: int) -> Response:
        """Try a move, or an edit, at a revision of the item."""
        headers = self.headers(caller) | {"If-Match": f'"{revision}"'}
        body = walked.body(self, move, variant)
        if move == EDIT:
            return await self.campaign.api.patch(path, json=body, headers=headers)
        return await self.campaign.api.post(f"{path}/moves", json=body, headers=headers)

    async def stored(self, walked: Walked, path: str) -> dict[str, Any]:
        """Return the row of an item; empty if it has none."""
        query = f"SELECT to_jsonb(t) FROM {walked.table} t WHERE campaign = %s AND id = %s"
        row = await (await self.owner.execute(query, [self.campaign.campaign, _id(path)])).fetchone()
        return row[0] if row else {}

    async def revision(self, walked: Walked, path: str) -> int:
        """Return the revision of an item."""
        revision: int = (await self.stored(walked, path)).get("revision", 1)
        return revision

    async def undo(self, walked: Walked, path: str, row: Mapping[str, Any]) -> None:
        """Give an item its earlier row, and remove the history since; without an earlier row it has none."""
        table, key = walked.table, [self.campaign.campaign, _id(path)]
        await self.owner.execute(_FORGET, [*key, row.get("revision", 1)])
        if row:
            columns = ", ".join(f'"{name}"' for name in row if name != "search_text")  # which is generated
            values = f"(SELECT {columns} FROM jsonb_populate_record(CAST(NULL AS {table}), %s))"
            update = f"UPDATE {table} SET ({columns}) = {values} WHERE campaign = %s AND id = %s"
            await self.owner.execute(update, [Jsonb(row), *key])
        else:
            await self.owner.execute(f"DELETE FROM {table} WHERE campaign = %s AND id = %s", key)


def _id(path: str) -> UUID:
    if path.startswith("/v1/tasks/"):
        *_, number, _, org = path.split("/")
        return assignment_id(int(number), org)
    return UUID(path.rpartition("/")[2])


class WalkedCases(Walked):
    """Application cases."""

    kind = CASES
    relations = "own applicant substitute"
    restored: Mapping[str, str] = {"undo_merge": "submitted"}  # in which the cases of the walk were before
    variants = (
        Variant(
            name="of a carrier",
            creator="telecom",
            relations={"telecom": "own"},
            others=("mobile", "renhe", "economy", "industry_tf", "leading_group", "regulator"),
        ),
        Variant(
            name="of a street, applied for by a bureau that is the task force too",
            creator="renhe",
            relations={"renhe": "own", "industry": "applicant", "industry_tf": "applicant"},
            others=("telecom", "economy_tf"),
            body={"new": {"applicant": "产业促进局", "area": None}},
        ),
    )
    fields: Mapping[str, Mapping[str, Any]] = {
        "return": {"reason": "…"},
        "reject": {"reason": "…"},
        "approve": {"on": "2022-08-20"},
        "recommend": {"recommended_to": "competition", "on": "2022-08-25"},
        "record_outcome": {"selected": True, "note": "…", "on": "2022-09-01"},
        "request_revocation": {"reason": "…"},
        "revoke": {"reason": "…", "on": "2022-09-01"},
        "decline_revocation": {"reason": "…"},
        "undo_merge": {"reason": "…"},
    }
    edit: Mapping[str, Any] = {"summary": "另一摘要"}
    marked = (
        Situation("approved", frozenset({"published"})),
        Situation("approved", frozenset({"revocation_requested"})),
        Situation("withdrawn", frozenset({"never_submitted"})),
    )
    by_move: Mapping[str, tuple[str, str]] = {
        "published": ("", "publish"),
        "revocation_requested": ("", "request_revocation"),
        "never_submitted": ("draft", "withdraw"),
    }

    def conditions(self, situation: Situation) -> frozenset[str]:
        """Return whether a case is published, and whether its revocation was requested."""
        published = "published" if "published" in situation.marks else "not_published"
        requested = "revocation_requested" if "revocation_requested" in situation.marks else "no_revocation_requested"
        return frozenset({published, requested})

    def steps(self, variant: Variant, situation: Situation) -> list[tuple[str, str]] | None:
        """Return the shortest way; a case that was withdrawn had been submitted, unless it is marked."""
        if situation == Situation("withdrawn"):
            return [("submit", variant.creator), ("withdraw", variant.creator)]
        return super().steps(variant, situation)

    def body(self, world: World, move: str, variant: Variant) -> dict[str, Any]:
        """Return the body of a move; `merge` names another case."""
        return super().body(world, move, variant) | ({"merged_into": world.merged_into} if move == "merge" else {})

    async def create(self, world: World, variant: Variant, number: int) -> str:
        """File a case. The first one also files the case into which others are merged."""
        if not world.merged_into:
            other = await world.ok(
                await world.post("mobile", "/v1/cases", {**WHOLE_CASE, "title": "原案例", "applicant": "某厂"})
            )
            path = other.headers["location"]
            await world.ok(await world.move(self, path, "submit", "mobile", variant, 1))
            world.merged_into = other.json()["id"]
        return await super().create(world, variant, number)

    def new(self, world: World, variant: Variant, number: int) -> dict[str, Any]:  # noqa: ARG002
        """Return the body of a case."""
        return {**WHOLE_CASE, "applicant": f"厂{number}", **variant.body.get("new", {}), "title": f"案例 word{number}."}


class WalkedDifficulties(Walked):
    """Difficulties."""

    kind = DIFFICULTIES
    relations = "own responsible"
    variants = (
        Variant(
            name="of a carrier in a subdistrict, assigned to a bureau that is the task force too",
            creator="telecom",
            relations={"telecom": "own", "economy": "responsible", "economy_tf": "responsible", "yuanyang": "area"},
            others=("mobile", "renhe", "industry", "industry_tf", "leading_group", "regulator"),
            body={"new": {"area": YUANYANG}, "assign": {"responsible": "economy"}},
        ),
        Variant(
            name="of a street, assigned to a carrier",
            creator="renhe",
            relations={"renhe": "own", "tower": "responsible"},
            others=("telecom", "kangmei", "industry_tf"),
            body={"assign": {"responsible": "tower"}},
        ),
        Variant(
            name="of a carrier, assigned to a street",
            creator="telecom",
            relations={"telecom": "own", "renhe": "responsible"},
            others=("yuanyang", "industry_tf"),
            body={"assign": {"responsible": "renhe"}},
        ),
    )
    fields: Mapping[str, Mapping[str, Any]] = {
        "assign": {"due_on": "2022-09-16"},
        "answer": {"answer": "已办"},
        "not_resolved": {"reason": "…"},
        "escalate": {"reason": "…"},
        "close": {"reason": "…"},
    }
    edit: Mapping[str, Any] = {"title": "另一标题"}

    def new(self, world: World, variant: Variant, number: int) -> dict[str, Any]:  # noqa: ARG002
        """Return the body of a difficulty."""
        return {
            "title": f"困难 word{number}.",
            "category": "property_management",
            "place": "某小区",
            "area": None,
            "needed": "协调进场",
            "needed_by": "2022-09-20",
            **variant.body.get("new", {}),
        }


class WalkedActionItems(Walked):
    """Action items."""

    kind = ACTION_ITEMS
    relations = "own issuer substitute"
    variants = (
        Variant(
            name="to a carrier, of the leading group",
            creator="leading_group",
            relations={"telecom": "own", "leading_group": "issuer"},
            others=("mobile", "renhe", "economy", "industry_tf", "regulator"),
        ),
        Variant(
            name="to a street, of one task force",
            creator="industry_tf",
            relations={"renhe": "own", "industry_tf": "issuer", "industry": "issuer"},
            others=("yuanyang", "economy_tf", "leading_group"),
        ),
        Variant(
            name="to a bureau that is the task force too",
            creator="industry_tf",
            relations={"economy": "own", "economy_tf": "own", "industry_tf": "issuer"},
            others=("telecom",),
        ),
        Variant(
            name="to the task force itself",
            creator="industry_tf",
            relations={"industry_tf": "own issuer", "industry": "own issuer"},
            others=("economy_tf",),
        ),
    )
    fields: Mapping[str, Mapping[str, Any]] = {
        "report": {"report": "已办"},
        "return": {"reason": "…"},
        "withdraw": {"reason": "…"},
    }
    edit: Mapping[str, Any] = {"title": "另一标题"}

    def new(self, world: World, variant: Variant, number: int) -> dict[str, Any]:  # noqa: ARG002
        """Return the body of an action item."""
        owner = next(caller for caller, relations in variant.relations.items() if "own" in relations.split())
        return {
            "orgs": [CALLERS[owner].org],
            "title": f"督办 word{number}.",
            "text": "报送清单",
            "source": "visit",
            "due_on": "2022-09-20",
        }

    async def create(self, world: World, variant: Variant, number: int) -> str:
        """Issue an action item."""
        answer = await world.ok(await world.post(variant.creator, "/v1/action-items", self.new(world, variant, number)))
        return f"/v1/action-items/{answer.json()['items'][0]['id']}"


class WalkedAssignments(Walked):
    """Assignments of tasks. There is one of each organisation, which is brought from one state into the next."""

    kind = ASSIGNMENTS
    relations = "responsible lead cooperating"
    variants = (
        Variant(
            name="/v1/tasks/2/assignments/telecom",
            creator="",
            relations={
                "telecom": "responsible",
                "industry": "lead",
                "industry_tf": "lead",
                "kangmei": "cooperating",
                "tower": "cooperating",
            },
            others=("mobile", "renhe", "economy", "economy_tf", "leading_group", "regulator"),
        ),
        Variant(
            name="/v1/tasks/2/assignments/renhe",
            creator="",
            relations={"renhe": "responsible", "industry": "lead", "kangmei": "cooperating"},
            others=("telecom", "yuanyang"),
        ),
        Variant(
            name="/v1/tasks/2/assignments/economy",
            creator="",
            relations={"economy": "responsible", "economy_tf": "responsible", "industry": "lead"},
            others=("mobile", "renhe"),
        ),
        Variant(
            name="/v1/tasks/6/assignments/economy",
            creator="",
            relations={"economy": "responsible lead", "economy_tf": "responsible lead"},
            others=("industry", "industry_tf"),
        ),
    )
    fields: Mapping[str, Mapping[str, Any]] = {
        "report_progress": {"text": "进展"},
        "report_done": {"text": "完成"},
        "return": {"reason": "…"},
        "reopen": {"reason": "…"},
    }
    edit: Mapping[str, Any] = {"milestones": [{"title": "到货", "planned_on": "2022-09-15"}]}

    @property
    def absent_path(self) -> str:
        """The path of an assignment that the plan does not have."""
        return "/v1/tasks/2/assignments/nobody"

    async def create(self, world: World, variant: Variant, number: int) -> str:  # noqa: ARG002
        """Return an assignment to its first state."""
        await world.undo(self, variant.name, {})
        return variant.name

    def body(self, world: World, move: str, variant: Variant) -> dict[str, Any]:
        """Return the body of a move; a task that is done names each of its measures."""
        task = world.definition.assignments[_id(variant.name)].task
        measures = [{"code": measure.code, "state": "done", "evidence": "清单"} for measure in task.measures]
        return super().body(world, move, variant) | ({"measures": measures} if move == "report_done" else {})


class WalkedChallenges(Walked):
    """Challenges, each of the count of another month: a count has one open challenge at most."""

    kind = CHALLENGES
    relations = "own challenger"
    variants = (
        Variant(
            name="of a carrier by a bureau that is the task force too",
            creator="economy",
            relations={"telecom": "own", "economy": "challenger", "economy_tf": "challenger"},
            others=("mobile", "kangmei", "industry", "industry_tf", "leading_group", "regulator"),
            body={"new": {"org": "telecom", "metric": "fbb_subs_total", "area": "liangjiang"}},
        ),
        Variant(
            name="of a carrier in a subdistrict by its office",
            creator="kangmei",
            relations={"telecom": "own", "kangmei": "challenger area"},
            others=("yuanyang", "industry", "regulator"),
            body={"new": {"org": "telecom", "metric": "bs_5g_built", "area": KANGMEI}},
        ),
        Variant(
            name="of a bureau by the regulator",
            creator="regulator",
            relations={"economy": "own", "economy_tf": "own", "regulator": "challenger", "kangmei": "area"},
            others=("telecom", "industry_tf"),
            body={"new": {"org": "economy", "metric": "population_resident", "area": KANGMEI}},
        ),
        Variant(
            name="of a subdistrict office by the task force",
            creator="industry_tf",
            relations={"kangmei": "own", "industry": "challenger", "industry_tf": "challenger"},
            others=("yuanyang", "economy"),
            body={"new": {"org": "kangmei", "metric": "demo_parks", "area": KANGMEI}},
        ),
    )
    fields: Mapping[str, Mapping[str, Any]] = {
        "rebut": {"reason": "新开通", "evidence": "装机工单"},
        "uphold": {"reason": "…"},
        "dismiss": {"reason": "…"},
    }
    edit: Mapping[str, Any] = {}
    months: Final = [f"2022-{month:02}" for month in range(1, 9)]

    def way(self, variant: Variant, state: str) -> list[tuple[str, str]] | None:
        """Return the shortest way; time passes, and a push corrects."""
        own = next(caller for caller, relations in variant.relations.items() if "own" in relations.split())
        if state == "unanswered":
            return [("", "")]
        if state == "corrected":
            return [("concede", own), ("correct", own)]
        return super().way(variant, state)

    async def create(self, world: World, variant: Variant, number: int) -> str:
        """Push the challenged counts of all months once, and challenge the one of a month."""
        count = variant.body["new"]
        if variant.name not in world.versions:
            rows = [{"metric": count["metric"], "area": count["area"], "month": month, "value": 80} for month in self.months]
            owner = next(caller for caller in CALLERS.values() if caller.org == count["org"])
            headers = world.campaign.headers(*owner)
            pushed = await world.ok(
                await world.campaign.api.post("/v1/observations", json={"observations": rows}, headers=headers)
            )
            world.versions[variant.name] = pushed.json()["data_version"]
        return await super().create(world, variant, number)

    def new(self, world: World, variant: Variant, number: int) -> dict[str, Any]:
        """Return the body of a challenge."""
        return {
            **variant.body["new"],
            "month": self.months[number % len(self.months)],
            "value": 80,
            "data_version": world.versions.get(variant.name, 1),
            "reason": f"存疑 word{number}.",
        }

    async def step(self, world: World, path: str, move: str, caller: str, variant: Variant) -> None:
        """Make a move, push a correction, or let the time pass."""
        if not move:
            world.set_day("2022-09-15")
        elif move == "correct":
            challenge = await world.stored(self, path)
            rows = [{name: challenge[name] for name in ("metric", "area")} | {"month": challenge["month"][:7], "value": 75}]
            question = {"challenge": challenge["id"], "reason": "重复统计"}
            headers = world.headers(caller)
            await world.ok(
                await world.campaign.api.post("/v1/observations", json={"observations": rows}, params=question, headers=headers)
            )
        else:
            await super().step(world, path, move, caller, variant)


WALKED: Final[Sequence[Walked]] = (
    WalkedCases(),
    WalkedDifficulties(),
    WalkedActionItems(),
    WalkedAssignments(),
    WalkedChallenges(),
)
