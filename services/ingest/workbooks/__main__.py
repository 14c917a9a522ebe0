"""The worker process; see the package."""

import resource
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

import orjson
from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from services.ingest.workbooks.archive import check_parts, checked_zip, with_usual_names, workbook_parts
from services.ingest.workbooks.properties import read_properties
from services.ingest.workbooks.refused import UnreadableWorkbookError, refuse
from services.ingest.workbooks.rows import FrameCell, frame_rows
from services.ingest.workbooks.scan import SheetScan
from services.ingest.workbooks.styles import read_styles

_COLUMNS_MAX = 256
_FRAME_ROWS = 2_000
_FRAME_BYTES = 128 << 10
_STEP = 50  # rows after which the size of a frame is checked


def limit_process(memory_bytes: int, cpu_s: int) -> None:
    """Limit address space and processor time; forbid core files and writing to files."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


class FrameWriter:
    """Writes frames: four bytes of length, then JSON."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def send(self, frame: dict[str, object]) -> None:
        """Write one frame."""
        self._send(orjson.dumps(frame))

    def _send(self, data: bytes) -> None:
        self._out.write(len(data).to_bytes(4, "big") + data)

    def send_rows(self, rows: Iterator[tuple[int, Sequence[FrameCell]]]) -> None:
        """Write rows, up to 2 000 a frame."""
        chunks: list[bytes] = []
        size = count = 0
        while step := list(islice(rows, _STEP)):
            chunks.append(orjson.dumps(step)[1:-1])
            size += len(chunks[-1])
            count += len(step)
            if count >= _FRAME_ROWS or size > _FRAME_BYTES:
                self._send(_rows_frame(chunks))
                chunks, size, count = [], 0, 0
        if chunks:
            self._send(_rows_frame(chunks))


def _rows_frame(rows: list[bytes]) -> bytes:
    return b'{"rows":[' + b",".join(rows) + b"]}"


def write_frames(file: BinaryIO, frames: FrameWriter, entries: int, inflated_bytes: int, cells: int) -> None:
    """Check a workbook, then write its properties and its sheets, hidden ones too."""
    archive = checked_zip(file, entries, inflated_bytes)
    check_parts(archive)
    file, archive = with_usual_names(file, archive)
    parts = workbook_parts(archive)
    frames.send({"properties": read_properties(archive)})
    styles = read_styles(archive, parts.styles, parts.strings)
    file.seek(0)
    workbook = CalamineWorkbook.from_filelike(file)
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        scan = SheetScan(styles)
        scan.read(archive, parts.sheets.get(sheet.name) or refuse("broken"))
        if scan.area > cells or scan.right >= _COLUMNS_MAX:
            refuse("spread")
        frames.send(
            {
                "sheet": sheet.name,
                "visible": sheet.visible == SheetVisibleEnum.Visible,
                "merged": scan.merged,
                "widths": list(scan.widths.items()),
                "hidden_columns": scan.hidden_columns,
                "hidden_rows": scan.hidden_rows,
            }
        )
        frames.send_rows(frame_rows(workbook.get_sheet_by_name(sheet.name), scan.marks))
    frames.send({"end": True})


def main() -> None:
    """Read a workbook from standard input, within the limits in the first argument."""
    limits = orjson.loads(sys.argv[1])
    limit_process(limits.pop("memory_bytes"), limits.pop("cpu_s"))
    frames = FrameWriter(sys.stdout.buffer)
    try:
        with open(0, "rb", closefd=False) as file:
            file.seek(0)
            write_frames(file, frames, **limits)
    except UnreadableWorkbookError as error:
        frames.send({"refused": str(error)})
    except MemoryError:
        frames.send({"refused": "memory"})
    except PasswordError:
        frames.send({"refused": "no_workbook"})
    except BrokenPipeError:
        sys.exit(1)
    except BaseException:  # noqa: BLE001 - a panic in the Rust reader is a BaseException; whatever fails, the workbook is the cause
        frames.send({"refused": "broken"})
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
