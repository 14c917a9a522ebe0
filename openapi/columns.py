"""Writes docs/columns.md: the columns of every table, with what the OpenAPI files say about them."""

from collections.abc import Iterator
from typing import Any, Final

from openapi.properties import DESCRIPTIONS
from openapi.schemas import REFERENCE, JsonObject

_HEAD: Final = """# Columns of the CSV files

Generated from the code by `make openapi`; do not edit. Every list and table is also CSV: `format=csv` or `Accept: text/csv`
returns all rows of the query in UTF-8 with a byte-order mark (`bom=false`: without).

- Read columns by their names; new ones are added at the end.
- A code is followed by its Chinese and its English name. Read codes as text: area codes look like numbers.
- An empty cell is unknown, never zero.
- A text that a spreadsheet program would read as a formula begins with an apostrophe.
"""
_COMMON: Final = {
    "acknowledged_by": "Organisations that acknowledged the report.",
    "actor": "Client that sent the push.",
    "added": "Net additions of the numerator over the comparable months.",
    "applicant": "Organisation that the application serves.",
    "area": "Area.",
    "as_of": "Data version of the table.",
    "asked_at": "Timestamp of the request.",
    "attested_by_name": "Name of the person who attests the counts.",
    "attested_by_title": "Position of that person.",
    "body_bytes": "Size of the body in bytes.",
    "body_sha256": "SHA-256 of the body.",
    "campaign": "Campaign.",
    "cell": "Cell of the sheet.",
    "cells": "Counts that are meant, as `metric:area`.",
    "cells_missing": "Number of expected counts that are missing.",
    "cells_reported": "Number of counts reported with a value above 0.",
    "cells_zero": "Number of counts reported as 0.",
    "changed": "`true` if the import changed anything.",
    "changed_fields": "Fields that changed.",
    "code": "Code.",
    "column": "Column of the row.",
    "comparator": "Whether the value must be at least (`>=`) or at most (`<=`) the target.",
    "counts_created": "New counts or rows.",
    "counts_received": "Rows with a value.",
    "counts_updated": "Changed counts or rows.",
    "count_at_risk": "Number of assignments that are at risk.",
    "count_awaiting_acceptance": "Number of assignments that await acceptance.",
    "count_continuous": "Number of continuous assignments.",
    "count_done": "Number of assignments done in time.",
    "count_done_late": "Number of assignments done late.",
    "count_in_progress": "Number of assignments in progress.",
    "count_not_started": "Number of assignments not started.",
    "count_overdue": "Number of overdue assignments.",
    "created_at": "Timestamp of the creation.",
    "dataset": "`observations`, or `registers/` with the register's code.",
    "decided_at": "Timestamp of the decision.",
    "decided_org": "Organisation that decided.",
    "decimals": "Displayed decimals.",
    "definition_version": "Version of the campaign's definition that the values follow.",
    "denominator": "Denominator, a count or the code of its metric.",
    "display": "The value truncated to the indicator's decimals.",
    "domain": "Case domain.",
    "dry_run": "`true` for a dry run.",
    "due": "Due date of the target or of the month.",
    "expected": "Number of expected counts.",
    "figures": "Displayed values, as `indicator=value`.",
    "first_met_month": "First month in which the target was met.",
    "forecast_display": "That value truncated to the indicator's decimals.",
    "forecast_value": "Value that is expected at the due date.",
    "since_version": "Earlier data version.",
    "gap": "Units of the numerator missing to the target.",
    "hint": "How to correct the error.",
    "id": "Id.",
    "idempotency_key": "Idempotency key of the push.",
    "indicator": "Indicator.",
    "informational": "`true` for an indicator without a ranking.",
    "issued_at": "Timestamp of the report.",
    "media_type": "Media type of the body.",
    "metric": "Metric.",
    "missing": "Number of expected counts that are missing.",
    "missing_from": "Organisations with missing counts.",
    "month": "Month, such as 2022-08.",
    "net_addition_breaks": "Reasons why there is no net addition, as `kind:metric`.",
    "net_addition_denominator": "Change of the denominator since the previous period.",
    "net_addition_numerator": "Change of the numerator since the previous period.",
    "no_value": "Reason why the period has no value.",
    "number": "Number of the report.",
    "numerator": "Numerator, a count or the code of its metric.",
    "org": "Organisation.",
    "other_variants": "Values of the other variants, as `variant=value`.",
    "pace_first": "First comparable month.",
    "pace_last": "Last comparable month.",
    "partial_denominator": "Sum of the reported counts of the denominator while others are missing.",
    "partial_numerator": "Sum of the reported counts of the numerator while others are missing.",
    "person_name": "Name of the person who acted for the organisation.",
    "person_title": "Position of that person.",
    "period": "Month or quarter.",
    "reason": "Reason that was given.",
    "reasons": "Codes of the reasons for the status.",
    "references": "Reference metrics whose counts are from an earlier month, as `metric@month`.",
    "registers": "Register rows that are meant, as `register:area`.",
    "rule": "Code of the quality rule.",
    "scale": "Factor of the ratio: 100 for percentages.",
    "sent_at": "Timestamp of the reminder.",
    "sheet": "Sheet of the workbook.",
    "since_year_end_breaks": "Reasons why there is no change since then, as `kind:metric`.",
    "since_year_end_denominator": "Change of the denominator since then.",
    "since_year_end_numerator": "Change of the numerator since the end of the previous year.",
    "summary": "Summary of the case.",
    "target": "Value to be reached.",
    "target_status": "Status of the value against this target.",
    "targets": "Targets, as `value@due`.",
    "task": "Number of the task that the target belongs to.",
    "tied": "`true` if another entry has the same rank.",
    "title": "Title.",
    "unit": "Unit of the value.",
    "updated_at": "Timestamp of the last change.",
    "value": "Value: a count, or numerator × scale ÷ denominator, truncated.",
    "value_at_due": "Value of the last month that ended by the due date.",
    "variant": "Variant of the indicator that decides.",
    "variants": "Codes of the variants.",
}
"""Descriptions of columns by name, for those that no schema describes."""


def columns_page(document: JsonObject) -> str:
    """Return the page for the document of all services."""
    sections = [_HEAD]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            content = operation.get("responses", {}).get("200", {}).get("content", {})
            if "x-columns" in content.get("text/csv", {}):
                sections.append(_section(path, operation, content, document["components"]["schemas"]))
    return "\n".join(sections)


def _section(path: str, operation: JsonObject, content: JsonObject, schemas: JsonObject) -> str:
    described = list(_described(_resolved(content["application/json"]["schema"], schemas), schemas))
    rows = [f"| {names} | {_meaning(name, described)} |" for name, names in _grouped(content["text/csv"]["x-columns"])]
    return "\n".join([f"## GET {path}", "", f"{operation['summary']}.", "", "| column | meaning |", "| --- | --- |", *rows, ""])


def _grouped(columns: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each column with those of its names."""
    known = set(columns)
    for column in columns:
        base = column.removesuffix("_zh").removesuffix("_en")
        if base != column and (base in known or column.endswith("_en")):
            continue  # shown with its code, or with its Chinese text
        if base != column:
            yield base, f"`{column}` `{base}_en`"
        elif f"{column}_zh" in known:
            yield column, f"`{column}` `{column}_zh` `{column}_en`"
        else:
            yield column, f"`{column}`"


def _described(schema: JsonObject, schemas: JsonObject, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the properties of a response with their descriptions, those of items first."""
    properties = schema.get("properties", {})
    nested = [(name, inner) for name, inner in properties.items() if depth < 4]
    for name, inner in nested:
        part = _resolved(inner.get("items", inner), schemas)
        part = next((_resolved(branch, schemas) for branch in part.get("oneOf", []) if branch.get("type") != "null"), part)
        if part.get("properties"):
            own = "" if "items" in inner else f"{name}_"
            yield from _described(part, schemas, own, depth + 1)
    for name, inner in properties.items():
        own = inner.get("description", "")
        if text := own if own != DESCRIPTIONS.get(name) else _component_description(inner, schemas):
            yield prefix + name, text.partition("\n")[0]


def _component_description(schema: JsonObject, schemas: JsonObject) -> str:
    """Return the description of the component that a schema refers to, nothing for any other schema."""
    return str(_resolved(schema, schemas).get("description", "")) if "$ref" in schema else ""


def _resolved(schema: Any, schemas: JsonObject) -> JsonObject:  # noqa: ANN401 - JSON
    name = schema.get("$ref", "").removeprefix(REFERENCE)
    resolved: JsonObject = schemas[name] if name else schema
    return resolved


def _meaning(name: str, described: list[tuple[str, str]]) -> str:
    found = next((text for known, text in described if known == name), None) or _COMMON.get(name) or DESCRIPTIONS.get(name, "")
    return found.replace("|", "\\|")
