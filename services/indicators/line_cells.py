"""Summary lines as rows of a table."""

from collections.abc import Sequence
from typing import Final

from shared.campaign.applied import AppliedDefinition
from shared.campaign.names import area_names, indicator_names, org_names
from shared.domain.counts import Breakdown
from shared.domain.deadline import Deadline
from shared.domain.summary_lines import SummaryLine, VariantValue
from shared.http.tables import CellValue
from shared.values.months import month_text

LINE_COLUMNS: Final = (
    *("indicator", "indicator_zh", "indicator_en", "area", "area_zh", "area_en"),
    *("org", "org_zh", "org_en"),
)
VALUE_COLUMNS: Final = (
    *("variant", "numerator", "denominator", "scale", "value", "display"),
    *("unit_zh", "unit_en", "target", "comparator", "due", "status", "status_zh", "status_en", "gap"),
    *("cells_reported", "cells_zero", "cells_missing", "missing_from", "partial_numerator", "partial_denominator"),
    *("provisional", "references", "other_variants", "counted_in_zh", "counted_in_en"),
)
DEADLINE_COLUMNS: Final = ("deadline_state", "deadline_state_zh", "deadline_state_en", "first_met_month", "value_at_due")
_NOT_BROKEN_DOWN: Final = (None, None, None)


def line_cells(definition: AppliedDefinition, indicator: str, breakdown: Breakdown) -> Sequence[CellValue]:
    """Return the cells of `LINE_COLUMNS`, which identify a line."""
    area, org = breakdown
    return (
        *indicator_names(definition, indicator),
        *(area_names(definition, definition.area_codes[area]) if area is not None else _NOT_BROKEN_DOWN),
        *(org_names(definition, org) if org is not None else _NOT_BROKEN_DOWN),
    )


def value_cells(line: SummaryLine) -> Sequence[CellValue]:
    """Return the cells of `VALUE_COLUMNS`: those of the deciding variant; the other variants share the last cell."""
    deciding, indicator, target = line.deciding, line.indicator, line.target
    return (
        deciding.variant,
        deciding.numerator,
        deciding.denominator,
        indicator.scale,
        deciding.value,
        deciding.display,
        indicator.unit["zh"],
        indicator.unit["en"],
        target.number if target else None,
        indicator.comparator,
        target.due if target else None,
        deciding.status,
        deciding.status.title_.zh,
        deciding.status.title_.en,
        deciding.gap,
        line.reported,
        line.zero,
        line.missing_cells,
        " ".join(sorted({cell.org for cell in line.missing})),
        *(deciding.partial or (None, None)),
        line.provisional,
        " ".join(f"{metric}@{month_text(month)}" for metric, month in line.references),
        " ".join(_variant_text(variant) for variant in line.values if not variant.decides),
        *(indicator.deciding.unit["zh"], indicator.deciding.unit["en"]),
    )


def deadline_cells(deadline: Deadline | None) -> Sequence[CellValue]:
    """Return the cells of `DEADLINE_COLUMNS`; the due date is among those of `VALUE_COLUMNS`."""
    if deadline is None:
        return [None] * len(DEADLINE_COLUMNS)
    state, first_met = deadline.state, deadline.first_met_month
    return (
        *((state, state.title_.zh, state.title_.en) if state else (None, None, None)),
        month_text(first_met) if first_met else None,
        deadline.value_at_due,
    )


def _variant_text(value: VariantValue) -> str:
    return f"{value.variant}={value.status if value.display is None else value.display}"
