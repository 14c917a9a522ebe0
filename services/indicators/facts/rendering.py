"""Counts as JSON and as rows of a table."""

from collections.abc import Sequence
from typing import Any, Final

from services.indicators.facts.pulling import Fact
from services.indicators.names import area_names, metric_names, org_names
from services.indicators.tables import CellValue
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import EVERYBODY
from shared.values.months import month_text

COLUMNS: Final = (
    *("campaign", "as_of", "month", "org", "org_zh", "org_en", "metric", "metric_zh", "metric_en"),
    *("area", "area_zh", "area_en", "value", "unit_zh", "unit_en"),
    *("note", "data_version", "import_id", "reported_at", "submission"),
)
"""Of the CSV: what is added comes at the end."""


def fact_document(fact: Fact, definition: AppliedDefinition) -> dict[str, Any]:
    """A count as `FactRow` describes it."""
    return {
        "org": fact.org,
        "month": month_text(fact.month),
        "metric": definition.metric_codes[fact.metric],
        "area": definition.area_codes[fact.area],
        "value": fact.value,
        "note": fact.note,
        "data_version": fact.version,
        "import_id": fact.import_id,
        "reported_at": fact.at,
        "submission": _submission(fact),
    }


def fact_line(fact: Fact, definition: AppliedDefinition, version: int) -> dict[str, Any]:
    """A count as a line of NDJSON: it says by itself where it is from."""
    return {"campaign": definition.campaign.code, "as_of": version, **fact_document(fact, definition)}


def fact_cells(fact: Fact, definition: AppliedDefinition, version: int) -> Sequence[CellValue]:
    """A count as a row of the CSV."""
    return (
        definition.campaign.code,
        version,
        month_text(fact.month),
        *org_names(definition, fact.org),
        *metric_names(definition, fact.metric),
        *area_names(definition, definition.area_codes[fact.area]),
        fact.value,
        *_unit(definition, fact.metric),
        fact.note,
        fact.version,
        fact.import_id,
        fact.at,
        _submission(fact),
    )


def _submission(fact: Fact) -> str | None:
    """No one organisation signs off what is derived from the lists of several."""
    return None if fact.org == EVERYBODY else fact.submission


@cached_on_definition(4_096)
def _unit(definition: AppliedDefinition, number: int) -> tuple[str, str]:
    unit = definition.metric(definition.metric_codes[number]).unit
    return unit.zh, unit.en
