"""The product as one real process, and what stands in its database."""

import os
import re
import statistics
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from shared.problems import MEDIA_TYPE
from shared.settings import Settings
from shared.vocabulary import Role
from tests.cli.commands import running
from tests.declared_problems import check_problem
from tests.fixtures_api import Bearer, bearer_for
from tests.fixtures_campaign import Campaigns
from tests.fixtures_postgres import Server
from tests.fixtures_served import environment_of_database
from tests.hostile import wire
from tests.hostile.wire import Answer, Header
from tests.push_paths import path_for

PROJECT = Path(__file__).parents[2]
PUSH = "/v1/observations"
JSON = "application/json"
GOOD_ORG = "unicom"  # nothing hostile is sent in its name
TOKEN_LASTS_S = 300.0  # half of what it does
GROWTH_BYTES = 64 << 20
SOME = 15
SLOWER = 5  # times what was usual before, on a machine that does other things too
LEAST_BAR_S = 0.1

State = dict[str, tuple[int, int]]
"""By table: how many rows, and the sum of the transactions that wrote them: another one as soon as any row is another."""


@dataclass
class Product:
    """A process that serves everything behind one address."""

    port: int
    log: Path
    bearer: Bearer
    database: psycopg.Connection
    pid: int
    usual: deque[float] = field(default_factory=lambda: deque(maxlen=SOME))  # seconds that good requests took
    ran: Counter[str] = field(default_factory=Counter)  # cases by group
    figures: dict[str, str] = field(default_factory=dict)  # measured over all of them
    _tokens: dict[tuple[str, Role | None], tuple[str, float]] = field(default_factory=dict)
    _counts: Iterator[int] = field(default_factory=lambda: count(1))

    def token(self, org: str, role: Role | None = None) -> Header:
        """The Authorization header of an organisation."""
        value, made_at = self._tokens.get((org, role), ("", float("-inf")))
        if time.monotonic() - made_at > TOKEN_LASTS_S:
            value, made_at = self.bearer(org, role)["Authorization"], time.monotonic()
            self._tokens[org, role] = value, made_at
        return "Authorization", value

    def send(
        self,
        body: bytes = b"",
        media: str = JSON,
        *,
        method: str = "POST",
        path: str = PUSH,
        org: str = "telecom",
        role: Role | None = None,
        headers: Iterable[Header] = (),
    ) -> Answer:
        """One request of an organisation; a refusal is one that the operation declares."""
        more = [self.token(org, role), *([("Content-Type", media)] if media else []), *headers]
        target = path_for(path, media) if method == "POST" else path
        answer = wire.exchange(self.port, wire.request(method, target, more, body))
        if answer.headers["Content-Type"] == MEDIA_TYPE and method != "HEAD":
            check_problem(method, urlsplit(target).path, answer.status, answer.document)
        return answer

    def get(self, path: str, org: str = "economy") -> Answer:
        """Read something."""
        return self.send(method="GET", path=path, media="", org=org)

    def state(self) -> State:
        """Every table as it stands, those of later migrations too."""
        rows = self.database.execute(self._look).fetchall()
        return {table: (int(number), int(versions)) for table, number, versions in rows}

    @cached_property
    def _look(self) -> sql.Composed:
        tables = self.database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        one = sql.SQL("SELECT {}, count(*), coalesce(sum(xmin::text::bigint), 0) FROM {}")
        return sql.SQL(" UNION ALL ").join(one.format(sql.Literal(name), sql.Identifier(name)) for (name,) in tables)

    def good(self) -> float:
        """Seconds that a good push takes, a new count each time, from connecting to the whole answer."""
        value = next(self._counts)
        body = f'{{"observations": [{{"metric": "systems_filed", "area": "liangjiang", "month": "2022-08", "value": {value}}}]}}'
        started = time.perf_counter()
        answer = self.send(body.encode(), org=GOOD_ORG)
        took = time.perf_counter() - started
        assert answer.status == 201, answer.body
        assert answer.document["changed"] is True
        return took

    def warm_up(self) -> None:
        """One of everything large that is good, so that what is loaded and reserved for it once does not count as growth."""
        row = b'{"metric": "systems_filed", "area": "liangjiang", "month": "2022-08", "value": 1}'
        for path, media, body in (
            (f"{PUSH}?dry_run=true", "application/x-ndjson", b"\n".join([row] * 60_000)),
            (f"{PUSH}?dry_run=true", JSON, b'{"observations": [' + b",".join([row] * 60_000) + b"]}"),
        ):
            answer = self.send(body, path=path, media=media, org=GOOD_ORG)
            assert answer.status == 200, answer.body[:500]
        assert self.get("/v1/templates/observations.xlsx?month=2022-08", GOOD_ORG).status == 200

    def still_fast(self) -> None:
        """The next good request is answered as fast as before; where it is not, the median of some more decides.

        The machine may have been busy for a moment: what a case has spoiled stays spoiled.
        """
        bar = max(SLOWER * statistics.median(self.usual), LEAST_BAR_S)
        took = self.good()
        if took > bar:
            took = statistics.median(self.good() for _ in range(SOME))
        assert took <= bar, f"good pushes take {took:.3f} s, they took {statistics.median(self.usual):.3f} s before"
        self.usual.append(took)

    def resident_bytes(self) -> int:
        """Memory of the process, without the workers it starts."""
        return int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def open_files(self) -> int:
        """Return the number of file descriptors of the process."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def aftermath(self) -> list[str]:
        """Return the tracebacks and failures in the log, and the counted server errors."""
        logged = [
            line for line in self.log.read_text(encoding="utf-8").splitlines() if re.search('Traceback|exception|"failed"', line)
        ]
        counted = [line for line in self.get("/metrics").body.decode().splitlines() if re.search(r'status="5', line)]
        return logged + counted


@contextmanager
def product(server: Server, campaigns: Campaigns, settings: Settings, folder: Path) -> Iterator[Product]:
    """The product on a database of its own; it must be as well at the end as at the start."""
    with server.database(campaigns.template) as urls:
        environment = {
            "PYTHONPATH": str(PROJECT),  # this checkout, wherever the command was installed from
            "GIGACITY_MODE": "test",
            "GIGACITY_TOKEN_ISSUER": settings.token_issuer,
            "GIGACITY_SPOOL_DIR": str(folder),
            **environment_of_database(urls, settings),
        }
        above = make_url(server.superuser).set(database=make_url(urls.owner).database).render_as_string(hide_password=False)
        started = running("up", "--port", "0", until="business date", environment=environment, folder=folder)
        with started as lines, psycopg.connect(above, autocommit=True) as database:
            port = int(next(line for line in lines if line.startswith("address")).rpartition(":")[2])
            yield Product(port, folder / "log", bearer_for(campaigns, settings), database, _newest_child())


def _newest_child() -> int:
    """The process that this thread started last."""
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text(encoding="ascii").split()
    return int(children[-1])
