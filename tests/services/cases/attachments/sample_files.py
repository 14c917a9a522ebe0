"""Small files of every type that may be attached, and of some that may not."""

import io
import zipfile
from collections.abc import Mapping

import xlsxwriter  # type: ignore[import-untyped]

PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
CSV = "街道,处数\r\n康美街道,12\r\n".encode()


def archive(entries: Mapping[str, bytes]) -> bytes:
    """A ZIP file with these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return out.getvalue()


def office(main_part: str, **more: bytes) -> bytes:
    """An Office document with this main part."""
    return archive({"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>", main_part: b"<x/>", **more})


def workbook() -> bytes:
    """A workbook as a spreadsheet program writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write(0, 0, "康美街道")
    return out.getvalue()


def old_office(*streams: str) -> bytes:
    """A compound file with these streams in its directory, after two sectors of content."""
    entries = b""
    for name in ("Root Entry", *streams):
        encoded = f"{name}\0".encode("utf-16-le")
        kind = b"\x05" if name == "Root Entry" else b"\x02"
        entries += (encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little") + kind).ljust(128, b"\0")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"x" * 1024 + entries.ljust(1024, b"\0")


ACCEPTED: dict[str, tuple[bytes, str]] = {
    "方案.pdf": (PDF, "application/pdf"),
    "现场.png": (PNG, "image/png"),
    "现场.JPG": (JPEG, "image/jpeg"),
    "a.gif": (b"GIF89a\x01\x00\x01\x00", "image/gif"),
    "a.webp": (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
    "a.bmp": (b"BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", "image/bmp"),
    "a.tif": (b"II*\x00\x08\x00\x00\x00", "image/tiff"),
    "a.heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "image/heic"),
    "报告.docx": (office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "台账.xlsx": (workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "汇报.pptx": (office("ppt/presentation.xml"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "旧报告.doc": (old_office("WordDocument", "1Table"), "application/msword"),
    "旧台账.xls": (old_office("Workbook"), "application/vnd.ms-excel"),
    "台账.et": (old_office("Workbook"), "application/vnd.ms-excel"),
    "旧汇报.ppt": (old_office("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    "处数.csv": (CSV, "text/csv"),
    "国标.csv": ("街道,处数\n".encode("gb18030"), "text/csv"),
    "宽.csv": ("街道\t处数\n".encode("utf-16"), "text/csv"),
    "证明.zip": (
        archive({"照片/现场.png": PNG, "方案.pdf": PDF, ".DS_Store": b"x", "__MACOSX/._方案.pdf": b"x"}),
        "application/zip",
    ),
}
