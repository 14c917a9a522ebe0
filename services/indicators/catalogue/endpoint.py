"""`GET /v1/catalogue`: the codes, titles and limits of a campaign, in Chinese and English."""

import re
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.indicators.catalogue.models import (
    Catalogue,
    CatalogueBenchmark,
    CatalogueCalendar,
    CatalogueChallenges,
    CatalogueColumn,
    CatalogueCount,
    CatalogueEnumeration,
    CatalogueLimits,
    CatalogueMeasure,
    CatalogueProblem,
    CatalogueRegister,
    CatalogueRule,
    CatalogueSupervision,
    CatalogueTask,
)
from services.indicators.definitions.documents import area_document, indicator_document, metric_document
from services.indicators.models import AreaDefinition, IndicatorDefinition, MetricDefinition
from shared import problems as refusals
from shared import vocabulary
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.blocks import Benchmark, KeptRegister, Rule, Task
from shared.campaign.definition import Definition
from shared.campaign.organisation_definition import organisation_definition
from shared.campaign.register_terms import terms_of
from shared.database.database import Scope
from shared.http import etag, strict_json, strict_query
from shared.http.paging import MAX_LIMIT
from shared.http.strict_requests import document_max_bytes
from shared.registers import MAX_ROWS, REGISTERS, Column
from shared.settings import Settings
from shared.values.bilingual import Bilingual, TitledCode
from shared.values.months import month_text
from shared.vocabulary import LARGEST_COUNT, ColumnKind

router = APIRouter(tags=["catalogue"])

CatalogueReader = Annotated[Principal, Depends(Authorized("get_catalogue"))]


@router.get("/v1/catalogue", response_model=Catalogue)
async def get_catalogue(
    request: Request, service: ServiceDep, reader: CatalogueReader, _if_none_match: etag.IfNoneMatch = None
) -> Response:
    """Get the campaign catalogue.

    Returns every code with its titles, the calendar, the limits in force and all error codes.
    """
    limits = limits_of(service.settings)
    async with service.database.read(Scope(reader.campaign, reader.org)) as snapshot:
        tag = etag.entity_tag("catalogue", reader.campaign, snapshot.definition_version, limits.model_dump_json())
        if not_modified := etag.not_modified(request, tag):
            return not_modified
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
    catalogue = catalogue_of(definition, definition.version, limits)
    return Response(catalogue.model_dump_json(), headers=etag.cache_headers(tag), media_type="application/json")


def catalogue_of(definition: Definition, version: int, limits: CatalogueLimits) -> Catalogue:
    """Return the catalogue of one version of a definition."""
    return Catalogue(
        campaign=TitledCode(code=definition.campaign.code, title=definition.campaign.title),
        definition_version=version,
        calendar=CatalogueCalendar(timezone=definition.campaign.timezone, **definition.calendar.model_dump()),
        organisations=[organisation_definition(organisation) for organisation in definition.organisations],
        areas=[AreaDefinition(**area_document(area)) for area in definition.areas],
        metrics=[MetricDefinition(**metric_document(metric, definition)) for metric in definition.metrics],
        indicators=[IndicatorDefinition(**indicator_document(indicator, definition)) for indicator in definition.indicators],
        rules=[_rule(rule) for rule in definition.all_rules],
        tasks=[_task(task) for task in definition.tasks],
        supervision=CatalogueSupervision(**definition.supervision.model_dump()),
        challenges=CatalogueChallenges(**definition.challenges.model_dump()),
        registers=[_register(definition, register, min(MAX_ROWS, limits.bulk_max_rows)) for register in definition.registers],
        case_domains=[TitledCode(code=domain.code, title=domain.title) for domain in definition.case_domains],
        difficulty_categories=[
            TitledCode(code=category.code, title=category.title) for category in definition.difficulty_categories
        ],
        case_technologies=[TitledCode(code=each.code, title=each.title) for each in definition.case_technologies],
        benchmarks=[value for benchmark in definition.benchmarks for value in _benchmark_values(benchmark)],
        enumerations=[_enumeration(terms) for terms in vocabulary.Term.__subclasses__()],
        limits=limits,
        problems=[_problem(kind) for kind in refusals.all_problems()],
    )


_LIMIT_SETTINGS = {
    *("json_max_bytes", "bulk_max_bytes", "bulk_max_rows", "xlsx_max_bytes", "xlsx_max_inflated_bytes"),
    *("attachment_max_bytes", "attachments_max"),
}


def limits_of(settings: Settings) -> CatalogueLimits:
    """Return the limits of this installation."""
    return CatalogueLimits(
        **settings.model_dump(include=_LIMIT_SETTINGS),
        document_max_bytes=document_max_bytes(settings),
        document_max_keys=strict_json.MAX_DOCUMENT_KEYS,
        object_max_keys=strict_json.MAX_KEYS,
        json_max_depth=strict_json.MAX_DEPTH,
        query_max_parameters=strict_query.MAX_PARAMETERS,
        page_max_items=MAX_LIMIT,
        count_max=LARGEST_COUNT,
    )


def _benchmark_values(benchmark: Benchmark) -> Iterator[CatalogueBenchmark]:
    origin = {"place": benchmark.place, "month": month_text(benchmark.month), "source": benchmark.source}
    yield from (CatalogueBenchmark(indicator=code, value=value, **origin) for code, value in benchmark.values.items())


def _rule(rule: Rule) -> CatalogueRule:
    fields = {
        *("code", "kind", "severity", "scope", "part_by", "whole_by", "percent", "indicator", "margin", "message"),
        *("deviations", "months", "at_least", "limit", "variant", "lists", "look"),
    }
    return CatalogueRule(
        **rule.model_dump(include=fields), metrics=list(rule.metrics), valid_from=month_text(rule.from_) if rule.from_ else None
    )


def _task(task: Task) -> CatalogueTask:
    measures = [CatalogueMeasure(**measure.model_dump()) for measure in task.measures]
    return CatalogueTask(**task.model_dump(exclude={"measures"}), measures=measures)


def _register(definition: Definition, kept: KeptRegister, max_rows: int) -> CatalogueRegister:
    register = REGISTERS[kept.code]

    def catalogue_column(column: Column) -> CatalogueColumn:
        number = column.kind in {ColumnKind.INTEGER, ColumnKind.DECIMAL}
        terms = terms_of(definition, kept.code, column)
        return CatalogueColumn(
            name=column.name,
            title=column.title,
            kind=column.kind,
            required=column.required,
            key=column.name in register.key,
            least=column.least if number else None,
            most=column.most if number else None,
            longest=column.longest if column.kind in {ColumnKind.TEXT, ColumnKind.KEY} else None,
            terms=[TitledCode(code=code, title=term.title) for code, term in terms.items()],
        )

    return CatalogueRegister(
        code=kept.code,
        title=kept.code.title_,
        kept_by=list(kept.kept_by),
        columns=[catalogue_column(column) for column in register.columns],
        counts=[CatalogueCount(**count.model_dump()) for count in kept.counts],
        max_rows=max_rows,
    )


def _enumeration(terms: type[vocabulary.Term]) -> CatalogueEnumeration:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", terms.__name__).lower()
    return CatalogueEnumeration(name=name, values=[TitledCode(code=term.value, title=term.title_) for term in terms])


def _problem(kind: type[refusals.Problem]) -> CatalogueProblem:
    title = Bilingual(zh=kind.title_zh, en=kind.title_en())
    return CatalogueProblem(code=kind.code(), title=title, type=kind.type(), status=kind.status)
