"""Which format a body claims to be in."""

from enum import StrEnum

from shared.problems import MediaType
from shared.values import media_types


class Media(StrEnum):
    """The formats a push may come in."""

    JSON = media_types.JSON
    NDJSON = media_types.NDJSON
    CSV = media_types.CSV
    XLSX = media_types.XLSX


_ALSO = {
    "application/ndjson": Media.NDJSON,
    "application/jsonl": Media.NDJSON,
    "application/x-jsonlines": Media.NDJSON,
    "application/csv": Media.CSV,
}
_CHARSETS = {
    Media.JSON: {"utf-8", "utf8"},
    Media.NDJSON: {"utf-8", "utf8"},
    Media.CSV: {"utf-8", "utf8", "utf-8-sig", "us-ascii", "gb18030", "gbk", "gb2312"},
}


def media_of(content_type: str | None) -> Media:
    """The format that a Content-Type header names; raises MediaType for another one, none, or a charset not read.

    The charset of a CSV is only checked for being readable: which one it is in is seen from the bytes.
    """
    name, *parameters = (content_type or "").split(";")
    media = _named(name.strip().lower())
    if media is None:
        known = ", ".join(Media)
        raise MediaType(f"请求体的 Content-Type 应为下列之一：{known}", f"Content-Type must be one of: {known}")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if key.strip().lower() == "charset" and charset not in _CHARSETS.get(media, {charset}):
            known = ", ".join(sorted(_CHARSETS[media]))
            raise MediaType(f"{media} 可用的 charset：{known}", f"{media} is read in these charsets: {known}")
    return media


def _named(name: str) -> Media | None:
    return Media(name) if name in Media._value2member_map_ else _ALSO.get(name)
