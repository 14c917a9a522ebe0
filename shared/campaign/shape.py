"""Check that each table of a campaign file has the keys and types of its model.

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
    CaseTechnology,
    Challenges,
    DifficultyCategory,
    Hint,
    Indicator,
    KeptRegister,
    Metric,
    Organisation,
    ReportForm,
    Rule,
    Supervision,
    Target,
    Task,
)
from shared.campaign.findings import FileError, Text
from shared.values.bilingual import Bilingual
from shared.values.pydantic_messages import message_of
from shared.values.suggestions import nearest

SINGLE_BLOCKS: Mapping[str, type[Block]] = {
    "campaign": CampaignHead,
    "calendar": Calendar,
    "report": ReportForm,
    "challenges": Challenges,
    "supervision": Supervision,
}
ARRAY_BLOCKS: Mapping[str, type[Block]] = {
    "organisation": Organisation,
    "area": Area,
    "metric": Metric,
    "indicator": Indicator,
    "target": Target,
    "rule": Rule,
    "hint": Hint,
    "register": KeptRegister,
    "case_domain": CaseDomain,
    "difficulty_category": DifficultyCategory,
    "case_technology": CaseTechnology,
    "task": Task,
    "benchmark": Benchmark,
}
REQUIRED = ("campaign", "calendar", "organisation", "area", "metric", "indicator")
NAMES = ("code", "number", "word", "indicator")  # the key that names a block, the first it has
_A_TABLE = Bilingual(zh="写成一张表", en="write a table")
_A_LIST = Bilingual(zh="写成列表，用方括号", en="write a list, in brackets")
_IN_A_FILE = {"model_type": _A_TABLE, "dict_type": _A_TABLE, "list_type": _A_LIST, "tuple_type": _A_LIST}
"""The messages for a campaign file, where requests speak of JSON objects and arrays."""

BlockModel = TypeVar("BlockModel", bound=Block)


def find_shape_errors(raw: Mapping[str, Any], file: str) -> list[FileError]:
    """Return the errors of tables and keys that do not fit the models."""
    errors = [_unknown_table(key, file) for key in raw if key not in SINGLE_BLOCKS and key not in ARRAY_BLOCKS]
    errors += [_missing_table(key, file) for key in REQUIRED if key not in raw]
    for key, model in SINGLE_BLOCKS.items():
        if key in raw:
            errors += _errors(model, raw[key], (key,), raw, file)
    for key, model in ARRAY_BLOCKS.items():
        if not isinstance(raw.get(key, []), list):
            errors.append(
                FileError.of(
                    file,
                    key,
                    ("应为表的列表，不能是单个表", "must be a list of tables, not one table"),
                    (f"用双层方括号 [[{key}]]", f"write [[{key}]] with two brackets"),
                )
            )
            continue
        for index, item in enumerate(raw.get(key, [])):
            errors += _errors(model, item, (key, index), raw, file)
    return errors


def valid_blocks(raw: Mapping[str, Any], key: str, model: type[BlockModel]) -> Iterator[BlockModel]:
    """Yield the blocks of one kind that fit their model."""
    items = raw.get(key, [])
    for item in items if isinstance(items, list) else [items]:
        try:
            yield model.model_validate(item)
        except ValidationError:
            continue


def _errors(model: type[Block], item: object, at: tuple[str | int, ...], raw: Mapping[str, Any], file: str) -> list[FileError]:
    try:
        model.model_validate(item)
    except ValidationError as invalid:
        return [_finding(model, error, path_of((*at, *error["loc"]), raw), file) for error in invalid.errors()]
    return []


def path_of(location: Sequence[str | int], raw: object) -> str:
    """Return a location as a person reads it, with the codes of blocks instead of their indexes."""
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


def _finding(model: type[Block], error: ErrorDetails, key: str, file: str) -> FileError:
    last = str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "missing":
            example = f"`{last} = {_example(last)}`"
            return FileError.of(file, key, (f"缺少 `{last}`", f"`{last}` is missing"), (f"加 {example}", f"add {example}"))
        case "extra_forbidden":
            hint = nearest(last, _keys(model, error["loc"]))
            return FileError.of(file, key, (f"键 `{last}` 不存在", f"unknown key `{last}`"), _instead(hint))
        case "enum" | "literal_error":
            shown = _shown(error["input"])
            return FileError(file, key, Bilingual(zh=f"{shown} 不在可选值范围内", en=f"unknown value {shown}"), message_of(error))
        case kind:
            shown = _shown(error["input"])
            fix = _IN_A_FILE.get(kind) or message_of(error)
            return FileError(file, key, Bilingual(zh=f"{shown} 无效", en=f"{shown} is not valid"), fix)


def _keys(model: type[Block], location: Sequence[str | int]) -> list[str]:
    """Return the keys that are valid in place of an unknown one."""
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


def _unknown_table(key: str, file: str) -> FileError:
    hint = nearest(key, (*SINGLE_BLOCKS, *ARRAY_BLOCKS))
    return FileError.of(file, key, (f"表 `{key}` 不存在", f"unknown table `{key}`"), _instead(hint))


def _missing_table(key: str, file: str) -> FileError:
    header = f"[{key}]" if key in SINGLE_BLOCKS else f"[[{key}]]"
    return FileError.of(file, key, ("文件缺少该表", "is missing from the file"), (f"加 {header}", f"add {header}"))


def _instead(hint: Bilingual | None) -> Text:
    return (hint.zh, hint.en) if hint else ("删除", "remove it")
