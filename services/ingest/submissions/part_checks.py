"""What somebody names of a month: counts that the organisation reports, and registers that it keeps."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from services.ingest.submissions.models import CountKey, RegisterPart
from shared.campaign.applied import AppliedDefinition
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest

_UNKNOWN_METRIC = Bilingual(zh="该单位该月不填报此指标", en="the organisation reports no such metric for the month")
_UNKNOWN_AREA = Bilingual(zh="该指标不在此区域统计", en="the metric is not counted for this area")
_UNKNOWN_REGISTER = Bilingual(zh="该单位不填报此登记表", en="the organisation does not keep this register")
_UNKNOWN_STREET = Bilingual(zh="登记表的行不在此区域", en="the register has no rows in this area")
_TWICE = Bilingual(zh="重复", en="named before")


def check_counts(cells: Sequence[CountKey], definition: AppliedDefinition, org: str, month: date) -> None:
    """Raise Schema where a cell is not one of the organisation's in that month, or is named twice."""
    _refuse(_faults(cells, _cells_of(definition, org, month)))


def check_registers(parts: Sequence[RegisterPart], definition: AppliedDefinition, org: str, month: date) -> None:
    """Raise Schema where the organisation does not keep a register, or not there, or one is named twice."""
    _refuse(_faults_of_registers(parts, definition, org, month))


def _refuse(found: Iterator[FieldError]) -> None:
    faults = list(found)
    if faults:
        raise Schema(errors=faults)


def _cells_of(definition: AppliedDefinition, org: str, month: date) -> Mapping[str, list[str]]:
    """The areas of each metric that the organisation reports."""
    return {
        metric.code: [area.code for area in definition.areas_for(metric, org, month)]
        for metric in definition.reported_in(month)
        if org in metric.reporters and definition.organisation(org).valid(month)
    }


def _faults(cells: Sequence[CountKey], reported: Mapping[str, list[str]]) -> Iterator[FieldError]:
    seen: set[CountKey] = set()
    for number, cell in enumerate(cells):
        where = f"/cells/{number}"
        if cell.metric not in reported:
            hint = nearest(cell.metric, reported)
            yield FieldError(
                where=f"{where}/metric", code="unknown_metric", message=_UNKNOWN_METRIC, value=cell.metric, hint=hint
            )
        elif cell.area not in reported[cell.metric]:
            hint = nearest(cell.area, reported[cell.metric])
            yield FieldError(where=f"{where}/area", code="unknown_area", message=_UNKNOWN_AREA, value=cell.area, hint=hint)
        elif cell in seen:
            yield FieldError(where=where, code="duplicate", message=_TWICE)
        seen.add(cell)


def _faults_of_registers(
    parts: Sequence[RegisterPart], definition: AppliedDefinition, org: str, month: date
) -> Iterator[FieldError]:
    own = definition.organisation(org).area
    areas = [definition.campaign.area, *(street.code for street in definition.streets(month) if own in (None, street.code))]
    kept = [each.code.value for each in definition.registers if org in each.kept_by]
    seen: set[RegisterPart] = set()
    for number, part in enumerate(parts):
        where = f"/registers/{number}"
        if part.code not in kept:
            hint = nearest(part.code, kept)
            yield FieldError(where=f"{where}/register", code="not_kept", message=_UNKNOWN_REGISTER, value=part.code, hint=hint)
        elif part.area not in areas:
            hint = nearest(part.area, areas)
            yield FieldError(where=f"{where}/area", code="unknown_area", message=_UNKNOWN_STREET, value=part.area, hint=hint)
        elif part in seen:
            yield FieldError(where=where, code="duplicate", message=_TWICE)
        seen.add(part)
