"""Uploads by processes that kill themselves at a step. Started by a test, with the settings in the environment.

Arguments: the path of the attachments, and the Authorization header. Prints each step with the signal that ended it.
"""

import asyncio
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Final

import httpx

from cli.server.applications import create_application
from services.cases.attachments import receive
from services.cases.attachments.store import AttachmentStore
from services.cases.items import attachments
from shared.clock import Clock
from shared.http.idempotency import StoredResponse
from shared.settings import Settings
from tests.services.cases.attachments.sample_files import PDF

LONG: Final = PDF + b" " * (12 << 20)


def die(*_: object, **__: object) -> None:
    """End the process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return an asynchronous function that dies before it returns."""

    async def dying(*arguments: Any, **named: Any) -> None:
        await function(*arguments, **named)
        die()

    return dying


class DyingFile(io.BytesIO):
    """A file at whose middle the process dies."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read a part."""
        if self.tell() >= len(LONG) // 2:
            die()
        return super().read(size)


async def put_half(store: AttachmentStore, attachment_id: Any, _file: Any) -> None:
    """Put half of a file."""
    await PUT(store, attachment_id, DyingFile(LONG))


PUT: Final = AttachmentStore.put
STEPS: Final[dict[str, tuple[Any, str, Callable[..., Any]]]] = {
    "received": (receive, "file_type", die),
    "noted": (AttachmentStore, "put", die),
    "half put": (AttachmentStore, "put", put_half),
    "put": (AttachmentStore, "put", after(PUT)),
    "attached, not committed": (attachments, "attach", after(attachments.attach)),
    "committed": (StoredResponse, "to_response", die),
}


async def upload(path: str, authorization: str) -> None:
    """Send one upload to a service in this process."""
    app = create_application("cases", settings := Settings(), Clock(settings.now))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://cases") as client,
    ):
        files = {"file": ("a.pdf", LONG, "application/pdf")}
        answer = await client.post(path, files=files, headers={"Authorization": authorization})
        sys.stdout.write(answer.text)


if __name__ == "__main__":
    for step, (owner, name, replacement) in STEPS.items():
        child = os.fork()
        if not child:
            setattr(owner, name, replacement)
            asyncio.run(upload(*sys.argv[1:]))
            os._exit(1)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{step}: {os.waitstatus_to_exitcode(status)}\n")
