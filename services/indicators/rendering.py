"""Summary lines as JSON."""

from collections.abc import Iterable
from typing import Any

from shared.campaign.applied import AppliedDefinition
from shared.domain.arithmetic import exact_in_json
from shared.domain.deadline import Deadline
from shared.domain.summary_lines import MissingCell, SummaryLine
from shared.values.months import month_text

_SIDES = ("numerator", "denominator")


def line_document(line: SummaryLine, definition: AppliedDefinition, deadline: Deadline | None) -> dict[str, Any]:
    """Return a line as `models.SummaryLine` describes it."""
    target = line.target
    area, org = line.breakdown
    deciding = line.deciding
    return {
        "indicator": line.indicator.code,
        "month": month_text(line.month),
        "area": None if area is None else definition.area_codes[area],
        "org": org,
        "numerator": exact_in_json(deciding.numerator),
        "denominator": exact_in_json(deciding.denominator),
        "scale": line.indicator.scale,
        "value": deciding.value,
        "display": deciding.display,
        "unit": line.indicator.unit,
        "target": None if target is None else target.number,
        "comparator": line.indicator.comparator,
        "due": None if target is None else target.due,
        "status": deciding.status,
        "gap": exact_in_json(deciding.gap),
        "counted_in": line.indicator.deciding.unit,
        "variants": _variant_documents(line),
        "cells": {"reported": line.reported, "zero": line.zero, "missing": line.missing_cells},
        "missing": missing_count_documents(line.missing, definition),
        "partial": None if deciding.partial is None else dict(zip(_SIDES, map(exact_in_json, deciding.partial), strict=True)),
        "provisional": line.provisional,
        "references": [{"metric": metric, "month": month_text(month)} for metric, month in line.references],
        "deadline": deadline_document(deadline),
        "challenged": line.challenged,
    }


def _variant_documents(line: SummaryLine) -> list[dict[str, Any]]:
    units = {variant.code: variant.unit for variant in line.indicator.variants}
    return [
        {"variant": value.variant, **value.document(), "counted_in": units[value.variant], "decides": value.decides}
        for value in line.values
    ]


def deadline_document(deadline: Deadline | None) -> dict[str, Any] | None:
    """Return a deadline as `models.TargetDeadline` describes it."""
    if deadline is None:
        return None
    first_met = deadline.first_met_month
    return {**deadline._asdict(), "first_met_month": month_text(first_met) if first_met else None}


def missing_count_documents(missing: Iterable[MissingCell], definition: AppliedDefinition) -> list[dict[str, str]]:
    """Return expected counts that were not reported, as `CountKey` describes them."""
    codes = definition.area_codes
    return [
        {"org": cell.org, "metric": cell.metric, "area": codes[cell.area], "month": month_text(cell.month)} for cell in missing
    ]
