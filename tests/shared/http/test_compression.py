"""Responses above 1 KiB are compressed for clients that accept it, under a tag of their own."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message

from shared.http.compression import MINIMUM_BYTES, Compression
from shared.http.etag import cache_headers, not_modified
from shared.values.media_types import XLSX

TAG = '"0123"'
LONG = b'{"codes": ["' + b"a" * MINIMUM_BYTES + b'"]}'


async def answer(request: Request) -> Response:
    """A response of the requested size, media type and caching."""
    query = request.query_params
    body = LONG[: int(query.get("size", len(LONG)))]
    headers = cache_headers(TAG) | ({"Cache-Control": "no-store"} if "secret" in query else {})
    return not_modified(request, TAG) or Response(body, headers=headers, media_type=query.get("type", "application/json"))


async def stream(_request: Request) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"row %d\n" % number

    return StreamingResponse(chunks(), media_type="text/csv")


APP = Compression(Starlette(routes=[Route("/", answer), Route("/table", stream)]))


async def get(path: str = "/", **headers: str) -> Response:
    async with AsyncClient(transport=ASGITransport(APP), base_url="http://test") as client:
        sent = {"accept-encoding": "gzip"} | {name.replace("_", "-"): value for name, value in headers.items()}
        request = client.build_request("GET", path, headers=sent)
        answered = await client.send(request, stream=True)
        raw = b"".join([part async for part in answered.aiter_raw()])
        return Response(raw, answered.status_code, dict(answered.headers))


async def test_a_long_response_is_compressed_and_has_another_tag() -> None:
    compressed, plain = await get(), await get(accept_encoding="identity")

    assert gzip.decompress(bytes(compressed.body)) == plain.body == LONG
    assert (compressed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert (compressed.headers["etag"], plain.headers["etag"]) == ('"0123-gzip"', TAG)
    assert compressed.headers["content-length"] == str(len(compressed.body))
    assert "Accept-Encoding" in compressed.headers["vary"]
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize("held", ['"0123-gzip"', '"0123"', 'W/"0123-gzip"', '"other", "0123-gzip"'])
async def test_the_tag_of_either_form_is_known(held: str) -> None:
    unchanged = await get(if_none_match=held)

    assert (unchanged.status_code, unchanged.body) == (304, b"")
    assert unchanged.headers["etag"] == ('"0123-gzip"' if "gzip" in held else TAG)


async def test_another_tag_with_the_suffix_gets_the_response() -> None:
    assert (await get(if_none_match='"9999-gzip"')).status_code == 200


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (f"/?size={MINIMUM_BYTES - 1}", "gzip"),
        (f"/?type={XLSX}", "gzip"),
        ("/?secret=1", "gzip"),
        ("/", "gzip;q=0"),
        ("/", "br"),
        ("/", "gzip;q=0, *"),
        ("/", ""),
    ],
)
async def test_other_responses_stay_as_they_are(path: str, accepted: str) -> None:
    plain = await get(path, accept_encoding=accepted)

    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] == TAG
    assert LONG.startswith(bytes(plain.body))


async def test_each_chunk_of_a_stream_can_be_read_when_it_is_sent() -> None:
    sent: list[Message] = []
    inflated = zlib.decompressobj(31)

    async def receive() -> Message:
        await asyncio.Event().wait()  # the client stays
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/table", "query_string": b"", "headers": [(b"accept-encoding", b"gzip")]}
    await APP(scope, receive, send)

    bodies = [inflated.decompress(message["body"]) for message in sent[1:]]
    assert bodies[:3] == [b"row 0\n", b"row 1\n", b"row 2\n"]
    assert inflated.eof
    assert b"content-length" not in dict(sent[0]["headers"])
