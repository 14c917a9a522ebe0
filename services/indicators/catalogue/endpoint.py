"""GET /v1/catalogue: the codes, words and limits of a campaign, in Chinese and English."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.indicators.catalogue.models import (
    Catalogue,
    CatalogueArea,
    CatalogueBenchmark,
    CatalogueCalendar,
    CatalogueColumn,
    CatalogueCount,
    CatalogueEnumeration,
    CatalogueIndicator,
    CatalogueLimits,
    CatalogueMeasure,
    CatalogueMetric,
    CatalogueOrganisation,
    CatalogueProblem,
    CatalogueRegister,
    CatalogueRule,
    CatalogueTarget,
    CatalogueTask,
    CatalogueVariant,
    PublishedValue,
    TitledCode,
)
from shared import problems as refusals
from shared import vocabulary
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.blocks import Rule
from shared.campaign.definition import Area, Benchmark, Definition, Indicator, KeptRegister, Metric, Organisation, Target, Task
from shared.campaign.register_terms import terms_of
from shared.database.database import Scope
from shared.http import etag
from shared.http.paging import MAX_LIMIT
from shared.problems import Forbidden, Overloaded, Schema, TokenInvalid, problems
from shared.registers import MAX_ROWS, REGISTERS, Column
from shared.settings import Settings
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import LARGEST_COUNT, ColumnKind

router = APIRouter(tags=["catalogue"])

CatalogueReader = Annotated[Principal, Depends(Authorized("get_catalogue"))]


@router.get("/v1/catalogue", response_model=Catalogue, responses=problems(TokenInvalid, Forbidden, Schema, Overloaded))
async def get_catalogue(request: Request, reader: CatalogueReader, if_none_match: etag.IfNoneMatch = None) -> Response:  # noqa: ARG001 - read by `unchanged`
    """Metrics, areas, organisations, indicators, targets, rules, tasks, calendar, enumerations, limits and error codes."""
    state = request.app.state
    async with state.database.read(Scope(reader.campaign, reader.org)) as snapshot:
        limits = limits_of(state.settings)
        tag = etag.entity_tag("catalogue", reader.campaign, snapshot.definition_version, limits.model_dump_json())
        if same := etag.not_modified(request, tag):
            return same
        definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
    catalogue = catalogue_of(definition, definition.version, limits)
    return Response(catalogue.model_dump_json(), headers=etag.cache_headers(tag), media_type="application/json")


def catalogue_of(definition: Definition, version: int, limits: CatalogueLimits) -> Catalogue:
    """The catalogue of one version of a definition."""
    return Catalogue(
        campaign=TitledCode(code=definition.campaign.code, title=definition.campaign.title),
        definition_version=version,
        calendar=CatalogueCalendar(timezone=definition.campaign.timezone, **definition.calendar.model_dump()),
        organisations=[_organisation(one) for one in definition.organisations],
        areas=[_area(one) for one in definition.areas],
        metrics=[_metric(one) for one in definition.metrics],
        indicators=[_indicator(one) for one in definition.indicators],
        targets=[_target(one) for one in definition.targets],
        rules=[_rule(one) for one in definition.all_rules],
        tasks=[_task(one) for one in definition.tasks],
        registers=[_register(definition, one) for one in definition.registers],
        case_domains=[TitledCode(code=one.code, title=one.title) for one in definition.case_domains],
        benchmarks=[_benchmark(one) for one in definition.benchmarks],
        enumerations=[_enumeration(terms) for terms in vocabulary.Term.__subclasses__()],
        limits=limits,
        problems=[_problem(kind) for kind in refusals.all_problems()],
    )


_SET = {"json_max_bytes", "bulk_max_bytes", "bulk_max_rows", "xlsx_max_bytes", "xlsx_max_inflated_bytes"}


def limits_of(settings: Settings) -> CatalogueLimits:
    """What this installation refuses above."""
    return CatalogueLimits(**settings.model_dump(include=_SET), page_max_items=MAX_LIMIT, count_max=LARGEST_COUNT)


def _month(month: date | None) -> str | None:
    return month_text(month) if month else None


def _organisation(one: Organisation) -> CatalogueOrganisation:
    return CatalogueOrganisation(code=one.code, title=one.title, short=one.short, roles=list(one.roles), area=one.area)


def _area(one: Area) -> CatalogueArea:
    return CatalogueArea(
        **one.model_dump(include={"code", "title", "short", "parent", "urban"}),
        valid_from=_month(one.valid_from),
        valid_to=_month(one.valid_to),
    )


def _metric(one: Metric) -> CatalogueMetric:
    plain = {"code", "title", "aliases", "unit", "kind", "grain", "owed_by", "reported_by", "derived", "task", "caliber"}
    return CatalogueMetric(**one.model_dump(include=plain), valid_from=_month(one.from_))


def _indicator(one: Indicator) -> CatalogueIndicator:
    plain = {
        *("code", "title", "numerator", "denominator", "scale", "decimals"),
        *("unit", "comparator", "caliber", "source", "informational"),
    }
    variants = [
        CatalogueVariant(
            code=variant.code,
            title=variant.title,
            reducer=variant.reducer,
            numerator=one.numerator_of(variant),
            denominator=one.denominator_of(variant),
            decides=variant.code == one.decides,
        )
        for variant in one.variants
    ]
    return CatalogueIndicator(**one.model_dump(include=plain), variants=variants, valid_from=_month(one.from_))


def _target(one: Target) -> CatalogueTarget:
    return CatalogueTarget(**one.model_dump(exclude={"from_"}))


def _benchmark(one: Benchmark) -> CatalogueBenchmark:
    figures = [PublishedValue(indicator=code, value=value) for code, value in one.values.items()]
    return CatalogueBenchmark(place=one.place, month=month_text(one.month), figures=figures, source=one.source)


def _rule(one: Rule) -> CatalogueRule:
    plain = {
        *("code", "kind", "severity", "scope", "part_by", "whole_by", "percent", "indicator", "margin", "message"),
        *("deviations", "months", "at_least", "limit", "variant", "lists", "look"),
    }
    return CatalogueRule(**one.model_dump(include=plain), metrics=list(one.metrics), valid_from=_month(one.from_))


def _task(one: Task) -> CatalogueTask:
    measures = [CatalogueMeasure(**measure.model_dump()) for measure in one.measures]
    return CatalogueTask(**one.model_dump(exclude={"measures"}), measures=measures)


def _register(definition: Definition, kept: KeptRegister) -> CatalogueRegister:
    register = REGISTERS[kept.code]

    def column(one: Column) -> CatalogueColumn:
        number = one.kind in {ColumnKind.INTEGER, ColumnKind.DECIMAL}
        terms = terms_of(definition, kept.code, one)
        return CatalogueColumn(
            name=one.name,
            title=one.title,
            kind=one.kind,
            required=one.required,
            key=one.name in register.key,
            least=one.least if number else None,
            most=one.most if number else None,
            longest=one.longest if one.kind in {ColumnKind.TEXT, ColumnKind.KEY} else None,
            terms=[TitledCode(code=code, title=titles[-1]) for code, titles in terms.items()],
        )

    return CatalogueRegister(
        code=kept.code,
        title=kept.code.title_,
        kept_by=list(kept.kept_by),
        columns=[column(one) for one in register.columns],
        counts=[CatalogueCount(**one.model_dump()) for one in kept.counts],
        max_rows=MAX_ROWS,
    )


def _enumeration(terms: type[vocabulary.Term]) -> CatalogueEnumeration:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", terms.__name__).lower()
    return CatalogueEnumeration(name=name, values=[TitledCode(code=term.value, title=term.title_) for term in terms])


def _problem(kind: type[refusals.Problem]) -> CatalogueProblem:
    title = Bilingual(zh=kind.title_zh, en=kind.title_en())
    return CatalogueProblem(code=kind.code(), title=title, type=kind.type(), status=kind.status)
