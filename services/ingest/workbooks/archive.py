"""The zip of a workbook, checked before anything is read from it."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from services.ingest.workbooks.refused import refuse

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_PACKAGE_RELATIONS = "_rels/.rels"
_CHUNK = 256 << 10


def checked_zip(file: BinaryIO, entries: int, inflated_bytes: int) -> zipfile.ZipFile:
    """Open a workbook's zip; refuse it if its directory exceeds the limits or is unsafe."""
    archive = zipfile.ZipFile(file)
    parts = archive.infolist()
    if len(parts) > entries:
        refuse("entries")
    if sum(part.file_size for part in parts) > inflated_bytes:
        refuse("inflated")
    names = [_plain_name(part.filename) for part in parts]
    if len(set(names)) != len(names) or any(map(_is_unsafe, names)):
        refuse("names")
    if any(part.flag_bits & 1 for part in parts):
        refuse("no_workbook")
    return archive


def _plain_name(name: str) -> str:
    return name.replace("\\", "/")


def _is_unsafe(name: str) -> bool:
    return name.startswith("/") or ":" in name or ".." in PurePosixPath(name).parts


def with_usual_names(file: BinaryIO, archive: zipfile.ZipFile) -> tuple[BinaryIO, zipfile.ZipFile]:
    """Return a workbook whose parts have the names that readers expect; refuse files of other kinds.

    Some programs write backslashes into the names of parts, or call the workbook's part workbook22.xml.
    """
    names = {_plain_name(name): name for name in archive.namelist()}
    workbook = _WORKBOOK if _WORKBOOK in names else _main_part(archive, names)
    folder, _, base = workbook.rpartition("/")
    if folder != "xl" or not base.endswith(".xml") or workbook not in names:
        kinds = {"word": "document", "ppt": "presentation"}
        refuse("binary" if base.endswith(".bin") else kinds.get(folder, "no_workbook"))
    if workbook == _WORKBOOK and all(name == plain for plain, name in names.items()):
        return file, archive
    renamed = {workbook: _WORKBOOK, f"xl/_rels/{base}.rels": _RELATIONS}
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as written:
        for plain, name in names.items():
            written.writestr(renamed.get(plain, plain), archive.read(name))
    return copy, zipfile.ZipFile(copy)


def _main_part(archive: zipfile.ZipFile, names: Mapping[str, str]) -> str:
    """Return the part that the package names as its document; empty if there is none."""
    targets: list[str] = []

    def add(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            targets.append(_plain_name(attributes.get("Target", "")).lstrip("/"))

    if _PACKAGE_RELATIONS in names:
        parser = xml_parser()
        parser.StartElementHandler = add
        parse_part(parser, archive, names[_PACKAGE_RELATIONS])
    return next(iter(targets), "")


def xml_parser() -> expat.XMLParserType:
    """Return a parser that refuses document type declarations."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = lambda *_: refuse("doctype")
    return parser


def parse_part(parser: expat.XMLParserType, archive: zipfile.ZipFile, name: str) -> None:
    """Parse one part in chunks."""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)  # noqa: FBT003 - accepts no keywords
    parser.Parse(b"", True)  # noqa: FBT003


def check_parts(archive: zipfile.ZipFile) -> None:
    """Check that every XML part is well-formed and declares no entities; reading them also verifies their declared sizes."""
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            parse_part(xml_parser(), archive, name)


def local_name(name: str) -> str:
    """Return a tag without its namespace prefix."""
    return name.rpartition(":")[2]


class WorkbookParts(NamedTuple):
    """The zip parts of a workbook that are read here; None: there is no such part."""

    sheets: dict[str, str]  # by the sheet's name
    styles: str | None
    strings: str | None


def workbook_parts(archive: zipfile.ZipFile) -> WorkbookParts:
    """Return the parts that the workbook refers to."""
    sheet_ids: dict[str, str] = {}
    targets: dict[str, str] = {}
    by_type: dict[str, str] = {}

    def add_sheet(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "sheet":
            relation = next((value for key, value in attributes.items() if ":" in key and local_name(key) == "id"), "")
            sheet_ids[attributes.get("name", "")] = relation

    def add_relation(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "Relationship":
            part = _full_path(attributes.get("Target", ""))
            targets[attributes.get("Id", "")] = part
            by_type[attributes.get("Type", "").rpartition("/")[2]] = part

    for part, handler in ((_WORKBOOK, add_sheet), (_RELATIONS, add_relation)):
        parser = xml_parser()
        parser.StartElementHandler = handler
        parse_part(parser, archive, part)
    names = set(archive.namelist())
    styles, strings = (by_type.get(kind) if by_type.get(kind) in names else None for kind in ("styles", "sharedStrings"))
    return WorkbookParts({name: targets.get(relation, "") for name, relation in sheet_ids.items()}, styles, strings)


def _full_path(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"
