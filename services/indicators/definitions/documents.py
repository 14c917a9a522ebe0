"""JSON of the blocks of a definition."""

from datetime import date
from typing import Any

from shared.campaign.blocks import Area, Indicator, Metric, Target
from shared.campaign.definition import Definition
from shared.values.months import month_text

_JsonObject = dict[str, Any]


def area_document(area: Area) -> _JsonObject:
    """Return an area as `AreaDefinition` describes it."""
    return {
        **area.model_dump(include={"code", "title", "short", "parent", "urban"}),
        "valid_from": _month(area.valid_from),
        "valid_to": _month(area.valid_to),
    }


def metric_document(metric: Metric, definition: Definition) -> _JsonObject:
    """Return a metric as `MetricDefinition` describes it."""
    fields = {"code", "title", "aliases", "unit", "kind", "grain", "owed_by", "reported_by", "derived", "task", "caliber"}
    registers = {count.metric: register.code for register in definition.registers for count in register.counts}
    return {
        **metric.model_dump(mode="json", include=fields),
        "counted_from": registers.get(metric.code),
        "valid_from": _month(metric.from_),
    }


def indicator_document(indicator: Indicator, definition: Definition) -> _JsonObject:
    """Return an indicator as `IndicatorDefinition` describes it."""
    fields = {
        *("code", "title", "numerator", "denominator", "scale", "decimals"),
        *("unit", "comparator", "caliber", "source", "informational"),
    }
    return {
        **indicator.model_dump(mode="json", include=fields),
        "variants": [
            {
                **variant.model_dump(mode="json", include={"code", "title", "reducer"}),
                "numerator": indicator.numerator_of(variant),
                "denominator": indicator.denominator_of(variant),
                "decides": variant.code == indicator.decides,
            }
            for variant in indicator.variants
        ],
        "targets": [target_document(target) for target in definition.targets if target.indicator == indicator.code],
        "valid_from": _month(indicator.from_),
    }


def target_document(target: Target) -> _JsonObject:
    """Return a target as `TargetDefinition` describes it."""
    plain = {"due", "kind", "period", "task", "area", "org", "source"}
    return {**target.model_dump(mode="json", include=plain), "value": target.number}


def _month(month: date | None) -> str | None:
    return month_text(month) if month else None
