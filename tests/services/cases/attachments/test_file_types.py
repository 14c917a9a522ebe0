"""Types of attached files by their bytes."""

import io
import os
import random
import struct
import zipfile

import pytest

from services.cases.attachments.file_names import extension_of
from services.cases.attachments.file_types import FILE_TYPES, file_type
from services.cases.attachments.zip_directory import ENTRIES_MAX, INFLATED_MAX_BYTES
from shared.problems import MediaType
from tests.services.cases.attachments.sample_files import (
    ACCEPTED,
    CSV,
    JPEG,
    PDF,
    PNG,
    archive,
    office,
    old_office,
)


def detect(name: str, content: bytes, declared: str = "application/octet-stream") -> str:
    """The media type of a file."""
    return file_type(io.BytesIO(content), extension_of(name), declared).media_type


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_file_of_every_type_is_recognised_by_its_bytes(name: str) -> None:
    content, media_type = ACCEPTED[name]

    assert detect(name, content) == media_type
    assert detect("without an extension", content) == media_type
    assert detect(name, content, media_type) == media_type


def test_every_type_has_a_sample() -> None:
    assert {media_type for _, media_type in ACCEPTED.values()} == {one.media_type for one in FILE_TYPES}


def test_an_extension_or_a_declared_type_that_lies_is_refused() -> None:
    for name, (content, media_type) in ACCEPTED.items():
        for other in FILE_TYPES:
            if other.media_type == media_type:
                continue
            with pytest.raises(MediaType, match="does not fit the extension"):
                detect(f"lying.{other.extensions[0]}", content)
            if media_type not in other.also_declared and not {media_type, other.media_type} & {"text/csv"}:
                own = next(one for one in FILE_TYPES if one.media_type == media_type)
                if other.media_type not in own.also_declared:
                    with pytest.raises(MediaType, match="declared type"):
                        detect(name, content, other.media_type)


NOT_ACCEPTED: dict[str, tuple[str, bytes, str]] = {
    "program": ("a.csv", b"MZ\x90\x00\x03\x00\x00\x00", "not accepted"),
    "script": ("a.pdf", b"#!/bin/sh\nrm -rf /\n", "does not fit"),
    "web page": ("a.csv", b" <!DOCTYPE html><script>alert(1)</script>", "not accepted"),
    "SVG": ("a.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "not accepted"),
    "RTF": ("a.doc", rb"{\rtf1 x}", "not accepted"),
    "RAR": ("a.zip", b"Rar!\x1a\x07\x00", "not accepted"),
    "gzip": ("a.zip", b"\x1f\x8b\x08\x00", "not accepted"),
    "text with control characters": ("a.csv", b"a,b\x1b[31m\n", "not accepted"),
    "binary of two bytes each": ("a.csv", b"\x4e\x00\x4e\x01" * 50, "not accepted"),
    "installer in an old container": ("a.doc", old_office("SummaryInformation"), "not accepted"),
    "workbook with a password": ("a.xlsx", old_office("EncryptedPackage"), "password"),
    "macros": ("a.docx", office("word/document.xml", **{"word/vbaProject.bin": b"x"}), "macros"),
    "OpenDocument": ("a.zip", archive({"mimetype": b"application/vnd.oasis.opendocument.text"}), "mimetype"),
    "nested archive": ("a.zip", archive({"x/inner.ZIP": archive({"a.png": PNG})}), "inner.ZIP"),
    "program in an archive": ("a.zip", archive({"setup.exe": b"MZ"}), "setup.exe"),
    "file without a type in an archive": ("a.zip", archive({"README": b"x"}), "README"),
    "upwards": ("a.zip", archive({"../a.png": PNG}), "unsafe"),
    "upwards with backslashes": ("a.zip", archive({"x\\..\\..\\a.png": PNG}), "unsafe"),
    "absolute": ("a.zip", archive({"/a.png": PNG}), "unsafe"),
    "drive": ("a.zip", archive({"C:a.png": PNG}), "unsafe"),
    "bidirectional mark": ("a.zip", archive({"a\u202egnp.exe.png": PNG}), "unsafe"),
    "empty archive": ("a.zip", b"PK\x03\x04" + archive({})[:0] + b"PK\x05\x06" + bytes(18), "damaged"),
    "archive that ends early": ("a.zip", archive({"a.png": PNG})[:-1], "damaged"),
    "archive after a program": ("a.zip", b"MZ\x00" + archive({"a.png": PNG}), "not accepted"),
    "many files": ("a.zip", archive({f"{n}.png": b"" for n in range(ENTRIES_MAX + 1)}), "must not contain more"),
}


@pytest.mark.parametrize("case", NOT_ACCEPTED)
def test_other_files_are_refused_by_what_is_wrong_with_them(case: str) -> None:
    name, content, text = NOT_ACCEPTED[case]

    with pytest.raises(MediaType, match=text):
        detect(name, content)


def test_an_archive_that_would_be_too_large_is_refused_by_its_directory_alone() -> None:
    bomb = bytearray(archive({"a.csv": b"0" * 1000, "b.csv": b"1" * 1000}))
    entry = bomb.find(b"PK\x01\x02")
    struct.pack_into("<I", bomb, entry + 24, INFLATED_MAX_BYTES)

    with pytest.raises(MediaType, match="1024 MiB"):
        detect("a.zip", bytes(bomb))


def test_an_archive_with_a_password_is_refused() -> None:
    locked = bytearray(archive({"a.csv": CSV}))
    locked[locked.find(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(MediaType, match="password"):
        detect("a.zip", bytes(locked))


def test_chinese_names_in_archives_are_read_in_both_encodings() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        written.writestr("甲.png", PNG)
    in_utf_8 = out.getvalue()
    in_gb18030 = in_utf_8.replace("甲".encode(), "甲.".encode("gb18030")).replace(b"\x00\x08", b"\x00\x00")

    assert detect("a.zip", in_utf_8) == "application/zip"
    assert detect("a.zip", in_gb18030) == "application/zip"


def test_an_old_document_that_contains_another_one_may_have_either_extension() -> None:
    content = old_office("Workbook", "WordDocument")

    assert detect("a.xls", content) == "application/vnd.ms-excel"
    assert detect("a.doc", content) == "application/msword"


def test_damaged_files_are_recognised_or_refused_and_nothing_else() -> None:
    chance = random.Random(7)  # noqa: S311 - the same in every run
    for content, _ in ACCEPTED.values():
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(chance.randint(1, 6)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            cut = bytes(damaged[: chance.randint(1, len(damaged))])
            try:
                detect("", cut)
            except MediaType:
                continue


def test_random_bytes_are_no_text() -> None:
    for seed in range(50):
        content = random.Random(seed).randbytes(400)  # noqa: S311
        with pytest.raises(MediaType):
            detect("a.csv", content)
    with pytest.raises(MediaType):
        detect("a.csv", os.urandom(3 << 20))


def test_a_jpeg_is_one_by_any_of_its_extensions() -> None:
    assert {detect(f"a.{extension}", JPEG) for extension in ("jpg", "jpeg", "JPE", "jfif")} == {"image/jpeg"}
    assert detect("a.pdf", PDF, "application/x-pdf") == "application/pdf"
