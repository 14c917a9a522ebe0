"""The virus scanner: the INSTREAM command of clamd, over TCP or a unix socket."""

import asyncio
from typing import BinaryIO, Final
from urllib.parse import SplitResult, urlsplit

import structlog

from shared.problems import Infected, Overloaded
from shared.vocabulary import ScanResult

SCAN_TIMEOUT_S: Final = 60.0
_CONNECT_TIMEOUT_S: Final = 5.0
_PIECE_BYTES: Final = 64 << 10
_REPLY_MAX_BYTES: Final = 4 << 10

_log = structlog.get_logger()


class Scanner:
    """Scans files with clamd at an address; without one, every file is unscanned."""

    def __init__(self, address: str | None) -> None:
        """`address` is `tcp://HOST:PORT` or `unix:///PATH`."""
        self._address = urlsplit(address) if address else None

    async def scan(self, file: BinaryIO) -> ScanResult:
        """Return the result for the whole file. Raises Infected; Overloaded if the scanner gives no result."""
        if self._address is None:
            return ScanResult.UNSCANNED
        file.seek(0)
        try:
            async with asyncio.timeout(SCAN_TIMEOUT_S):
                reply = await _reply_to(self._address, file)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise _unavailable(str(error) or type(error).__name__) from error
        if reply == "stream: OK":
            return ScanResult.CLEAN
        if reply.endswith(" FOUND"):
            name = reply.removeprefix("stream: ").removesuffix(" FOUND")[:64]
            _log.warning("infected_attachment", found=name)
            raise Infected(f"病毒扫描发现：{name}。文件未保存。", f"The virus scanner found {name}; the file was not stored.")
        raise _unavailable(reply)


async def _reply_to(address: SplitResult, file: BinaryIO) -> str:
    async with asyncio.timeout(_CONNECT_TIMEOUT_S):
        reader, writer = await _connect(address)
    try:
        writer.write(b"zINSTREAM\0")
        try:
            while piece := file.read(_PIECE_BYTES):
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
        except ConnectionError:
            pass  # clamd stops reading a stream that is too long for it, and says so
        return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace")
    finally:
        writer.close()


async def _connect(address: SplitResult) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.scheme == "unix":
        return await asyncio.open_unix_connection(address.path, limit=_REPLY_MAX_BYTES)
    return await asyncio.open_connection(address.hostname, address.port, limit=_REPLY_MAX_BYTES)


def _unavailable(reason: str) -> Overloaded:
    _log.error("scanner_unavailable", reason=reason[:200])
    return Overloaded(
        "病毒扫描服务暂时不可用，文件未保存；请稍后重试。",
        "The virus scanner is not available and the file was not stored; try again later.",
        headers={"Retry-After": "10"},
    )
