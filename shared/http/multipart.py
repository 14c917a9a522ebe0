"""The one file of a `multipart/form-data` body, as browsers and `curl -F` send it (RFC 7578)."""

from collections.abc import AsyncIterator
from email.message import Message
from email.parser import HeaderParser
from typing import NoReturn

from shared.problems import Malformed, MediaType

_HEADER_BYTES = 16 << 10
_BOUNDARY_LENGTH = 70  # characters, as RFC 2046 limits them
_NAME_LENGTH = 64  # characters of a name in a problem


class FilePart:
    """The only part of a body, which must be a file."""

    def __init__(self, content_type: str) -> None:
        """Raise MediaType if the Content-Type names no boundary."""
        message = Message()
        message["content-type"] = content_type
        boundary = message.get_boundary() or ""
        if not 0 < len(boundary) <= _BOUNDARY_LENGTH or not boundary.isascii():
            raise MediaType("multipart/form-data 缺少 boundary。", "multipart/form-data must name its boundary.")
        self.content_type: str | None = None  # these two are known once the content is being read
        self.file_name = ""
        self._delimiter = b"\r\n--" + boundary.encode()
        self._first = ""  # name of the file's part

    async def content(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield the content of the file. Raises MediaType for a body with other parts, Malformed for an incomplete one."""
        buffer = b"\r\n"  # a delimiter begins with a line end, which the first one may lack
        is_in_file = False
        async for chunk in chunks:
            buffer += chunk
            while True:
                if is_in_file:
                    content, delimiter, rest = buffer.partition(self._delimiter)
                    if not delimiter:
                        kept = len(self._delimiter) - 1
                        yield buffer[:-kept]
                        buffer = buffer[-kept:]
                        break
                    yield content
                    buffer, is_in_file = delimiter + rest, False
                end = self._end_of_header(buffer)
                if end is None:
                    break
                if end < 0:  # the last delimiter
                    async for _ in chunks:  # what follows it means nothing
                        pass
                    return
                self._read_header(buffer[:end].partition(self._delimiter[2:])[2])
                buffer, is_in_file = buffer[end:], True
        raise Malformed("multipart/form-data 请求体不完整。", "The multipart/form-data body is incomplete.")

    def _end_of_header(self, buffer: bytes) -> int | None:
        """Return where the header after a delimiter ends; -1 for the last delimiter, None if more must be read."""
        start = buffer.find(self._delimiter[2:])
        after = start + len(self._delimiter) - 2
        if start >= 0 and buffer[after : after + 2] == b"--":
            return -1
        end = buffer.find(b"\r\n\r\n", max(start, 0))
        if start >= 0 and end >= 0:
            return end + 4
        if len(buffer) > _HEADER_BYTES:
            raise Malformed("multipart/form-data 请求体格式有误。", "The multipart/form-data body is malformed.")
        return None

    def _read_header(self, header: bytes) -> None:
        part = HeaderParser().parsestr(header.lstrip().decode(errors="replace"))  # browsers and curl write names in UTF-8
        name = str(part.get_param("name", "", header="content-disposition"))[:_NAME_LENGTH]
        file_name = part.get_filename()
        if file_name is None:
            _refuse(f"字段“{name}”", f"the field {name!r}")
        if self._first:
            _refuse(f"“{self._first}”和“{name}”", f"{self._first!r} and {name!r}")
        self._first = name or "file"
        self.content_type, self.file_name = part.get("content-type"), file_name


def is_multipart(content_type: str | None) -> bool:
    """Return whether a Content-Type header is that of a form."""
    return (content_type or "").partition(";")[0].strip().lower() == "multipart/form-data"


def _refuse(zh: str, en: str) -> NoReturn:
    raise MediaType(
        f"multipart/form-data 只能含一个文件，而请求体中有{zh}；其他参数请写在网址的查询参数中。",
        f"multipart/form-data must contain one file only, but the body has {en}; send parameters in the query.",
    )
