"""The row errors of a push: the first ones in full, and the number of all of them by code."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Self

import orjson

from services.ingest.formats.locator import Locator
from services.ingest.formats.rows import RowError
from shared.values.bilingual import Bilingual

ERRORS_LISTED = 1_000  # errors in the response itself
ERRORS_RECORDED = 10_000  # errors that are described at all: nobody corrects more of them one by one
_IN_MEMORY_BYTES = 4 << 20


class RowErrors:
    """The errors of one push in the order in which they were found: the first in memory, some more on disk, all counted."""

    def __init__(self) -> None:
        self.first: list[dict[str, Any]] = []
        self.total = 0
        self.by_code: Counter[str] = Counter()
        self.rows = 0  # rejected rows, each counted once
        self.locator = Locator()  # knows the cells of rows that have been read
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - lives as long as the push

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def reject_rows(self, count: int, errors: Iterable[RowError]) -> None:
        """Enter the errors of `count` rows that have not been rejected before."""
        self.rows += count
        for error in errors:
            self.total += 1
            self.by_code[error.code.value] += 1
            if self.total > ERRORS_RECORDED:
                continue
            document = error_document(self.locator.locate(error))
            if self.total <= ERRORS_LISTED:
                self.first.append(document)
            self._file.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))

    def documents(self) -> Iterator[bytes]:
        """Yield the first `ERRORS_RECORDED` errors as JSON, in order."""
        self._file.seek(0)
        for line in self._file:
            yield line.rstrip(b"\n")


def error_document(error: RowError) -> dict[str, Any]:
    """Return an error as reports show it."""
    return {
        "row": error.row,
        "sheet": error.sheet,
        "cell": error.cell,
        "column": error.column,
        "code": error.code.value,
        "value": error.value,
        "message": _texts(error.message),
        "hint": _texts(error.hint) if error.hint else None,
    }


def _texts(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
