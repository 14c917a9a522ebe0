"""Proposed definitions: read from a request, with provisional numbers for new codes."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from shared.campaign.applied import AppliedDefinition
from shared.campaign.checks import findings
from shared.campaign.definition import Definition
from shared.campaign.difference import by_name
from shared.campaign.findings import DefinitionError, FileError
from shared.campaign.shape import ARRAY_BLOCKS, SINGLE_BLOCKS

# A dotted key of a hundred thousand parts makes tomllib ask for gigabytes; no key of a campaign file has three.
_DEEP_KEY: Final = re.compile(r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){10}""")


def of_file(text: str) -> Definition:
    """Return the definition in the text of a campaign file. Raises DefinitionError with all its errors."""
    if deep := _DEEP_KEY.search(text):
        raise _not_toml(f"点分键超过十段，{deep[0][:32]}…", f"it has a dotted key of more than ten parts, {deep[0][:32]}…")
    try:
        raw = tomllib.loads(text)
    except RecursionError as invalid:
        raise _not_toml("嵌套过深", "its values are nested too deeply") from invalid
    except ValueError as invalid:  # bad syntax, and numbers of thousands of digits
        raise _not_toml(str(invalid), str(invalid)) from invalid
    return of_body(raw, "file")


def _not_toml(zh: str, en: str) -> DefinitionError:
    problem = (f"不是 TOML：{zh}", f"is not TOML: {en}")
    return DefinitionError([FileError.of("file", "", problem, ("改正该处语法", "correct the syntax there"))])


def of_body(raw: Mapping[str, Any], name: str) -> Definition:
    """Return the definition in a parsed file; errors call the file `name`. Raises DefinitionError."""
    found = findings(raw, name)
    if found:
        raise DefinitionError(found)
    return Definition.model_validate(raw)


def with_blocks(old: Definition, blocks: Mapping[str, Any]) -> Definition:
    """Return a definition in which some blocks replace those with the same code, or are added. Raises DefinitionError."""
    raw: dict[str, Any] = old.body()
    for kind, given in blocks.items():
        if kind in SINGLE_BLOCKS and isinstance(given, dict):
            raw[kind] = {**raw[kind], **given}
        elif kind in ARRAY_BLOCKS and isinstance(given, list):
            raw[kind] = _replaced(kind, raw[kind], given)
        else:
            raw[kind] = given
    return of_body(raw, "blocks")


def _replaced(kind: str, standing: list[Any], given: list[Any]) -> list[Any]:
    """Return the blocks of one kind after replacing some. Invalid blocks come last, so that the checks report them."""
    right, wrong = [], []
    for block in given:
        try:
            right.append(ARRAY_BLOCKS[kind].model_validate(block).model_dump(mode="json", by_alias=True))
        except ValidationError:
            wrong.append(block)
    return [*{**by_name(kind, standing), **by_name(kind, right)}.values(), *wrong]


def numbered(definition: Definition, version: int, numbers: Mapping[tuple[str, str], int]) -> AppliedDefinition:
    """Return a proposed definition as if it were applied: new codes get numbers under which nothing is stored."""

    def of(kind: str, codes: list[str]) -> dict[str, int]:
        last = max((number for (its, _), number in numbers.items() if its == kind), default=0)
        fresh = [code for code in dict.fromkeys(codes) if (kind, code) not in numbers]
        provisional = {code: last + place for place, code in enumerate(fresh, start=1)}
        return {code: numbers.get((kind, code)) or provisional[code] for code in codes}

    return AppliedDefinition.of(
        definition,
        version=version,
        metric_numbers=of("metric", [metric.code for metric in definition.metrics]),
        area_numbers=of("area", [area.code for area in definition.areas]),
    )
