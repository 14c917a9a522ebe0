"""What is wrong with a push: every error of every row, kept in constant memory."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Self

import orjson

from services.ingest.formats.locator import Locator
from services.ingest.formats.rows import RowError

INLINE = 1_000  # errors that stand in the answer itself
_IN_MEMORY_BYTES = 4 << 20


class Faults:
    """The errors of one push in the order they were found; all are kept on disk, the first also in memory."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self.first: list[dict[str, Any]] = []
        self.total = 0
        self.by_code: Counter[str] = Counter()
        self.rows = 0  # rows refused, each once
        self.locator = Locator()  # knows the cells of rows, once they were read
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - lives as long as the push

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget all."""
        self._file.close()

    def refuse_rows(self, count: int, errors: Iterable[RowError]) -> None:
        """Enter the errors of `count` rows that have not been refused before."""
        self.rows += count
        for error in errors:
            self.total += 1
            self.by_code[error.code.value] += 1
            document = error_document(self.locator.locate(error))
            if self.total <= INLINE:
                self.first.append(document)
            self._file.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))

    def documents(self) -> Iterator[bytes]:
        """Every error as JSON, in order."""
        self._file.seek(0)
        for line in self._file:
            yield line.rstrip(b"\n")


def error_document(error: RowError) -> dict[str, Any]:
    """An error as the report shows it."""
    return {
        "row": error.row,
        "sheet": error.sheet,
        "cell": error.cell,
        "column": error.column,
        "code": error.code.value,
        "value": error.value,
        "message": error.message.model_dump(),
        "hint": error.hint.model_dump() if error.hint else None,
    }
