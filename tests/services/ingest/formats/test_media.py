"""Media types as headers declare them and as the bytes show them."""

import io
import zipfile

import pytest

from services.ingest.formats.media import Media, declared_media, detect_media
from shared.problems import MediaType
from tests.services.ingest.formats.pushed import as_csv, as_json, as_ndjson, as_xlsx

GOOD = ("homes_gigabit_covered", "500112007", "2022-08", 29594)
ROW = dict(zip(("metric", "area", "month", "value"), GOOD, strict=True))
BODIES = {
    Media.JSON: (as_json([ROW]), b"{}", b' {\n "observations": []}', b'[{"metric": 1}]', b'{"observations": [\n{"metric": 1}]}'),
    Media.NDJSON: (as_ndjson([ROW, ROW]), as_ndjson([ROW]) + b"\n\n" + as_ndjson([ROW])),
    Media.CSV: (
        as_csv([GOOD]),
        as_csv([GOOD], encoding="utf-16"),
        "[9月报表]\n指标,区域\n".encode("gb18030"),
        b"{a},b\n",
        b"<5,>6\n",
        b"\xef\xbb\xbfmetric,area\n",
    ),
    Media.XLSX: (as_xlsx([GOOD]), as_xlsx([GOOD])[:90]),
}


def _open_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000)
FOREIGN = [
    (OLE, r"\.xls, \.et\), which cannot be read; save it as \.xlsx \(Excel workbook\)"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "with a password, which cannot be read; remove the password and save"),
    (_open_document(), r"\.ods"),
    (b'\xef\xbb\xbf\r\n<html xmlns:x="urn:x"><table>', "web page"),
    (b"<!DOCTYPE HTML PUBLIC><html>", "web page"),
    (b"<table><tr>", "web page"),
    (b'<?xml version="1.0"?><html><body>', "web page"),
    (b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML spreadsheet"),
    (b'<?xml version="1.0"?><data/>', "is XML"),
    (b"%PDF-1.7", "PDF"),
    (b"\x1f\x8b\x08", "Content-Encoding: gzip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x89PNG\r\n", "picture"),
    (b"{\\rtf1", "RTF"),
]


@pytest.mark.parametrize(
    ("header", "media", "charset"),
    [
        ("application/json", Media.JSON, None),
        ('Application/JSON; charset="UTF-8"', Media.JSON, "utf-8"),
        ("application/json; profile=x", Media.JSON, None),
        ("application/x-ndjson", Media.NDJSON, None),
        ("application/ndjson", Media.NDJSON, None),
        ("application/jsonl", Media.NDJSON, None),
        ("text/csv", Media.CSV, None),
        ("text/csv; header=present; charset=GBK", Media.CSV, "gbk"),
        ("text/tab-separated-values; charset=utf-16", Media.CSV, "utf-16"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Media.XLSX, None),
        (None, None, None),
        ("", None, None),
        ("text/plain; charset=gb18030", None, "gb18030"),
        ("application/vnd.ms-excel", None, None),
        ("application/octet-stream", None, None),
        ("application/x-www-form-urlencoded", None, None),
    ],
)
def test_a_header_declares_a_type_or_leaves_it_to_the_bytes(header: str | None, media: Media | None, charset: str | None) -> None:
    assert declared_media(header) == (media, charset)


@pytest.mark.parametrize(
    "header",
    [
        "image/png",
        "application/pdf",
        "application/xml",
        "text/html",
        "application/json; charset=utf-16",
        "application/x-ndjson; charset=gbk",
        "text/csv; charset=utf-7",
        "multipart/mixed; boundary=x",
    ],
)
def test_another_type_is_refused_with_the_ones_that_are_taken(header: str) -> None:
    with pytest.raises(MediaType) as refusal:
        declared_media(header)

    assert refusal.value.status == 415


@pytest.mark.parametrize(("media", "body"), [(media, body) for media, bodies in BODIES.items() for body in bodies])
def test_the_bytes_show_the_type(media: Media, body: bytes) -> None:
    file = io.BytesIO(body)

    assert detect_media(None, file) is detect_media(media, file) is media
    assert file.tell() == 0


@pytest.mark.parametrize(("body", "named"), FOREIGN)
@pytest.mark.parametrize("declared", [None, Media.CSV, Media.XLSX])
def test_a_file_of_another_kind_is_refused_by_name(body: bytes, named: str, declared: Media | None) -> None:
    with pytest.raises(MediaType, match=named):
        detect_media(declared, io.BytesIO(body))


@pytest.mark.parametrize(
    ("declared", "sent", "named"),
    [
        (Media.CSV, Media.XLSX, "text/csv, but the body is an Excel workbook"),
        (Media.CSV, Media.JSON, "but the body is JSON"),
        (Media.XLSX, Media.CSV, "but the body is text, such as CSV"),
        (Media.XLSX, Media.JSON, "but the body is JSON"),
        (Media.JSON, Media.XLSX, "application/json, but the body is an Excel workbook"),
        (Media.NDJSON, Media.XLSX, "but the body is an Excel workbook"),
    ],
)
def test_a_header_that_the_bytes_contradict_is_refused(declared: Media, sent: Media, named: str) -> None:
    with pytest.raises(MediaType, match=named):
        detect_media(declared, io.BytesIO(BODIES[sent][0]))


@pytest.mark.parametrize("body", [b"<xml/>", b"a,b", b"{\\rtf", b"\x1f\x8b"])
def test_the_readers_of_json_say_what_is_wrong_with_a_text(body: bytes) -> None:
    assert detect_media(Media.JSON, io.BytesIO(body)) is Media.JSON
