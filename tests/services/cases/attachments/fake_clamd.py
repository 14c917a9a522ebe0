"""A virus scanner that speaks the INSTREAM command of clamd and finds the word VIRUS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


class FakeClamd:
    """The files that the scanner received, and its answers."""

    def __init__(self) -> None:
        self.address = ""
        self.received: list[bytes] = []
        self.reply: bytes | None = None  # instead of a result
        self.max_bytes = 1 << 30
        self.delay_s = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        try:
            assert await reader.readexactly(10) == b"zINSTREAM\0"
            content = b""
            while length := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(length)
                if len(content) > self.max_bytes:
                    writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            self.received.append(content)
            await asyncio.sleep(self.delay_s)
            found = b"stream: Test.Signature FOUND\0" if b"VIRUS" in content else b"stream: OK\0"
            writer.write(found if self.reply is None else self.reply)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def fake_clamd(socket: Path | None = None) -> AsyncIterator[FakeClamd]:
    """Run the scanner during the block, on a unix socket or on a port."""
    clamd = FakeClamd()
    if socket:
        server = await asyncio.start_unix_server(clamd.serve, socket)
        clamd.address = f"unix://{socket}"
    else:
        server = await asyncio.start_server(clamd.serve, "127.0.0.1", 0)
        clamd.address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield clamd
