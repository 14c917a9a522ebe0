"""A Word document of a few kinds of paragraphs and tables, as bytes. The same blocks give the same bytes.

The layout is that of official documents (GB/T 9704): A4, text area of 156 × 225 mm, Song title, Fangsong text in size three, page
numbers outside.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Final
from xml.sax.saxutils import escape

_UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT_WIDTH: Final = 8844  # twentieths of a point between the margins: 156 mm
_PARTS: Final = {
    "[Content_Types].xml": "content_types",
    "_rels/.rels": "package_relations",
    "word/_rels/document.xml.rels": "document_relations",
    "word/styles.xml": "styles",
    "word/fontTable.xml": "fonts",
    "word/settings.xml": "settings",
    "word/header1.xml": "header",
    "word/footer1.xml": "footer_odd",
    "word/footer2.xml": "footer_even",
}
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can hold


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """Lines of text in one of the styles of `styles.xml`."""

    text: str
    style: str = "Body"
    new_page: bool = False
    with_next: bool = False  # kept on one page with the next block


@dataclass(frozen=True, slots=True)
class WordTable:
    """A caption, a header that is repeated on each page, and rows.

    `widths` are relative; `left` are the columns of running text; a `whole` table is not broken over two pages.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    left: frozenset[int] = frozenset()
    whole: bool = False


WordBlocks = Iterator[WordParagraph | WordTable]


def render_document(blocks: WordBlocks, *, title: str, author: str, created: datetime, mark: str | None) -> bytes:
    """Return the file; `mark` is printed at the top of every page."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, name in _PARTS.items():
            _add(package, path, _template(name).replace("{mark}", _text(mark or "")))
        _add(package, "docProps/core.xml", _core(title, author, created))
        _add(package, "word/document.xml", _template("document").replace("{blocks}", "".join(map(_block, blocks))))
    return out.getvalue()


def _add(package: zipfile.ZipFile, path: str, text: str) -> None:
    part = zipfile.ZipInfo(path, _ZIP_DATE)
    part.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(part, text)


def _template(name: str) -> str:
    return resources.files(__package__).joinpath("word", f"{name}.xml").read_text(encoding="utf-8")


def _core(title: str, author: str, created: datetime) -> str:
    text = _template("core")
    for name, value in {"title": title, "author": author, "created": f"{created:%Y-%m-%dT%H:%M:%SZ}"}.items():
        text = text.replace(f"{{{name}}}", _text(value))
    return text


def _block(block: WordParagraph | WordTable) -> str:
    return _paragraph(block) if isinstance(block, WordParagraph) else _table(block)


def _paragraph(paragraph: WordParagraph) -> str:
    kept = "<w:keepNext/>" if paragraph.with_next else ""
    broken = "<w:pageBreakBefore/>" if paragraph.new_page else ""
    style = f'<w:pPr><w:pStyle w:val="{paragraph.style}"/>{kept}{broken}</w:pPr>'
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{_text(line)}</w:t>' for line in paragraph.text.split("\n"))
    return f"<w:p>{style}<w:r>{lines}</w:r></w:p>"


def _table(table: WordTable) -> str:
    unit = _TEXT_WIDTH / sum(table.widths)
    widths = [int(width * unit) for width in table.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    caption = _paragraph(WordParagraph(table.caption, "Caption"))
    header = _row(table.header, widths, ["TableHeader"] * len(widths), "<w:tblHeader/>", with_next=True)
    styles = ["TableText" if column in table.left else "TableFigure" for column in range(len(widths))]
    last = len(table.rows) - 1
    rows = "".join(
        _row(row, widths, styles, "", with_next=table.whole and number < last) for number, row in enumerate(table.rows)
    )
    after = _paragraph(WordParagraph("", "AfterTable"))  # Word wants a paragraph between tables
    properties = f'<w:tblStyle w:val="Grid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
    fixed = '<w:tblLayout w:type="fixed"/>'
    return f"{caption}<w:tbl><w:tblPr>{properties}{fixed}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{header}{rows}</w:tbl>{after}"


def _row(texts: Sequence[str], widths: Sequence[int], styles: Sequence[str], kind: str, *, with_next: bool) -> str:
    cells = "".join(_cell(*cell, with_next=with_next) for cell in zip(texts, widths, styles, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{kind}</w:trPr>{cells}</w:tr>"


def _cell(text: str, width: int, style: str, *, with_next: bool) -> str:
    properties = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
    return f"<w:tc>{properties}{_paragraph(WordParagraph(text, style, with_next=with_next))}</w:tc>"


def _text(text: str) -> str:
    """Escape a text, without the characters that XML forbids."""
    return escape(_UNWRITABLE.sub("", text))
