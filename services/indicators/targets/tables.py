"""Targets and rankings as rows of tables."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.http.tables import Table, bilingual, codes, computed, fields, members, term
from shared.vocabulary import DeadlineState, ForecastState, Status

_IDENTITY: Final = (
    *fields("campaign"),
    computed(["as_of"], lambda row: [row["data_version"]]),
    *fields("definition_version", "month"),
    *codes("indicator", "area", "org"),
)
TARGETS_TABLE: Final = Table(
    "targets",
    "目标进度",
    (
        *_IDENTITY,
        *fields("numerator", "denominator", "scale", "value", "display"),
        bilingual("unit"),
        *fields("comparator"),
        term("status", Status),
        members("pace", ["first", "last", "added", "per_month"]),
        *fields("target", "due", "kind", "task", "decides"),
        term("target_status", Status),
        *fields("gap", "months_left", "required_per_month"),
        term("deadline_state", DeadlineState),
        members("deadline", ["first_met_month", "value_at_due"]),
        term("forecast_state", ForecastState),
        members("forecast", ["value", "display", "gap"]),
    ),
)
RANKINGS_TABLE: Final = Table(
    "rankings",
    "排名",
    (
        *_IDENTITY,
        *fields("rank", "tied", "rank_before", "numerator", "denominator", "value", "display"),
        bilingual("unit"),
        term("status", Status),
        *fields("gap"),
    ),
)
_OF_TARGET: Final = ("due", "kind", "task", "decides", "gap", "months_left", "required_per_month", "deadline", "forecast")
_VERSIONS: Final = ("campaign", "data_version", "definition_version", "month")


def target_rows(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each target of each line of `Targets`, and one for a line without targets."""
    versions = {name: document[name] for name in _VERSIONS}
    for line in document["lines"]:
        for target in line["targets"] or [dict.fromkeys(_OF_TARGET)]:
            yield {
                **versions,
                **line,
                **{name: target[name] for name in _OF_TARGET},
                "target": target.get("value"),
                "target_status": target.get("status"),
                "deadline_state": (target["deadline"] or {}).get("state"),
                "forecast_state": (target["forecast"] or {}).get("state"),
            }


def ranking_rows(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each entry of `IndicatorRankings`."""
    versions = {name: document[name] for name in _VERSIONS}
    for ranking in document["rankings"]:
        for entry in ranking["entries"]:
            yield {**versions, "indicator": ranking["indicator"], "unit": ranking["unit"], **entry}
