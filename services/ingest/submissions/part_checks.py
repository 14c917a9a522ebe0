"""Checks of the counts and registers that a return or a reopening request names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from services.ingest.submissions.models import CountPart, RegisterPart
from shared.campaign.applied import AppliedDefinition
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode

_UNKNOWN_METRIC = Bilingual(zh="该指标本月不由该单位填报", en="is not reported by the organisation for this month")
_UNKNOWN_AREA = Bilingual(zh="该指标不按此区域统计", en="is not an area of this metric for the organisation")
_UNKNOWN_REGISTER = Bilingual(zh="该登记表不由该单位填报", en="is not kept by the organisation")
_UNKNOWN_SUBDISTRICT = Bilingual(zh="该单位在此区域没有登记表", en="is not an area of this register for the organisation")
_DUPLICATE = Bilingual(zh="重复列出", en="appears twice")


def check_count_parts(cells: Sequence[CountPart], definition: AppliedDefinition, org: str, month: date) -> None:
    """Raise Schema if the organisation does not report one of the counts in that month, or if one appears twice."""
    _refuse(_count_errors(cells, _areas_by_metric(definition, org, month)))


def check_register_parts(parts: Sequence[RegisterPart], definition: AppliedDefinition, org: str, month: date) -> None:
    """Raise Schema if the organisation does not keep one of the registers in that area, or if one appears twice."""
    _refuse(_register_errors(parts, definition, org, month))


def _refuse(errors: Iterable[FieldError]) -> None:
    if listed := list(errors):
        raise Schema(errors=listed)


def _areas_by_metric(definition: AppliedDefinition, org: str, month: date) -> Mapping[str, list[str]]:
    """Return the metrics that the organisation reports, each with its areas."""
    return {
        metric.code: [area.code for area in definition.areas_for(metric, org, month)]
        for metric in definition.reported_in(month)
        if org in metric.reporters and definition.organisation(org).valid(month)
    }


def _count_errors(cells: Sequence[CountPart], areas_by_metric: Mapping[str, list[str]]) -> Iterator[FieldError]:
    earlier: set[CountPart] = set()
    for number, cell in enumerate(cells):
        where = f"/cells/{number}"
        if cell.metric not in areas_by_metric:
            hint = nearest(cell.metric, areas_by_metric)
            yield FieldError(
                where=f"{where}/metric", code=FieldCode.UNKNOWN_METRIC, message=_UNKNOWN_METRIC, value=cell.metric, hint=hint
            )
        elif cell.area not in areas_by_metric[cell.metric]:
            hint = nearest(cell.area, areas_by_metric[cell.metric])
            yield FieldError(
                where=f"{where}/area", code=FieldCode.UNKNOWN_AREA, message=_UNKNOWN_AREA, value=cell.area, hint=hint
            )
        elif cell in earlier:
            yield FieldError(where=where, code=FieldCode.DUPLICATE, message=_DUPLICATE)
        earlier.add(cell)


def _register_errors(parts: Sequence[RegisterPart], definition: AppliedDefinition, org: str, month: date) -> Iterator[FieldError]:
    own = definition.organisation(org).area
    areas = [definition.campaign.area, *(street.code for street in definition.streets(month) if own in (None, street.code))]
    registers = [register.code.value for register in definition.registers if org in register.kept_by]
    earlier: set[RegisterPart] = set()
    for number, part in enumerate(parts):
        where = f"/registers/{number}"
        if part.code not in registers:
            hint = nearest(part.code, registers)
            yield FieldError(
                where=f"{where}/register", code=FieldCode.UNKNOWN_REGISTER, message=_UNKNOWN_REGISTER, value=part.code, hint=hint
            )
        elif part.area not in areas:
            hint = nearest(part.area, areas)
            yield FieldError(
                where=f"{where}/area", code=FieldCode.UNKNOWN_AREA, message=_UNKNOWN_SUBDISTRICT, value=part.area, hint=hint
            )
        elif part in earlier:
            yield FieldError(where=where, code=FieldCode.DUPLICATE, message=_DUPLICATE)
        earlier.add(part)
