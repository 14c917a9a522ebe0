"""The zip of a workbook, checked before anything is read from it."""

import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO
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


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the zip part of each sheet, by the sheet's name."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "sheet":
            relation = next((value for key, value in attributes.items() if ":" in key and local_name(key) == "id"), "")
            ids[attributes.get("name", "")] = relation

    def relation(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    for part, handler in ((_WORKBOOK, sheet), (_RELATIONS, relation)):
        parser = xml_parser()
        parser.StartElementHandler = handler
        parse_part(parser, archive, part)
    return {name: _full_path(targets.get(relation, "")) for name, relation in ids.items()}


def _full_path(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"
