"""Computed lines as rows of a table."""

from collections.abc import Sequence
from typing import Final

from services.indicators.names import area_names, indicator_names, org_names
from services.indicators.tables import Cell
from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import Breakdown
from shared.domain.summary_lines import SummaryLine, VariantValue
from shared.values.months import month_text

PLACE: Final = ("indicator", "indicator_zh", "indicator_en", "area", "area_zh", "area_en", "org", "org_zh", "org_en")
FIGURES: Final = (
    *("variant", "numerator", "denominator", "scale", "value", "display"),
    *("unit_zh", "unit_en", "target", "comparator", "due", "status", "status_zh", "status_en", "gap"),
    *("cells_reported", "cells_zero", "cells_missing", "missing_from", "partial_numerator", "partial_denominator"),
    *("provisional", "references", "other_variants"),
)
_NOT_BROKEN_DOWN: Final = (None, None, None)


def place_cells(definition: AppliedDefinition, indicator: str, breakdown: Breakdown) -> Sequence[Cell]:
    """Which line it is: the columns of `PLACE`."""
    area, org = breakdown
    return (
        *indicator_names(definition, indicator),
        *(area_names(definition, definition.area_codes[area]) if area is not None else _NOT_BROKEN_DOWN),
        *(org_names(definition, org) if org is not None else _NOT_BROKEN_DOWN),
    )


def figure_cells(line: SummaryLine) -> Sequence[Cell]:
    """The columns of `FIGURES`: those of the variant that decides, the others stand in one cell at the end."""
    target = line.target
    figure, indicator = line.deciding, line.indicator
    return (
        figure.variant,
        figure.numerator,
        figure.denominator,
        indicator.scale,
        figure.value,
        figure.display,
        indicator.unit["zh"],
        indicator.unit["en"],
        target.number if target else None,
        indicator.comparator,
        target.due if target else None,
        figure.status,
        figure.status.title_.zh,
        figure.status.title_.en,
        figure.gap,
        line.reported,
        line.zero,
        len(line.missing),
        " ".join(sorted({cell.org for cell in line.missing})),
        *(figure.partial or (None, None)),
        line.provisional,
        " ".join(f"{metric}@{month_text(month)}" for metric, month in line.references),
        " ".join(map(_other, (each for each in line.values if not each.decides))),
    )


def _other(figure: VariantValue) -> str:
    return f"{figure.variant}={figure.status if figure.display is None else figure.display}"
