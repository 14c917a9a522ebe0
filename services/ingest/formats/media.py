"""Media types of a push: as the sender declares them, and as the bytes show them."""

import re
from enum import StrEnum
from typing import BinaryIO, NamedTuple

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
    "text/x-csv": Media.CSV,
    "text/comma-separated-values": Media.CSV,
    "text/tab-separated-values": Media.CSV,
}
_UNCERTAIN = {
    "",
    "application/octet-stream",
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/wps-office.et",
    "application/wps-office.xls",
    "application/wps-office.xlsx",
    "application/x-www-form-urlencoded",  # of `curl --data-binary` without a header
    "application/x-zip-compressed",
    "application/zip",
    "binary/octet-stream",
    "text/plain",
}
"""Types that clients send for files of any kind, or for kinds that are refused by name."""
_CHARSETS = {
    Media.JSON: {"utf-8", "utf8"},
    Media.NDJSON: {"utf-8", "utf8"},
    Media.CSV: {"utf-8", "utf8", "utf-8-sig", "us-ascii", "gb18030", "gbk", "gb2312", "utf-16"},
}
_HEAD_BYTES = 4 << 10
_OLE_BYTES = 4 << 20  # of a compound file that are searched for the name of its content
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_JSON = re.compile(rb'\{\s*+["}]|\[\s*+[{\]]')
_LINE = re.compile(rb"\{[^\r\n]*+(?<=\})\r?\n\s*+\{")  # an object on a line of its own, and another one
_TAG = re.compile(rb"<[a-zA-Z?!]")
_HTML = re.compile(rb"<(?:!doctype html|html|head|meta|body|table|div|style)\b", re.IGNORECASE)


class DeclaredMedia(NamedTuple):
    """A Content-Type header: the media type and its charset."""

    media: Media | None  # None: to be found from the bytes
    charset: str | None


class _BodyKind(NamedTuple):
    """A kind of file that is recognised by its bytes."""

    zh: str
    en: str
    media: Media | None = None  # None: it is refused


_XLSX = _BodyKind("Excel 工作簿（.xlsx）", "an Excel workbook (.xlsx)", Media.XLSX)
_JSON_DOCUMENT = _BodyKind("JSON", "JSON", Media.JSON)
_JSON_LINES = _BodyKind("NDJSON", "NDJSON", Media.NDJSON)
_TEXT = _BodyKind("文本（如 CSV）", "text, such as CSV", Media.CSV)
_PASSWORD = _BodyKind("设有密码的工作簿", "a workbook with a password")
_OLD_EXCEL = _BodyKind("旧版 Excel 或 WPS 工作簿（.xls、.et）", "an old Excel or WPS workbook (.xls, .et)")
_ODS = _BodyKind("OpenDocument 表格（.ods）", "an OpenDocument spreadsheet (.ods)")
_WORKBOOKS = {_XLSX, _PASSWORD, _OLD_EXCEL, _ODS}
_SAVED_HTML = _BodyKind("另存为 .xls 的网页（HTML）", "a web page (HTML), perhaps saved as .xls")
_XML_SPREADSHEET = _BodyKind("XML 电子表格", "an XML spreadsheet")
_XML = _BodyKind("XML", "XML")
_SIGNATURES = (
    (b"%PDF", _BodyKind("PDF 文件", "a PDF file")),
    (b"\x1f\x8b", _BodyKind("gzip 压缩文件（未声明 Content-Encoding）", "a gzip file without `Content-Encoding: gzip`")),
    (b"Rar!", _BodyKind("RAR 压缩文件", "a RAR archive")),
    (b"7z\xbc\xaf", _BodyKind("7z 压缩文件", "a 7z archive")),
    (b"\x89PNG", _BodyKind("图片", "a picture")),
    (b"\xff\xd8\xff", _BodyKind("图片", "a picture")),
    (b"{\\rtf", _BodyKind("RTF 文档", "an RTF document")),
)


def declared_media(content_type: str | None) -> DeclaredMedia:
    """Return what a Content-Type header says; raises MediaType for types and charsets that are not supported."""
    name, *parameters = (content_type or "").split(";")
    name = name.strip().lower()
    media = Media(name) if name in Media._value2member_map_ else _SYNONYMS.get(name)
    if media is None and name not in _UNCERTAIN:
        supported = ", ".join(Media)
        raise MediaType(f"请求体的 Content-Type 应为下列之一：{supported}。", f"Content-Type must be one of: {supported}.")
    charset = None
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    if media in _CHARSETS and charset is not None and charset not in _CHARSETS[media]:
        supported = ", ".join(sorted(_CHARSETS[media]))
        raise MediaType(f"{media} 可用的 charset：{supported}。", f"The charset of {media} must be one of: {supported}.")
    return DeclaredMedia(media, charset if charset in _CHARSETS[Media.CSV] else None)


def detect_media(declared: Media | None, body: BinaryIO) -> Media:
    """Return the media type of a body. Raises MediaType with what the bytes are if it cannot be read or is not as declared."""
    kind = _kind_of(body)
    if declared is None and kind.media is not None:
        return kind.media
    if declared in {Media.JSON, Media.NDJSON} and kind not in _WORKBOOKS:
        return declared  # its readers say what is wrong with a text
    if kind.media is None:
        zh, en = ("先取消密码，再", "remove the password and ") if kind is _PASSWORD else ("", "")
        raise MediaType(
            f"请求体是{kind.zh}，无法读取；请用 Excel 或 WPS {zh}另存为“Excel 工作簿（.xlsx）”。",
            f"The body is {kind.en}, which cannot be read; {en}save it as .xlsx (Excel workbook).",
        )
    if declared is not None and kind.media is not declared:
        raise MediaType(
            f"Content-Type 为 {declared}，而请求体是{kind.zh}；请改正 Content-Type。",
            f"Content-Type is {declared}, but the body is {kind.en}; correct the header.",
        )
    return kind.media


def _kind_of(body: BinaryIO) -> _BodyKind:
    body.seek(0)
    head = body.read(_HEAD_BYTES)
    body.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _ODS if head[30:].startswith(_OPEN_DOCUMENT) else _XLSX
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        is_encrypted = _ENCRYPTED in body.read(_OLE_BYTES)
        body.seek(0)
        return _PASSWORD if is_encrypted else _OLD_EXCEL
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    return _text_kind(head.removeprefix(b"\xef\xbb\xbf").lstrip())


def _text_kind(text: bytes) -> _BodyKind:
    if _JSON.match(text):
        return _JSON_LINES if _LINE.match(text) else _JSON_DOCUMENT
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text and text.startswith(b"<"):
        return _XML_SPREADSHEET
    if _HTML.match(text):
        return _SAVED_HTML
    if _TAG.match(text):
        return _SAVED_HTML if _HTML.search(text) else _XML
    return _TEXT
