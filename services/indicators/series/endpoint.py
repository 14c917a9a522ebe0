"""`GET /v1/indicators/{code}/series`: one indicator over time."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from services.indicators.line_query import refuse_unseen
from services.indicators.reading import Reading, open_reading
from services.indicators.series.additions import Addition, Revision, addition
from services.indicators.series.figures import PeriodFigure, figure_of
from services.indicators.series.models import Series
from services.indicators.series.periods import Period
from services.indicators.series.question import SeriesQuestion, refuse_undivided
from services.indicators.series.rendering import gap_document, point_document
from services.indicators.series.revisions import revisions_of
from services.indicators.series.table import Entry, Line, series_table
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.domain.counts import Breakdown
from shared.domain.summary import counts_by_month
from shared.domain.summary_plan import indicator_plan
from shared.http import etag, representation
from shared.http.json_response import JsonResponse
from shared.problems import Forbidden, FutureVersion, NotAcceptable, NotFound, Schema, TokenInvalid, problems
from shared.vocabulary import SeriesGap

router = APIRouter(tags=["indicators"])


@router.get(
    "/v1/indicators/{code}/series",
    response_model=Series,
    responses={
        200: {"content": representation.TABLE_RESPONSES},
        **problems(TokenInvalid, Forbidden, NotFound, NotAcceptable, Schema, FutureVersion),
    },
)
async def get_series(
    request: Request,
    code: Annotated[str, Path(max_length=63, examples=["pon_10g_share"])],
    question: Annotated[SeriesQuestion, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_series"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """One indicator by month or quarter, right as of one data version, with what was added since the period before.

    Nothing is subtracted across a correction of the earlier period, a change of definition or of who reports: such differences
    are null and say why. Gaps stay gaps. Carriers and street offices see their own organisation's or street's series.
    As CSV or NDJSON it is a table with a row a period, those without a value among them.
    """
    form = representation.requested_format(request, question.format)
    async with open_reading(request.app.state.service, reader, question.as_of) as read:
        definition = read.definition
        within = question.within(definition)
        refuse_unseen(reader, definition, within)
        blocks = [block for block in definition.indicators if block.code == code]
        if not blocks:
            raise NotFound(f"没有指标 {code}", f"there is no indicator {code}")
        refuse_undivided(question, definition, blocks)
        asked = question.periods()
        tag = _tag(question, reader, read.version, code, asked, form)
        if (held := etag.not_modified(request, tag)) is not None:
            return held
        figures = await _figures(read, code, asked, within)
        revisions = await _revisions(read, asked, figures)
    entries = [_entry(period, figures, revisions) for period in asked]
    if form != "json":
        return series_table(form, tag, Line(reader.campaign, read.version, definition, code, within), entries)
    block = next((one for one in reversed(blocks) if one.from_ is None or (asked and one.from_ <= asked[-1].last)), blocks[0])
    document = {
        "campaign": reader.campaign,
        "data_version": read.version,
        "definition_version": definition.version,
        "indicator": code,
        "title": block.title.model_dump(),
        "step": question.step,
        "area": None if within.area is None else definition.area_codes[within.area],
        "org": within.org,
        "points": [point_document(each.figure, each.additions, definition) for each in entries if each.figure],
        "gaps": [gap_document(each.period, each.gap) for each in entries if each.gap],
    }
    return JsonResponse(document, headers=etag.cache_headers(tag))


Figures = Mapping[Period, PeriodFigure | SeriesGap]


def _tag(
    question: SeriesQuestion, reader: Principal, version: int, code: str, asked: Sequence[Period], form: representation.Format
) -> str:
    periods_asked = [period.text for period in asked]
    view = (version, reader.role, reader.org, reader.campaign)
    return etag.entity_tag("series", *view, code, periods_asked, question.step, question.area, question.org, form)


async def _figures(read: Reading, code: str, asked: Sequence[Period], within: Breakdown) -> Figures:
    """The figure of each period asked for, and of those that they are compared with."""
    wanted = list(dict.fromkeys(near for period in asked for near in (period, period.before(), period.year_end())))
    months = sorted({month for period in wanted for month in period.months})
    plans = {month: indicator_plan(read.definition, month, code) for month in months}
    standing = tuple(plan for plan in plans.values() if plan.indicators)
    facts = counts_by_month(plans.values(), await read.read_counts(standing) if standing else ())
    return {period: figure_of(period, plans, facts, within) for period in wanted}


async def _revisions(read: Reading, asked: Sequence[Period], figures: Figures) -> list[Revision]:
    """The corrections that stand between the periods asked for and those they are compared with."""
    later = [each for period in asked if isinstance(each := figures[period], PeriodFigure)]
    pairs = dict.fromkeys(
        (base.last, each.period.last) for each in later for base in (each.period.before(), each.period.year_end())
    )
    return await revisions_of(read, pairs, later)


def _additions(figure: PeriodFigure, figures: Figures, revisions: Sequence[Revision]) -> dict[str, Addition]:
    """What was added since the period before, and since the end of the year before."""

    def since(period: Period) -> Addition:
        base = figures[period]
        return addition(period, base if isinstance(base, PeriodFigure) else None, figure, revisions)

    return {"net_addition": since(figure.period.before()), "since_year_end": since(figure.period.year_end())}


def _entry(period: Period, figures: Figures, revisions: Sequence[Revision]) -> Entry:
    found = figures[period]
    if isinstance(found, PeriodFigure):
        return Entry(period, found, _additions(found, figures, revisions), found.gap)
    return Entry(period, None, {}, found)
