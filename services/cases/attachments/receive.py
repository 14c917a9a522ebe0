"""Receiving a file: whole, of an accepted type, and scanned, before anything is stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request

from services.cases.attachments.file_names import extension_of, safe_name
from services.cases.attachments.file_types import file_type
from services.cases.attachments.scanner import Scanner
from shared.http.multipart import is_multipart
from shared.http.spool import spool_body
from shared.problems import MediaType
from shared.settings import Settings
from shared.vocabulary import ScanResult


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that may be stored, positioned at its start."""

    file: BinaryIO
    name: str
    media_type: str
    size: int  # bytes
    sha256: str  # hex
    scan: ScanResult


@asynccontextmanager
async def receive_file(request: Request, settings: Settings, scanner: Scanner) -> AsyncIterator[ReceivedFile]:
    """Receive the file of a form; it is deleted when the block ends.

    Raises Malformed for an empty or incomplete body, TooLarge, MediaType for a type that is not accepted or is not the declared
    one, Infected, and Overloaded if the disk is full or the scanner does not answer.
    """
    if not is_multipart(request.headers.get("content-type")):
        raise MediaType(
            "请用 multipart/form-data 上传文件。", "Send the file as multipart/form-data, as browsers and `curl -F` do."
        )
    async with spool_body(request, settings.attachment_max_bytes, settings.spool_dir) as body:
        name = safe_name(body.file_name or "")
        declared = (body.content_type or "").partition(";")[0].strip().lower()
        found = await asyncio.to_thread(file_type, body.file, extension_of(name), declared)
        if not extension_of(name):
            name = safe_name(f"{name}.{found.extensions[0]}")
        scan = await scanner.scan(body.file)
        body.file.seek(0)
        yield ReceivedFile(body.file, name, found.media_type, body.size, body.sha256, scan)
