"""The record of a push: the import with its report."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from services.ingest.push.request import PushRequest
from services.ingest.push.row_errors import ERRORS_LISTED, RowErrors
from shared.database.sql import statement
from shared.values.months import month_text
from shared.vocabulary import ImportState

_INSERT_IMPORT = statement(__package__, "insert_import")

NO_COUNTS: Final = dict.fromkeys(
    ("received", "created", "updated", "unchanged", "merged", "rejected", "withheld", "retracted", "blank"), 0
)


@dataclass(frozen=True, slots=True)
class PushResult:
    """The result of a push, before it is recorded."""

    errors: RowErrors
    counts: dict[str, int]
    months: list[date] = field(default_factory=list)
    normalisations: list[dict[str, object]] = field(default_factory=list)
    passed_over: list[dict[str, object]] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    findings_total: int = 0
    refused: bool = False  # as a whole; a partial push may have errors and is not
    same_as: UUID | None = None  # the earlier import of the same request

    @property
    def changed(self) -> bool:
        """True if any row is new, changed or retracted."""
        return self.counts["created"] > 0 or self.counts["updated"] > 0 or self.counts["retracted"] > 0

    def report(self) -> dict[str, Any]:
        """Return the report that the sender reads."""
        errors = self.errors
        return {
            "counts": self.counts,
            "errors": errors.first,
            "errors_total": errors.total,
            "errors_by_code": dict(sorted(errors.by_code.items())),
            "errors_omitted": max(0, errors.total - ERRORS_LISTED),
            "normalisations": self.normalisations,
            "passed_over": self.passed_over,
            "effects": self.effects,
            "findings": self.findings,
            "findings_total": self.findings_total,
            "same_as": str(self.same_as) if self.same_as else None,
        }


async def record_import(
    connection: AsyncConnection, request: PushRequest, result: PushResult, version: int, at: datetime
) -> bytes:
    """Record the import; return the body of the response: the recorded document byte for byte, or that of a dry run."""
    state = ImportState.REFUSED if result.refused else ImportState.DRY_RUN if request.dry_run else ImportState.APPLIED
    columns: dict[str, Any] = {
        "campaign": request.principal.campaign,
        "org": request.principal.org,
        "dataset": request.dataset,
        "mode": request.mode.value,
        "dry_run": request.dry_run,
        "reason": request.reason,
        "undoes": request.undoes,
        "state": state.value,
        "media_type": request.media.value,
        "body_bytes": request.body.size,
        "body_sha256": request.body.sha256,
        "idempotency_key": request.key,
        "changed": result.changed,
        "actor": request.principal.client_id,
    }
    fields = columns | {
        "months": [month_text(month) for month in result.months],
        "report": result.report(),
        "rows_done": result.counts["received"] + result.counts["blank"],
    }
    document = orjson.dumps({"id": request.import_id} | fields | {"data_version": version})
    counts = Jsonb(result.counts, orjson.dumps)
    import_columns = {"id": request.import_id, "version": version, "at": at, "counts": counts, "document": document}
    await connection.execute(_INSERT_IMPORT, columns | import_columns | {"request_sha256": request.fingerprint})
    return orjson.dumps({"id": None} | fields | {"data_version": None}) if request.dry_run else document
