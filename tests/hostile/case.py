"""One hostile request, what has to be answered, and what may be left behind: nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.vocabulary import Role
from tests.hostile.product import JSON, PUSH, Product, State
from tests.hostile.wire import Answer, Header

PART_BYTES = 1 << 20
LONGEST_SHOWN = 64  # characters of what was sent

RowFault = tuple[int | None, str | None, str]
"""Row, column and code, as the report names them."""


@dataclass(frozen=True)
class Case:
    """A request that must be refused."""

    name: str  # begins with the number of its class, as the threat list counts
    body: bytes | Callable[[], bytes]
    status: int
    code: str
    media: str = JSON
    rows: tuple[RowFault, ...] = ()  # of a push whose rows are refused: every error of the report
    method: str = "POST"
    path: str = PUSH
    org: str = "telecom"
    role: Role | None = None  # the organisation's first one
    headers: tuple[Header, ...] = ()

    @property
    def group(self) -> str:
        """The letter of its group."""
        return self.name[0]

    def content(self) -> bytes:
        """The body, made when it is needed."""
        return self.body if isinstance(self.body, bytes) else self.body()

    def sent_to(self, product: Product) -> Answer:
        """The answer."""
        return product.send(
            self.content(), self.media, method=self.method, path=self.path, org=self.org, role=self.role, headers=self.headers
        )


def refused(product: Product, case: Case) -> Any:
    """Send a case. It is refused as it should be, nothing is left of it, and good requests do not notice."""
    product.ran[case.group] += 1
    before = product.state()
    answer = case.sent_to(product)
    document = as_problem(answer, case.status, case.code)
    errors = list(document.get("report", {}).get("errors", ()))
    assert [(error["row"], error["column"], error["code"]) for error in errors] == list(case.rows)
    assert all(len(error["value"] or "") <= LONGEST_SHOWN for error in [*errors, *document["errors"]])
    changed(before, product.state(), _recorded(case, len(errors)) if case.rows else {})
    product.still_fast()
    return document


def _recorded(case: Case, errors: int) -> dict[str, int]:
    """The rows that tell of a push whose rows were refused: its errors, and its body in parts."""
    return {"import": 1, "audit": 1, "import_error": errors, "import_part": -(-len(case.content()) // PART_BYTES)}


def as_problem(answer: Answer, status: int, code: str) -> Any:
    """The document of a refusal, whole and of the right kind."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.body[:2_000]
    document = answer.document
    assert (document["status"], document["code"], document["type"]) == (status, code, f"/problems/{code.replace('_', '-')}")
    assert document["instance"] == f"/requests/{answer.headers['X-Request-Id']}"
    assert document["title"]
    assert document["detail"]
    return document


def changed(before: State, after: State, expected: dict[str, int]) -> None:
    """Exactly these tables have changed, by so many rows."""
    grown = {table: after[table][0] - before[table][0] for table in after if after[table] != before[table]}
    assert grown == expected
