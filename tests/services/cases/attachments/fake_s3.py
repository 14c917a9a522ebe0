"""An S3-compatible server of one bucket, in memory: the requests that the store makes, with their signatures looked at."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ACCESS_KEY = "AKTEST"


class FakeS3(ThreadingHTTPServer):
    """The objects of a bucket, and the parts of uploads that were not completed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.requests: list[tuple[str, str]] = []
        self.failing = False  # answers 503

    @property
    def environment(self) -> dict[str, str]:
        """The variables under which a client finds this server."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": "secret",
        }


class _Handler(BaseHTTPRequestHandler):
    server: FakeS3
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        key = unquote(url.path).removeprefix("/bucket").removeprefix("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.command, self.path))
        if f"Credential={ACCESS_KEY}/" not in self.headers.get("Authorization", ""):
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        elif self.headers["x-amz-content-sha256"] not in (hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"):
            self._answer(400, b"<Error><Code>XAmzContentSHA256Mismatch</Code></Error>")
        elif self.server.failing:
            self._answer(503, b"<Error><Code>SlowDown</Code></Error>")
        else:
            getattr(self, f"_{self.command.lower()}")(key, query, body)

    do_GET = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815 - names of http.server

    def _get(self, key: str, query: dict[str, str], _body: bytes) -> None:
        if "list-type" in query:
            contents = "".join(
                f"<Contents><Key>{name}</Key><Size>{len(content)}</Size><LastModified>2022-09-06T00:00:00Z</LastModified></Contents>"
                for name, content in sorted(self.server.objects.items())
                if name.startswith(query.get("prefix", ""))
            )
            self._answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>".encode())
            return
        content = self.server.objects.get(key)
        if content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"]).groups())  # type: ignore[union-attr]
        if first >= len(content):
            self._answer(416, b"<Error><Code>InvalidRange</Code></Error>")
            return
        last = min(last, len(content) - 1)
        self._answer(206, content[first : last + 1], {"Content-Range": f"bytes {first}-{last}/{len(content)}"})

    def _put(self, key: str, query: dict[str, str], body: bytes) -> None:
        if "partNumber" in query:
            self.server.uploads[query["uploadId"]][int(query["partNumber"])] = body
        else:
            self.server.objects[key] = body
        self._answer(200, b"", {"ETag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'})

    def _post(self, key: str, query: dict[str, str], _body: bytes) -> None:
        if "uploads" in query:
            upload = f"upload-{len(self.server.requests)}"
            self.server.uploads[upload] = {}
            self._answer(
                200, f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>".encode()
            )
        elif "uploadId" in query:
            parts = self.server.uploads.pop(query["uploadId"])
            self.server.objects[key] = b"".join(parts[number] for number in sorted(parts))
            self._answer(200, b'<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>')

    def _delete(self, key: str, query: dict[str, str], _body: bytes) -> None:
        if "uploadId" in query:
            self.server.uploads.pop(query["uploadId"], None)
        else:
            self.server.objects.pop(key, None)
        self._answer(204, b"")

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"ETag": '"1"', "Last-Modified": "Tue, 06 Sep 2022 00:00:00 GMT", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def fake_s3() -> Iterator[FakeS3]:
    """Run the server during the block."""
    with FakeS3() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
