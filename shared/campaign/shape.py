"""Whether each table of a campaign file has the keys and types of its model. Pure.

Every block is validated by itself, so that one broken block hides nothing about the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.campaign.blocks import (
    Area,
    Benchmark,
    Block,
    Calendar,
    CampaignHead,
    CaseDomain,
    Hint,
    Indicator,
    KeptRegister,
    Metric,
    Organisation,
    Target,
    Task,
)
from shared.campaign.findings import Finding
from shared.campaign.rule import Rule
from shared.nearest import nearest

HEADS: Mapping[str, type[Block]] = {"campaign": CampaignHead, "calendar": Calendar}
ARRAYS: Mapping[str, type[Block]] = {
    "organisation": Organisation,
    "area": Area,
    "metric": Metric,
    "indicator": Indicator,
    "target": Target,
    "rule": Rule,
    "hint": Hint,
    "register": KeptRegister,
    "case_domain": CaseDomain,
    "task": Task,
    "benchmark": Benchmark,
}
REQUIRED = ("campaign", "calendar", "organisation", "area", "metric", "indicator")
NAMES = ("code", "number", "word", "indicator")  # the key that names a block, the first it has

BlockModel = TypeVar("BlockModel", bound=Block)


def misshapen(raw: Mapping[str, Any], file: str) -> list[Finding]:
    """Everything about the tables and their keys that does not fit the models."""
    found = [_unknown_table(key, file) for key in raw if key not in HEADS and key not in ARRAYS]
    found += [_missing_table(key, file) for key in REQUIRED if key not in raw]
    for key, model in HEADS.items():
        if key in raw:
            found += _errors(model, raw[key], (key,), raw, file)
    for key, model in ARRAYS.items():
        if not isinstance(raw.get(key, []), list):
            found.append(Finding(file, key, "one table where a list of tables is due", f"write [[{key}]] with two brackets"))
            continue
        for index, item in enumerate(raw.get(key, [])):
            found += _errors(model, item, (key, index), raw, file)
    return found


def well_formed(raw: Mapping[str, Any], key: str, model: type[BlockModel]) -> Iterator[BlockModel]:
    """The blocks of one kind that fit their model."""
    items = raw.get(key, [])
    for item in items if isinstance(items, list) else [items]:
        try:
            yield model.model_validate(item)
        except ValidationError:
            continue


def _errors(model: type[Block], item: object, at: tuple[str | int, ...], raw: Mapping[str, Any], file: str) -> list[Finding]:
    try:
        model.model_validate(item)
    except ValidationError as invalid:
        return [_finding(model, error, path_of((*at, *error["loc"]), raw), file) for error in invalid.errors()]
    return []


def path_of(location: Sequence[str | int], raw: object) -> str:
    """A location as a person reads it, with blocks called by their code instead of their place."""
    text = ""
    for step in location:
        inner = _into(raw, step)
        if isinstance(step, int):
            name = next((inner[key] for key in NAMES if key in inner), step) if isinstance(inner, Mapping) else step
            text += f"[{name}]"
        elif step != "[key]":  # pydantic's mark for a key of a free table
            text += f".{step}" if text else step
        raw = inner
    return text


def _into(raw: object, step: str | int) -> object:
    if isinstance(raw, Mapping):
        return raw.get(step)
    if isinstance(raw, Sequence) and not isinstance(raw, str) and isinstance(step, int) and step < len(raw):
        return raw[step]
    return None


def _finding(model: type[Block], error: ErrorDetails, key: str, file: str) -> Finding:
    last = str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "missing":
            return Finding(file, key, f"`{last}` is missing", f"add `{last} = {_example(last)}`")
        case "extra_forbidden":
            hint = nearest(last, _keys(model, error["loc"]))
            return Finding(file, key, f"unknown key `{last}`", hint.en if hint else "remove it")
        case "enum" | "literal_error":
            return Finding(file, key, f"unknown value {_shown(error['input'])}", f"use {error['ctx']['expected']}")
        case "value_error":
            return Finding(file, key, f"{_shown(error['input'])} will not do", str(error["ctx"]["error"]))
        case _:
            return Finding(file, key, f"{_shown(error['input'])} will not do", error["msg"].replace("Input", "the value"))


def _keys(model: type[Block], location: Sequence[str | int]) -> list[str]:
    """The keys that were possible where an unknown one stood."""
    here: type[BaseModel] | None = model
    for step in location[:-1]:
        if here is not None and isinstance(step, str):
            here = _model_at(here, step)
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _model_at(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    field = next((field for name, field in model.model_fields.items() if key in (field.alias, name)), None)
    return next(_models_in(field.annotation), None) if field else None


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - annotations have no type of their own
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models_in(part)


def _example(key: str) -> str:
    return {
        "due": "2022-09-30",
        "due_day": "5",
        "number": "1",
        "value": "25",
        "roles": '["carrier"]',
        "responsible": '["…"]',
        "month": '"2022-09"',
        "zh": '"…"',
        "en": '"…"',
        "code": '"…"',
        "area": '"…"',
        "indicator": '"…"',
    }.get(key, "…")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 64 else f"{text[:63]}…"


def _unknown_table(key: str, file: str) -> Finding:
    hint = nearest(key, (*HEADS, *ARRAYS))
    return Finding(file, key, f"unknown table `{key}`", hint.en if hint else "remove it")


def _missing_table(key: str, file: str) -> Finding:
    header = f"[{key}]" if key in HEADS else f"[[{key}]]"
    return Finding(file, key, "the file has no such table", f"add {header}")
