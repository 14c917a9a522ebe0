"""`POST /v1/definitions/trials`: what a proposed definition would make of the counts, before it is applied."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.indicators.definitions.endpoint import change_document
from services.indicators.definitions.preview_models import DefinitionPreview, NewDefinitionPreview
from services.indicators.reading import Reading, open_reading, open_reading_at, visible_lines
from services.indicators.rendering import line_document
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.access.service import ServiceDep
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.campaign.definition import Definition
from shared.campaign.difference import difference
from shared.campaign.findings import DefinitionError
from shared.campaign.load import numbers_of
from shared.campaign.proposed import numbered
from shared.campaign.reinterpretation import Refusal, Used, doubtful, refusals
from shared.database.sql import statement
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.http.json_response import JsonResponse
from shared.problems import FieldError, Forbidden, FutureVersion, NotFound, Schema, TokenInvalid, problems
from shared.values.bilingual import Bilingual
from shared.values.pydantic_messages import CUT
from shared.vocabulary import Grain

router = APIRouter(tags=["definitions"])
_IN_USE: Final = statement(__package__, "codes_in_use")
_ERRORS_MAX: Final = 100
EXPECTED_COUNTS_MAX: Final = 300_000  # cells of all months that may be expected; Liangjiang has fewer than a thousand a month

JsonObject = dict[str, Any]


@router.post(
    "/v1/definitions/trials",
    response_model=DefinitionPreview,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, FutureVersion),
)
async def try_definition(
    service: ServiceDep,
    body: NewDefinitionPreview,
    reader: Annotated[Principal, Depends(Authorized("try_definition"))],
) -> Response:
    """Try a proposed definition: the summary under it beside today's, what it changes, and what stands in its way.

    Nothing is written: applying is the operator's, with `gigacity campaign apply`.
    """
    async with open_reading(service, reader, body.as_of) as read:
        definition, version = read.definition, read.version
        numbers = await numbers_of(read.connection, reader.campaign)
    proposed = await asyncio.to_thread(_proposed, body, definition)
    plans = [summary_plan(definition, month) for month in body.months(definition, service.clock)]
    _refuse_too_many(proposed, len(plans))
    candidate = numbered(proposed, definition.version, numbers)
    async with open_reading_at(service, reader, version) as read:  # no connection was held while the file was read
        today = await _lines(read, definition, plans, body)
        then = await _lines(read, candidate, [summary_plan(candidate, plan.month) for plan in plans], body)
        refused = await _refusals(read, definition, proposed)
    document = {
        "campaign": reader.campaign,
        "data_version": version,
        "definition_version": definition.version,
        "changes": [change_document(change) for change in difference(definition, proposed)],
        "refusals": [{"key": each.key, "problem": each.problem.model_dump(), "way": each.way.model_dump()} for each in refused],
        "lines": list(_beside(today, then)),
    }
    return JsonResponse(document)


def _proposed(body: NewDefinitionPreview, standing: Definition) -> Definition:
    """The definition that is proposed. Raises Schema with what is wrong with it."""
    try:
        proposed = body.proposed(standing)
    except RecursionError:
        raise _refusal("/", "嵌套过深", "it is nested too deeply") from None
    except DefinitionError as invalid:
        raise Schema(
            errors=[
                FieldError(where=f"/{finding.file}", code="definition", message=finding.text, value=finding.key[:CUT] or None)
                for finding in invalid.findings[:_ERRORS_MAX]
            ]
        ) from None
    if proposed.campaign.code != standing.campaign.code:
        code = standing.campaign.code
        raise _refusal("/campaign/code", f"只能试算本活动 {code}", f"only your own campaign {code} can be tried")
    return proposed


def _refuse_too_many(definition: Definition, months: int) -> None:
    """A file of a few kilobytes can ask for a thousand organisations' counts of a thousand metrics in a thousand streets."""
    areas = len(definition.areas)
    cells = sum((len(each.reporters) + 1) * (areas if each.grain is Grain.STREET else 1) for each in definition.metrics)
    if cells * months > EXPECTED_COUNTS_MAX:
        raise _refusal(
            "/",
            f"规模过大：{cells * months} 个应报数，上限 {EXPECTED_COUNTS_MAX}",
            f"too large: {cells * months} cells over its months, {EXPECTED_COUNTS_MAX} at most",
        )


def _refusal(where: str, zh: str, en: str) -> Schema:
    return Schema(errors=[FieldError(where=where, code="definition", message=Bilingual(zh=zh, en=en))])


async def _lines(
    read: Reading, definition: AppliedDefinition, plans: Sequence[MonthPlan], body: NewDefinitionPreview
) -> list[JsonObject]:
    """The summary under a definition."""
    reports = await read.read_counts(plans)
    return [
        line_document(each, definition)
        for each in visible_lines(read.reader, definition, plans, reports, by_area=body.by_area, by_org=body.by_org)
    ]


def _beside(today: Iterable[JsonObject], proposed: Iterable[JsonObject]) -> Iterable[JsonObject]:
    """Each line as it is and as it would be, those that are new last."""
    now, then = {_name(line): line for line in today}, {_name(line): line for line in proposed}
    for name in {**now, **then}:
        indicator, month, area, org = name
        before, after = now.get(name), then.get(name)
        yield {
            "indicator": indicator,
            "month": month,
            "area": area,
            "org": org,
            "moved": before != after,
            "flipped": (before or {}).get("status") != (after or {}).get("status"),
            "today": before,
            "proposed": after,
        }


def _name(line: JsonObject) -> tuple[str, str, str | None, str | None]:
    return line["indicator"], line["month"], line["area"], line["org"]


async def _refusals(read: Reading, definition: AppliedDefinition, proposed: Definition) -> list[Refusal]:
    """What applying would refuse, as far as this service can see."""
    doubted = doubtful(definition, proposed)
    if not (doubted.metrics or doubted.areas or doubted.organisations):
        return []
    metrics, areas = sorted(doubted.metrics), sorted(doubted.areas)
    binds = {
        "campaign": read.reader.campaign,
        "everybody": [EVERYBODY, *(each.code for each in definition.organisations)],
        "counted": list(definition.metric_codes),
        "metrics": metrics,
        "metric_numbers": [definition.metric_numbers[code] for code in metrics],
        "areas": areas,
        "area_numbers": [definition.area_numbers[code] for code in areas],
        "organisations": sorted(doubted.organisations),
    }
    rows = await (await read.connection.execute(_IN_USE, binds)).fetchall()
    used = {kind: {code for its, code in rows if its == kind} for kind in ("metric", "area", "organisation")}
    return refusals(definition, proposed, Used(used["metric"], used["area"], used["organisation"]))
