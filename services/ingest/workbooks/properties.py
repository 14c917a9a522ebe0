"""Properties of a workbook as a file: who made it, and what a template says about itself."""

import zipfile
from collections.abc import Mapping

from services.ingest.workbooks.archive import local_name, parse_part, xml_parser

_CORE, _EXTENDED, _CUSTOM = "docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"
_WANTED = {_CORE: {"creator"}, _EXTENDED: {"Company"}}
_CUSTOM_PREFIX = "gigacity_"
_LONGEST = 200  # characters of a value
_MOST = 20


def read_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return creator, company and the custom properties of templates, as far as the workbook has them."""
    found: dict[str, str] = {}
    for part in {_CORE, _EXTENDED, _CUSTOM}.intersection(archive.namelist()):
        _PropertiesPart(found, _WANTED.get(part)).read(archive, part)
    return {name: text.strip() for name, text in sorted(found.items())[:_MOST] if text.strip() and len(text) <= _LONGEST}


class _PropertiesPart:
    """One part with properties."""

    def __init__(self, found: dict[str, str], wanted: set[str] | None) -> None:
        """`wanted`: the elements whose text is read; None: the properties of templates, which are named by an attribute."""
        self._found, self._wanted = found, wanted
        self._name: str | None = None  # of the property that is being read

    def read(self, archive: zipfile.ZipFile, part: str) -> None:
        """Add the part's properties."""
        parser = xml_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parse_part(parser, archive, part)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = local_name(tag)
        name = tag if self._wanted else attributes.get("name", "") if tag == "property" else None
        if name is not None and (name in self._wanted if self._wanted else name.startswith(_CUSTOM_PREFIX)):
            self._name = name.lower()

    def _text(self, text: str) -> None:
        if self._name is not None and len(self._found.get(self._name, "")) <= _LONGEST:
            self._found[self._name] = self._found.get(self._name, "") + text[: _LONGEST + 1]

    def _end(self, tag: str) -> None:
        if local_name(tag) in {"property", *(self._wanted or ())}:
            self._name = None
