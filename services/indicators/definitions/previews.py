"""`POST /v1/definitions/trials`: the summary under a proposed definition, before it is applied."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.indicators.challenged_counts import read_challenged_counts
from services.indicators.definitions.endpoint import change_document
from services.indicators.definitions.preview_models import DefinitionPreview, NewDefinitionPreview
from services.indicators.rendering import line_document
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.campaign.definition import Definition
from shared.campaign.difference import difference
from shared.campaign.findings import DefinitionError
from shared.campaign.load import numbers_of
from shared.campaign.proposed import numbered
from shared.campaign.reinterpretation import Refusal, Used, assignment_binds, doubtful, refusals
from shared.database.sql import statement
from shared.http.json_response import JsonResponse
from shared.http.query_codes import unknown_code_error
from shared.problems import FieldError, FutureVersion, MonthNotOpen, Schema, problems
from shared.reading.reading import Reading, open_reading, open_reading_at
from shared.reading.target_history import earlier_months, read_target_history
from shared.values.bilingual import Bilingual
from shared.values.pydantic_messages import CUT
from shared.vocabulary import FieldCode, Grain, Status

router = APIRouter(tags=["definitions"])
_IN_USE: Final = statement(__package__, "codes_in_use")
_FILTERS: Final = ("indicator", "area", "org")
_KEY: Final = (*_FILTERS, "month")
_ERRORS_MAX: Final = 100
EXPECTED_COUNTS_MAX: Final = 300_000  # of all months that are read; Liangjiang has fewer than a thousand a month


@router.post(
    "/v1/definitions/trials",
    response_model=DefinitionPreview,
    responses=problems(FutureVersion, MonthNotOpen),
)
async def try_definition(
    service: ServiceDep,
    body: NewDefinitionPreview,
    reader: Annotated[Principal, Depends(Authorized("try_definition"))],
) -> Response:
    """Preview a proposed definition.

    Returns the summary lines that a proposed definition would change, before and after, and what would prevent applying it;
    nothing is stored. Only the operator can apply a definition, with `gigacity campaign apply`.
    """
    async with open_reading(service, reader, body.as_of) as reading:
        definition, version = reading.definition, reading.version
        months = body.months(definition, service.clock)
        await reading.refuse_unopened_months(months)
        earlier = await earlier_months(reading, months[-1])
        numbers = await numbers_of(reading.connection, reader.campaign)
    proposed = await asyncio.to_thread(_proposed, body, definition)
    _refuse_unknown_codes(body, (definition, proposed))
    _refuse_too_many(proposed, len(months) + len(earlier))
    candidate = numbered(proposed, definition.version, numbers)
    async with open_reading_at(service, reader, version) as reading:  # no connection was held while the file was read
        current = await _lines(replace(reading, definition=definition), months, body)
        previewed = await _lines(replace(reading, definition=candidate, committed=False), months, body)
        refused = await _refusals(reading, definition, proposed)
    document = {
        "campaign": reader.campaign,
        "data_version": version,
        "definition_version": definition.version,
        "changes": [change_document(change) for change in difference(definition, proposed)],
        "refusals": [_refusal_document(refusal) for refusal in refused],
        "lines": [line for line in _changed_lines(current, previewed) if _passes_filters(line, body)],
    }
    return JsonResponse(document)


def _proposed(body: NewDefinitionPreview, in_force: Definition) -> Definition:
    """Return the proposed definition. Raises Schema with its errors."""
    try:
        proposed = body.proposed(in_force)
    except RecursionError:
        raise _error("/", "嵌套层次过多", "is nested too deeply") from None
    except DefinitionError as invalid:
        raise Schema(
            errors=[
                FieldError(
                    where=f"/{finding.file}",
                    code=FieldCode.INVALID_DEFINITION,
                    message=finding.text,
                    value=finding.key[:CUT] or None,
                )
                for finding in invalid.findings[:_ERRORS_MAX]
            ]
        ) from None
    if proposed.campaign.code != in_force.campaign.code:
        code = in_force.campaign.code
        raise _error("/campaign/code", f"只能试算本方案 {code}", f"must be your own campaign, {code}")
    return proposed


def _refusal_document(refusal: Refusal) -> dict[str, Any]:
    return {"key": refusal.key, "problem": refusal.problem.model_dump(), "way": refusal.way.model_dump()}


def _refuse_unknown_codes(body: NewDefinitionPreview, definitions: Iterable[Definition]) -> None:
    """Raise Schema for filters whose code neither definition has."""
    known: dict[str, list[str]] = {name: [] for name in _FILTERS}
    for definition in definitions:
        known["indicator"] += [indicator.code for indicator in definition.indicators]
        known["area"] += [area.code for area in definition.areas]
        known["org"] += definition.org_codes
    given = {name: code for name in _FILTERS if (code := getattr(body, name)) is not None}
    errors = [unknown_code_error(name, f"/{name}", code, known[name]) for name, code in given.items() if code not in known[name]]
    if errors:
        raise Schema(errors=errors)


def _passes_filters(line: dict[str, Any], body: NewDefinitionPreview) -> bool:
    return all(getattr(body, name) in (None, line[name]) for name in _FILTERS)


def _refuse_too_many(definition: Definition, months: int) -> None:
    """Raise Schema for too many expected counts: a small file can name thousands of metrics, areas and organisations."""
    areas = len(definition.areas)
    cells = sum((len(metric.reporters) + 1) * (areas if metric.grain is Grain.STREET else 1) for metric in definition.metrics)
    if cells * months > EXPECTED_COUNTS_MAX:
        raise _error(
            "/",
            f"规模过大：应报数据共 {cells * months} 项，上限 {EXPECTED_COUNTS_MAX} 项",
            f"is too large: {cells * months} expected counts over its months, at most {EXPECTED_COUNTS_MAX}",
        )


def _error(where: str, zh: str, en: str) -> Schema:
    return Schema(errors=[FieldError(where=where, code=FieldCode.INVALID_DEFINITION, message=Bilingual(zh=zh, en=en))])


async def _lines(reading: Reading, months: Sequence[date], body: NewDefinitionPreview) -> list[dict[str, Any]]:
    """Return the summary lines under the reading's definition."""
    challenged = await read_challenged_counts(reading)
    lines = await reading.read_lines(months, by_area=body.by_area, by_org=body.by_org, challenged=challenged)
    history = await read_target_history(reading, {target.indicator for target in reading.definition.targets}, months[-1])
    return [line_document(line, reading.definition, history.deadline(line, line.target)) for line in lines]


def _changed_lines(current: Iterable[dict[str, Any]], proposed: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield each line that differs, as `LineChange` describes it, new lines last."""
    before, after = {_key(line): line for line in current}, {_key(line): line for line in proposed}
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if old != new:
            yield {
                **dict(zip(_KEY, key, strict=True)),
                "before": old,
                "after": new,
                "flipped": _is_met(old) is not _is_met(new),
                "versions": [],
            }


def _is_met(line: dict[str, Any] | None) -> bool:
    return line is not None and line["status"] == Status.MET


def _key(line: dict[str, Any]) -> tuple[str | None, ...]:
    return tuple([line[name] for name in _KEY])


async def _refusals(reading: Reading, definition: AppliedDefinition, proposed: Definition) -> list[Refusal]:
    """Return the changes that applying would refuse, except those that concern rows of registers."""
    to_check = doubtful(definition, proposed)
    if to_check.is_empty:
        return []
    metrics, areas = sorted(to_check.metrics), sorted(to_check.areas)
    binds = {
        "campaign": reading.reader.campaign,
        "everybody": [EVERYBODY, *definition.org_codes],
        "counted": list(definition.metric_codes),
        "metrics": metrics,
        "metric_numbers": [definition.metric_numbers[code] for code in metrics],
        "areas": areas,
        "area_numbers": [definition.area_numbers[code] for code in areas],
        "organisations": sorted(to_check.organisations),
        "blocks": list(to_check.blocks),
        **assignment_binds(definition),
    }
    rows = await (await reading.connection.execute(_IN_USE, binds)).fetchall()
    used = {kind: {code for row_kind, code in rows if row_kind == kind} for kind in ("metric", "area", "organisation", "block")}
    return refusals(definition, proposed, Used(used["metric"], used["area"], used["organisation"], used["block"]))
