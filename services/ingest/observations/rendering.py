"""Stored counts as JSON and as rows of a table."""

from collections.abc import Sequence
from typing import Any, Final

from services.ingest.observations.reader import CountRecord
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import EVERYBODY
from shared.campaign.names import area_names, metric_names, org_names
from shared.http.tables import CellValue
from shared.values.months import month_text

COUNT_COLUMNS: Final = (
    *("campaign", "as_of", "month", "org", "org_zh", "org_en", "metric", "metric_zh", "metric_en"),
    *("area", "area_zh", "area_en", "value", "unit_zh", "unit_en"),
    *("note", "data_version", "import_id", "reported_at", "submission"),
)
"""Columns of the CSV; new ones are added at the end."""


def count_document(record: CountRecord, definition: AppliedDefinition) -> dict[str, Any]:
    """Return a count as `Observation` describes it."""
    return {
        "org": record.org,
        "month": month_text(record.month),
        "metric": definition.metric_codes[record.metric],
        "area": definition.area_codes[record.area],
        "value": record.value,
        "note": record.note,
        "data_version": record.version,
        "import_id": record.import_id,
        "reported_at": record.at,
        "submission": _submission(record),
    }


def count_line(record: CountRecord, definition: AppliedDefinition, version: int) -> dict[str, Any]:
    """Return a count as a line of NDJSON, which names its campaign and data version."""
    return {"campaign": definition.campaign.code, "as_of": version, **count_document(record, definition)}


def count_cells(record: CountRecord, definition: AppliedDefinition, version: int) -> Sequence[CellValue]:
    """Return a count as a row of the CSV."""
    return (
        definition.campaign.code,
        version,
        month_text(record.month),
        *org_names(definition, record.org),
        *metric_names(definition, definition.metric_codes[record.metric]),
        *area_names(definition, definition.area_codes[record.area]),
        record.value,
        *_unit(definition, record.metric),
        record.note,
        record.version,
        record.import_id,
        record.at,
        _submission(record),
    )


def _submission(record: CountRecord) -> str | None:
    """Return the state of the month; counts derived from several organisations' registers have none."""
    return None if record.org == EVERYBODY else record.submission


@cached_on_definition(4_096)
def _unit(definition: AppliedDefinition, number: int) -> tuple[str, str]:
    unit = definition.metric(definition.metric_codes[number]).unit
    return unit.zh, unit.en
