"""A Word document of a few kinds of paragraphs and tables, as bytes. The same blocks give the same bytes.

Cells are wider than their text on the right, because LibreOffice lets punctuation hang out at the end of a line.
The layout is that of official documents (GB/T 9704): A4, text area of 156 × 225 mm, Song title, Fangsong text in size three, page
numbers outside.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
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
_CHART_REFERENCES: Final = {
    "content_types": '<Override PartName="/word/charts/chart{number}.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>',
    "document_relations": '<Relationship Id="chart{number}"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart" Target="charts/chart{number}.xml"/>',
}
_CHART_FRAME: Final = 1_000_000  # height of title and axis, in English metric units: 360 000 are a centimetre
_BAR: Final = 250_000
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


@dataclass(frozen=True, slots=True)
class WordChart:
    """Horizontal bars, each with its title and its value."""

    title: str
    bars: Sequence[tuple[str, float]]


WordBlock = WordParagraph | WordTable | WordChart
WordBlocks = Iterator[WordBlock]


def render_document(blocks: Iterable[WordBlock], *, title: str, author: str, created: datetime, mark: str | None) -> bytes:
    """Return the file; `mark` is printed at the top of every page."""
    out = io.BytesIO()
    blocks = list(blocks)
    charts = [block for block in blocks if isinstance(block, WordChart)]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, name in _PARTS.items():
            references = "".join(_CHART_REFERENCES.get(name, "").format(number=number) for number in _numbers(charts))
            _add(package, path, _template(name).replace("{mark}", _text(mark or "")).replace("{charts}", references))
        for number, chart in zip(_numbers(charts), charts, strict=True):
            _add(package, f"word/charts/chart{number}.xml", _chart(chart))
        _add(package, "docProps/core.xml", _core(title, author, created))
        frames = iter(_numbers(charts))
        body = "".join(_chart_frame(block, next(frames)) if isinstance(block, WordChart) else _block(block) for block in blocks)
        _add(package, "word/document.xml", _template("document").replace("{blocks}", body))
    return out.getvalue()


def _numbers(charts: Sequence[WordChart]) -> range:
    return range(1, len(charts) + 1)


def _chart(chart: WordChart) -> str:
    points = [f'<c:pt idx="{index}"><c:v>{{}}</c:v></c:pt>' for index in range(len(chart.bars))]
    return _filled(
        "chart",
        title=_text(chart.title),
        count=str(len(chart.bars)),
        categories="".join(point.format(_text(title)) for point, (title, _) in zip(points, chart.bars, strict=True)),
        values="".join(point.format(value) for point, (_, value) in zip(points, chart.bars, strict=True)),
    )


def _chart_frame(chart: WordChart, number: int) -> str:
    height = _CHART_FRAME + _BAR * len(chart.bars)
    return _filled("chart_frame", title=_text(chart.title), number=str(number), height=str(height))


def _filled(name: str, **values: str) -> str:
    """Return a template with its placeholders filled, in one pass: a value may look like a placeholder."""
    return re.sub(r"\{([a-z]+)\}", lambda placeholder: values[placeholder[1]], _template(name))


def _add(package: zipfile.ZipFile, path: str, text: str) -> None:
    part = zipfile.ZipInfo(path, _ZIP_DATE)
    part.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(part, text)


def _template(name: str) -> str:
    return resources.files(__package__).joinpath("word", f"{name}.xml").read_text(encoding="utf-8")


def _core(title: str, author: str, created: datetime) -> str:
    return _filled("core", title=_text(title), author=_text(author), created=f"{created:%Y-%m-%dT%H:%M:%SZ}")


def _block(block: WordParagraph | WordTable) -> str:
    return _paragraph(block) if isinstance(block, WordParagraph) else _table(block)


def _paragraph(paragraph: WordParagraph) -> str:
    kept = "<w:keepNext/>" if paragraph.with_next else ""
    broken = "<w:pageBreakBefore/>" if paragraph.new_page else ""
    style = f'<w:pPr><w:pStyle w:val="{paragraph.style}"/>{kept}{broken}</w:pPr>'
    lines = "<w:br/>".join(map(_line, paragraph.text.split("\n")))
    return f"<w:p>{style}<w:r>{lines}</w:r></w:p>"


def _line(line: str) -> str:
    return "<w:tab/>".join(f'<w:t xml:space="preserve">{_text(part)}</w:t>' for part in line.split("\t"))


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
