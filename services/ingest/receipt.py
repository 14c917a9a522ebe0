"""The receipt of a push: the import's document, recorded with everything else in the same transaction."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from services.ingest.asked import DATASET, Push
from services.ingest.faults import INLINE, Faults
from shared.campaign.months import month_text
from shared.ledger import Head
from shared.sql import statement
from shared.vocabulary import ImportState

_INSERT_IMPORT = statement(__package__, "insert_import")
_COPY_FAULTS = "COPY import_error (campaign, org, import_id, number, document) FROM STDIN (FORMAT binary)"


def report_of(
    counts: dict[str, int], faults: Faults, normalisations: Iterable[dict[str, object]], same_as: UUID | None
) -> dict[str, Any]:
    """The report as the sender reads it."""
    return {
        "counts": counts,
        "errors": faults.first,
        "errors_total": faults.total,
        "errors_by_code": dict(sorted(faults.by_code.items())),
        "errors_omitted": max(0, faults.total - INLINE),
        "normalisations": list(normalisations),
        "same_as": str(same_as) if same_as else None,
    }


def document_of(
    asked: Push, import_id: UUID, head: Head, version: int, months: list[date], report: dict[str, Any]
) -> dict[str, Any]:
    """The import as it is answered and stored."""
    return {
        "id": str(import_id),
        "campaign": asked.principal.campaign,
        "org": asked.principal.org,
        "dataset": DATASET,
        "mode": asked.mode.value,
        "state": (ImportState.REFUSED if report["counts"]["rejected"] else ImportState.APPLIED).value,
        "media_type": asked.media.value,
        "body_bytes": asked.spool.size,
        "body_sha256": asked.spool.sha256,
        "idempotency_key": asked.key,
        "months": [month_text(month) for month in months],
        "data_version": version,
        "changed": version > head.version,
        "actor": asked.principal.client_id,
        "report": report,
    }


async def record_import(
    connection: AsyncConnection, asked: Push, import_id: UUID, document: dict[str, Any], body: bytes, at: datetime
) -> None:
    """Enter the import."""
    await connection.execute(
        _INSERT_IMPORT,
        {
            "campaign": asked.principal.campaign,
            "org": asked.principal.org,
            "id": import_id,
            "dataset": DATASET,
            "mode": asked.mode.value,
            "state": document["state"],
            "media_type": asked.media.value,
            "body_bytes": asked.spool.size,
            "body_sha256": asked.spool.sha256,
            "request_sha256": asked.fingerprint,
            "idempotency_key": asked.key,
            "version": document["data_version"],
            "changed": document["changed"],
            "at": at,
            "actor": asked.principal.client_id,
            "counts": Jsonb(document["report"]["counts"]),
            "document": body,
        },
    )


async def record_faults(connection: AsyncConnection, asked: Push, import_id: UUID, faults: Faults) -> None:
    """Enter every error of a refused push."""
    async with connection.cursor().copy(_COPY_FAULTS) as copy:
        copy.set_types(["text", "text", "uuid", "int4", "bytea"])
        for number, fault in enumerate(faults.documents(), start=1):
            await copy.write_row((asked.principal.campaign, asked.principal.org, import_id, number, fault))
