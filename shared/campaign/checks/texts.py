"""Checks of texts: blank ones, and those that cannot be stored."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from shared.campaign.findings import FileError
from shared.campaign.shape import path_of
from shared.values.spelling import normalised


def check_texts(raw: Mapping[str, Any], file: str) -> Iterator[FileError]:
    """Yield an error for each text of the file that is blank or contains control characters."""
    for location, text in _texts(raw, ()):
        if not normalised(text):
            yield FileError.of(
                file,
                path_of(location, raw),
                ("文本为空", "must not be empty"),
                ("填写内容；可选的键可不写", "fill it in, or omit the key if it is optional"),
            )
        elif any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
            yield FileError.of(
                file,
                path_of(location, raw),
                ("文本含有控制字符", "must not contain control characters"),
                ("写成一行，不含控制字符", "write it on one line, without control characters"),
            )


def _texts(value: object, location: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*location, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*location, index))
