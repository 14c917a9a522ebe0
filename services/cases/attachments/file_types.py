"""The types of files that may be attached, found from their bytes."""

import codecs
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, Final, NamedTuple

from services.cases.attachments.zip_directory import ZipEntry, read_directory
from shared.problems import MediaType
from shared.values.bilingual import Bilingual


class FileType(NamedTuple):
    """A type of file, with the extensions and media types under which it is sent."""

    name: Bilingual
    media_type: str
    extensions: tuple[str, ...]  # the first is added to a name without one
    also_declared: tuple[str, ...] = ()


def _image(name: str, *extensions: str) -> FileType:
    return FileType(Bilingual(zh=f"{name} 图片", en=f"a {name} image"), f"image/{name.lower()}", extensions)


_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument"
_ANYTHING: Final = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-msdownload"})
"""Declared by programs that do not know the type."""

_PDF: Final = FileType(Bilingual(zh="PDF 文件", en="a PDF file"), "application/pdf", ("pdf",), ("application/x-pdf",))
_PNG: Final = _image("PNG", "png")
_JPEG: Final = _image("JPEG", "jpg", "jpeg", "jpe", "jfif")._replace(also_declared=("image/jpg", "image/pjpeg"))
_GIF: Final = _image("GIF", "gif")
_WEBP: Final = _image("WebP", "webp")
_BMP: Final = _image("BMP", "bmp")._replace(also_declared=("image/x-ms-bmp",))
_TIFF: Final = _image("TIFF", "tif", "tiff")
_HEIC: Final = _image("HEIC", "heic", "heif")._replace(also_declared=("image/heif",))
_DOCX: Final = FileType(
    Bilingual(zh="Word 文档", en="a Word document"), f"{_OPEN_XML}.wordprocessingml.document", ("docx",), ("application/msword",)
)
_XLSX: Final = FileType(
    Bilingual(zh="Excel 工作簿", en="an Excel workbook"),
    f"{_OPEN_XML}.spreadsheetml.sheet",
    ("xlsx",),
    ("application/vnd.ms-excel",),
)
_PPTX: Final = FileType(
    Bilingual(zh="PowerPoint 演示文稿", en="a PowerPoint presentation"),
    f"{_OPEN_XML}.presentationml.presentation",
    ("pptx",),
    ("application/vnd.ms-powerpoint",),
)
_DOC: Final = FileType(
    Bilingual(zh="旧版 Word 或 WPS 文档", en="an old Word or WPS document"),
    "application/msword",
    ("doc", "wps"),
    ("application/vnd.ms-works", "application/wps-office.doc", "application/wps-office.wps"),
)
_XLS: Final = FileType(
    Bilingual(zh="旧版 Excel 或 WPS 工作簿", en="an old Excel or WPS workbook"),
    "application/vnd.ms-excel",
    ("xls", "et"),
    ("application/wps-office.xls", "application/wps-office.et"),
)
_PPT: Final = FileType(
    Bilingual(zh="旧版 PowerPoint 或 WPS 演示文稿", en="an old PowerPoint or WPS presentation"),
    "application/vnd.ms-powerpoint",
    ("ppt", "dps"),
    ("application/wps-office.ppt", "application/wps-office.dps"),
)
_CSV: Final = FileType(
    Bilingual(zh="文本", en="text"),
    "text/csv",
    ("csv",),
    ("text/plain", "application/csv", "text/x-csv", "text/comma-separated-values", "application/vnd.ms-excel"),
)
_ZIP: Final = FileType(
    Bilingual(zh="ZIP 压缩包", en="a ZIP archive"),
    "application/zip",
    ("zip",),
    ("application/x-zip-compressed", "application/x-zip"),
)
FILE_TYPES: Final = (_PDF, _PNG, _JPEG, _GIF, _WEBP, _BMP, _TIFF, _HEIC, _DOCX, _XLSX, _PPTX, _DOC, _XLS, _PPT, _CSV, _ZIP)
ACCEPTED: Final = Bilingual(
    zh="可上传 PDF、图片、Office 文档、CSV，以及由这些文件组成的 ZIP。",
    en="PDF, images, Office documents, CSV and ZIP archives of such files are accepted.",
)

_PDF_SIGNATURE: Final = re.compile(rb"%PDF-")
_PNG_SIGNATURE: Final = re.compile(rb"\x89PNG\r\n\x1a\n")
_JPEG_SIGNATURE: Final = re.compile(rb"\xff\xd8\xff")
_GIF_SIGNATURE: Final = re.compile(rb"GIF8[79]a")
_WEBP_SIGNATURE: Final = re.compile(rb"RIFF....WEBP", re.DOTALL)
_BMP_SIGNATURE: Final = re.compile(rb"BM....\0\0\0\0....[\x0c\x28\x40\x6c\x7c]\0\0\0", re.DOTALL)
_TIFF_SIGNATURE: Final = re.compile(rb"II\*\0|MM\0\*")
_HEIC_SIGNATURE: Final = re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1)", re.DOTALL)
_SIGNATURES: Final = (
    (_PDF_SIGNATURE, _PDF),
    (_PNG_SIGNATURE, _PNG),
    (_JPEG_SIGNATURE, _JPEG),
    (_GIF_SIGNATURE, _GIF),
    (_WEBP_SIGNATURE, _WEBP),
    (_BMP_SIGNATURE, _BMP),
    (_TIFF_SIGNATURE, _TIFF),
    (_HEIC_SIGNATURE, _HEIC),
)
_HEAD_BYTES: Final = 64
_PIECE_BYTES: Final = 1 << 20
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENTRY_BYTES: Final = 128
_OLE_STREAMS: Final[Mapping[str, FileType | None]] = {
    "WordDocument": _DOC,
    "Workbook": _XLS,
    "Book": _XLS,
    "PowerPoint Document": _PPT,
    "EncryptedPackage": None,  # the content of a file with a password
}
_DOCX_PART: Final = re.compile(r"word/document[0-9]*\.xml")
_XLSX_PART: Final = re.compile(r"xl/workbook[0-9]*\.xml")
_PPTX_PART: Final = re.compile(r"ppt/presentation[0-9]*\.xml")
_MAIN_PARTS: Final = (
    (_DOCX_PART, _DOCX),
    (_XLSX_PART, _XLSX),
    (_PPTX_PART, _PPTX),
)
_CONTENT_TYPES: Final = "[Content_Types].xml"
_IN_ARCHIVES: Final = frozenset(extension for one in FILE_TYPES if one is not _ZIP for extension in one.extensions)
_OF_THE_SYSTEM: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini"})  # that systems add to archives
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP: Final = re.compile(r"\s*(?:<[a-zA-Z?!]|\{\\rtf)")


def file_type(file: BinaryIO, extension: str, declared: str) -> FileType:
    """Return the type of a file. Raises MediaType if it is not accepted, or not what its extension and its sender say it is.

    `extension` is lower case and may be empty; `declared` is a media type without parameters. Nothing is decompressed.
    """
    found = _types_in(file)
    named = [one for one in found if extension in ("", *one.extensions)]
    if not named:
        names = Bilingual(zh="或".join(one.name.zh for one in found), en=" or ".join(one.name.en for one in found))
        raise MediaType(
            f"该文件的内容是{names.zh}，与扩展名 .{extension} 不符；请改正扩展名。",
            f"By its content the file is {names.en}, which does not fit the extension .{extension}; correct it.",
        )
    one = named[0]
    if declared not in {one.media_type, *one.also_declared, *_ANYTHING}:
        raise MediaType(
            f"声明的类型为 {declared}，而该文件的内容是{one.name.zh}（{one.media_type}）。",
            f"The declared type is {declared}, but by its content the file is {one.name.en} ({one.media_type}).",
        )
    return one


def _types_in(file: BinaryIO) -> list[FileType]:
    """Return the type of the content; several if a file in the old Office format contains another one."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return [_type_of_zip(read_directory(file))]
    if head.startswith(_OLE):
        return _types_of_ole(file)
    for signature, one in _SIGNATURES:
        if signature.match(head):
            return [one]
    if _is_text(file):
        return [_CSV]
    raise _not_accepted()


def _not_accepted() -> MediaType:
    return MediaType(f"不接受这种类型的文件。{ACCEPTED.zh}", f"The type of the file is not accepted. {ACCEPTED.en}")


def _type_of_zip(entries: list[ZipEntry]) -> FileType:
    names = {entry.name for entry in entries}
    if _CONTENT_TYPES not in names:
        _check_archive(entries)
        return _ZIP
    for pattern, one in _MAIN_PARTS:
        if any(pattern.fullmatch(name) for name in names):
            if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
                raise MediaType("不接受含有宏的 Office 文档。", "Office documents with macros are not accepted.")
            return one
    raise _not_accepted()


def _check_archive(entries: list[ZipEntry]) -> None:
    """Raise MediaType if an archive has files of other types than the accepted ones, such as archives or programs."""
    for entry in entries:
        path = PurePosixPath(entry.name.lower())
        if entry.name.endswith("/") or path.name in _OF_THE_SYSTEM or path.parts[0] == "__macosx":
            continue
        if path.suffix[1:] not in _IN_ARCHIVES:
            name = entry.name[-64:]
            raise MediaType(
                f"ZIP 中的“{name}”不是可上传的类型。{ACCEPTED.zh}",
                f"The archive contains {name!r}, whose type is not accepted. {ACCEPTED.en}",
            )


def _types_of_ole(file: BinaryIO) -> list[FileType]:
    """Look for the streams of Office documents in the directory, whose entries lie at multiples of their length."""
    found = {name for name in _OLE_STREAMS for piece in _read_pieces(file) if _has_stream(piece, name)}
    types = [one for name, one in _OLE_STREAMS.items() if name in found and one is not None]
    if "EncryptedPackage" in found:
        raise MediaType("该文件设有密码；请取消密码后再上传。", "The file has a password; remove it and try again.")
    if not types:
        raise _not_accepted()
    return list(dict.fromkeys(types))


def _has_stream(piece: bytes, name: str) -> bool:
    encoded = f"{name}\0".encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little") + b"\x02"
    position = piece.find(entry)
    while position >= 0 and position % _OLE_ENTRY_BYTES:
        position = piece.find(entry, position + 1)
    return position >= 0


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _is_text(file: BinaryIO) -> bool:
    """Return whether a file is text in UTF-8, GB18030, or UTF-16 with a byte-order mark, and no markup."""
    file.seek(0)
    has_mark = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return any(_reads_as(file, encoding) for encoding in (("utf-16",) if has_mark else ("utf-8-sig", "gb18030")))


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    is_first = True
    try:
        for piece in _read_pieces(file):
            text = decoder.decode(piece)
            if _NO_TEXT.search(text) or (is_first and _MARKUP.match(text)):
                return False
            is_first = False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
