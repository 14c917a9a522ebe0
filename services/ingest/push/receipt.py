"""The receipt of a push: the import's document, recorded with everything else in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from services.ingest.push.request import Push
from services.ingest.push.row_errors import INLINE, Faults
from shared.database.ledger import Head
from shared.database.sql import statement
from shared.values.months import month_text
from shared.vocabulary import ImportState

_INSERT_IMPORT = statement(__package__, "insert_import")
_STAGE_ERRORS = statement(__package__, "stage_errors")
_COPY_ERRORS = "COPY stage_error (number, document) FROM STDIN (FORMAT binary)"
_INSERT_ERRORS = statement(__package__, "insert_import_errors")
_TABLE: Final = "stage_error s"  # as the statement names it
_ARRAYS: Final = "unnest(%(numbers)s::int[], %(documents)s::bytea[]) AS s (number, document)"


NO_COUNTS: Final = dict.fromkeys(
    ("received", "created", "updated", "unchanged", "merged", "rejected", "withheld", "retracted", "blank"), 0
)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a push, before it is recorded."""

    head: Head
    faults: Faults
    counts: dict[str, int]
    months: list[date] = field(default_factory=list)
    normalisations: list[dict[str, object]] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    findings_total: int = 0
    refused: bool = False  # as a whole; a partial push has faults and is not
    same_as: UUID | None = None  # the earlier import of the same request

    @property
    def changed(self) -> bool:
        """Whether any count is new, another or gone."""
        return any(self.counts[what] for what in ("created", "updated", "retracted"))

    def report(self) -> dict[str, Any]:
        """The report as the sender reads it."""
        return report(
            self.faults,
            self.counts,
            self.normalisations,
            self.effects,
            findings=self.findings,
            findings_total=self.findings_total,
            same_as=self.same_as,
        )


def report(
    faults: Faults,
    counts: Mapping[str, int],
    normalisations: Sequence[object] = (),
    effects: Sequence[object] = (),
    *,
    findings: Sequence[object] = (),
    findings_total: int = 0,
    same_as: UUID | None = None,
) -> dict[str, Any]:
    """What became of each row."""
    return {
        "counts": counts,
        "errors": faults.first,
        "errors_total": faults.total,
        "errors_by_code": dict(sorted(faults.by_code.items())),
        "errors_omitted": max(0, faults.total - INLINE),
        "normalisations": normalisations,
        "effects": effects,
        "findings": findings,
        "findings_total": findings_total,
        "same_as": str(same_as) if same_as else None,
    }


async def record(connection: AsyncConnection, asked: Push, result: Result, version: int, at: datetime) -> bytes:
    """Enter the import; returns the answer: its document byte for byte, or that of a dry run."""
    columns: dict[str, Any] = {
        "campaign": asked.principal.campaign,
        "org": asked.principal.org,
        "dataset": asked.dataset,
        "mode": asked.mode.value,
        "dry_run": asked.dry_run,
        "reason": asked.reason,
        "undoes": asked.undoes,
        "state": _state(asked, result).value,
        "media_type": asked.media.value,
        "body_bytes": asked.spool.size,
        "body_sha256": asked.spool.sha256,
        "idempotency_key": asked.key,
        "changed": result.changed,
        "actor": asked.principal.client_id,
    }
    answered = columns | {"months": [month_text(month) for month in result.months], "report": result.report()}
    rows_done = result.counts["received"] + result.counts["blank"]
    document = orjson.dumps({"id": asked.import_id} | answered | {"data_version": version, "rows_done": rows_done})
    counts = Jsonb(result.counts, orjson.dumps)
    more = {"id": asked.import_id, "version": version, "at": at, "counts": counts, "document": document}
    await connection.execute(_INSERT_IMPORT, columns | more | {"request_sha256": asked.fingerprint})
    return orjson.dumps(answered) if asked.dry_run else document


def _state(asked: Push, result: Result) -> ImportState:
    if result.refused:
        return ImportState.REFUSED
    return ImportState.DRY_RUN if asked.dry_run else ImportState.APPLIED


async def record_faults(connection: AsyncConnection, asked: Push, result: Result) -> None:
    """Enter every error of a push; those of a small one travel with the statement."""
    binds = {"campaign": asked.principal.campaign, "org": asked.principal.org, "import_id": asked.import_id}
    if not asked.bulk:
        documents = list(result.faults.documents())
        binds |= {"numbers": list(range(1, len(documents) + 1)), "documents": documents}
        await connection.execute(_INSERT_ERRORS.replace(_TABLE, _ARRAYS), binds, binary=True)
        return
    await connection.execute(_STAGE_ERRORS)
    async with connection.cursor().copy(_COPY_ERRORS) as copy:
        copy.set_types(["int4", "bytea"])
        for number, fault in enumerate(result.faults.documents(), start=1):
            await copy.write_row((number, fault))
    await connection.execute(_INSERT_ERRORS, binds)
