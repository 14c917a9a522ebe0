"""How a figure is shown, in whatever answer it stands. Pure."""

from typing import Any

from shared.domain.summary_lines import VariantValue


def figure_document(figure: VariantValue) -> dict[str, Any]:
    """The numbers of a figure and where they stand."""
    return {
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "value": figure.value,
        "display": figure.display,
        "status": figure.status,
        "gap": figure.gap,
    }
