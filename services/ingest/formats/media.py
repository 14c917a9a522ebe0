"""Media types of a push."""

from enum import StrEnum

from shared.problems import MediaType


class Media(StrEnum):
    """The media types that a push may have."""

    JSON = "application/json"
    NDJSON = "application/x-ndjson"
    CSV = "text/csv"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


TABLES = frozenset({Media.CSV, Media.XLSX})
_SYNONYMS = {
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
    """Return the media type of a Content-Type header; raises MediaType for a missing or unknown type or charset.

    The charset of a CSV is only checked for being supported: the encoding is detected from the bytes.
    """
    name, *parameters = (content_type or "").split(";")
    media = _media_named(name.strip().lower())
    if media is None:
        supported = ", ".join(Media)
        raise MediaType(f"请求体的 Content-Type 应为下列之一：{supported}。", f"Content-Type must be one of: {supported}.")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if key.strip().lower() == "charset" and charset not in _CHARSETS.get(media, {charset}):
            supported = ", ".join(sorted(_CHARSETS[media]))
            raise MediaType(f"{media} 可用的 charset：{supported}。", f"The charset of {media} must be one of: {supported}.")
    return media


def _media_named(name: str) -> Media | None:
    return Media(name) if name in Media._value2member_map_ else _SYNONYMS.get(name)
