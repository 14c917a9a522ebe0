"""The zip of a workbook, checked before anything is read from it."""

import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from services.ingest.workbooks.refused import refuse

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_CHUNK = 256 << 10


def checked_zip(file: BinaryIO, entries: int, inflated_bytes: int) -> zipfile.ZipFile:
    """Open a workbook's zip; refuse it if its directory exceeds the limits or is unsafe."""
    archive = zipfile.ZipFile(file)
    parts = archive.infolist()
    if len(parts) > entries:
        refuse("entries")
    if sum(part.file_size for part in parts) > inflated_bytes:
        refuse("inflated")
    names = [part.filename for part in parts]
    if len(set(names)) != len(names) or any(map(_is_unsafe, names)):
        refuse("names")
    if _WORKBOOK not in names or any(part.flag_bits & 1 for part in parts):
        refuse("no_workbook")
    return archive


def _is_unsafe(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts


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
