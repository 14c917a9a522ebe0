"""The case registry with 20 000 items: lists, searches, board and inbox, compared with a plain endpoint and with 2 000 items."""

import random
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Final
from urllib.parse import quote

import orjson
from sqlalchemy.inspection import inspect

from bench.app import PLAIN_LIST
from bench.bench_database import BenchDatabase
from bench.http_load import HttpRequest, compare_in_turn, send_once, send_repeatedly
from bench.measurements import Measurement
from bench.synthetic_items import COMMON_WORD, ENGLISH_WORD, RARE_WORD, ItemMaker, copied
from shared.campaign.applied import AppliedDefinition

SMALL: Final = 2_000
LARGE: Final = 20_000
_SECONDS: Final = 0.1
OVERSIGHT_ORG: Final = "industry"  # the task force
OWN_ORG: Final = "telecom"
DEEP_PAGES: Final = 3  # of 500 items, before a deep page
COPY_MOVES: Final = (
    "COPY item_move (campaign, org, kind, item_id, revision, move, state, by_org, actor, at, before, after) FROM STDIN"
)
ITEM_TABLES: Final = "task_assignment, case_file, difficulty, action_item, challenge"


def fill_items(database: BenchDatabase, definition: AppliedDefinition, count: int) -> None:
    """Store items of all kinds with ten changes each; the campaign began with the year."""
    items = sorted(ItemMaker(definition, random.Random(count)).items(count), key=attrgetter("kind"))  # noqa: S311 - not a secret
    with database.connect_as_superuser() as superuser:
        for kind in {item.kind: item for item in items}.values():
            columns = [column.name for column in inspect(type(kind.row)).columns]
            names = ", ".join(columns)
            with superuser.cursor().copy(f"COPY {inspect(type(kind.row)).local_table.name} ({names}) FROM STDIN") as copy:
                for item in items:
                    if item.kind == kind.kind:
                        copy.write_row([copied(getattr(item.row, name)) for name in columns])
        with superuser.cursor().copy(COPY_MOVES) as copy:
            for item in items:
                row = item.row
                for entry in item.changes:
                    start = (row.campaign, row.org, item.kind, row.id, entry["revision"], entry["move"], entry["state"], row.org)
                    copy.write_row((*start, "bench", entry["at"], copied(entry["before"]), copied(entry["after"])))
        superuser.execute("UPDATE ledger SET at = '2022-01-01T00:00Z'")
        superuser.execute(f"VACUUM ANALYZE {ITEM_TABLES}, item_move")


def measure_items(small: BenchDatabase, large: BenchDatabase) -> Iterator[Measurement]:
    """Compare the median times of reads with those of a plain list of 50 rows, and of the same reads among fewer items.

    Pages that are compared with those among fewer items have equally many rows.
    """
    with small.run_service("cases") as (small_port, _), large.run_service("cases") as (large_port, _):

        def p50_ms(subject: tuple[int, HttpRequest]) -> float:
            port, request = subject
            return send_repeatedly(port, [request], _SECONDS, 1).p50_ms

        plain = (large_port, _read(large, OVERSIGHT_ORG, PLAIN_LIST))
        on_large, on_small = _reads(large, large_port), _reads(small, small_port)
        for name, (org, path) in on_large.items():
            subject = (large_port, _read(large, org, path))
            value, ratio = compare_in_turn(p50_ms, subject, plain)
            yield Measurement(f"{name}, {LARGE:,} items", value, "ms", "plain list of 50 rows", ratio, at_most=3)
            smaller = (small_port, _read(small, *on_small[name]))
            rows = [_page_rows(*each) for each in (subject, smaller)]
            if rows[0] > rows[1]:
                limit = f"{'&' if '?' in path else '?'}limit={rows[1]}"
                subject = (large_port, _read(large, org, path + limit))
            value, ratio = compare_in_turn(p50_ms, subject, smaller)
            yield Measurement(f"{name}, {LARGE:,} items", value, "ms", f"{SMALL:,} items", ratio, at_most=1.5)


def _reads(database: BenchDatabase, port: int) -> dict[str, tuple[str, str]]:
    """Return the measured reads by name: the organisation that reads, and the path."""

    def read(path: str) -> Any:  # noqa: ANN401 - JSON
        return _body(port, _read(database, OVERSIGHT_ORG, path))

    def deep(path: str) -> str:
        cursor = ""
        for _ in range(DEEP_PAGES):
            cursor = read(f"{path}?limit=500{cursor and f'&next={cursor}'}")["next"] or cursor
        return f"{path}?next={cursor}" if cursor else path

    waiting = read("/v1/cases?state=in_review&limit=1")["items"][0]["id"]
    lists = ("cases", "difficulties", "action-items", "challenges")
    words = {
        "common word": COMMON_WORD,
        "rare word": RARE_WORD,
        "two words": f"{COMMON_WORD} 专网",
        "English word": ENGLISH_WORD,
    }
    paths = {
        **{f"list of {name}": f"/v1/{name}" for name in lists},
        "deep page of cases": deep("/v1/cases"),
        "cases by state and domain": "/v1/cases?state=approved&domain=vertical_industry",
        "difficulties of an organisation": "/v1/difficulties?org=telecom",
        "overdue difficulties": "/v1/difficulties?overdue=true",
        "open challenges": "/v1/challenges?state=open",
        **{f"facets of {name}": f"/v1/{name}?facets=true" for name in lists},
        **{f"search in cases, {name}": f"/v1/cases?q={quote(word)}" for name, word in words.items()},
        "search in action items, common word": f"/v1/action-items?q={quote(COMMON_WORD)}",
        "case in review, with similar ones": f"/v1/cases/{waiting}",
        "history of a case": f"/v1/cases/{waiting}/history",
        "published cases": "/v1/cases/published",
        "tasks": "/v1/tasks",
        "board": "/v1/tasks/board",
        "past board": "/v1/tasks/board?as_of=2022-08-15",
        "inbox of the task force": "/v1/inbox",
        "past inbox of the task force": "/v1/inbox?as_of=2022-08-15",
        "workload": "/v1/workload",
    }
    own = {"list of a carrier's cases": "/v1/cases", "inbox of a carrier": "/v1/inbox"}
    return {name: (OVERSIGHT_ORG, path) for name, path in paths.items()} | {name: (OWN_ORG, path) for name, path in own.items()}


def _page_rows(port: int, request: HttpRequest) -> int:
    """Return the number of rows on the page that a request returns; 0 if it returns no list."""
    return len(_body(port, request).get("items", ()))


def _body(port: int, request: HttpRequest) -> Any:  # noqa: ANN401 - JSON
    return orjson.loads(send_once(port, request)[1].partition(b"\r\n\r\n")[2])


def _read(database: BenchDatabase, org: str, path: str) -> HttpRequest:
    return HttpRequest.build("GET", path, database.headers(org))
