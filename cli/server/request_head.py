"""What the head of a request must be, beyond what the parser asks: bounded, and read the same by everybody on its way."""

import re
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from shared.problems import HeaderTooLarge, Malformed, Problem, UriTooLong

TARGET_MAX_BYTES: Final = 16 << 10
HEAD_MAX_BYTES: Final = 64 << 10  # the target and all headers
HEADERS_MAX: Final = 100

_HOST: Final = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(?::[0-9]*)?")  # RFC 3986
_ABSOLUTE: Final = re.compile(rb"https?://([^/?]*)", re.IGNORECASE)
_Header = tuple[bytes, bytes]


class Head(NamedTuple):
    """The head of a request; names of headers in lower case."""

    version: str
    method: bytes
    target: bytes
    headers: Sequence[_Header]

    def without(self, names: Collection[bytes]) -> bytes:
        """The same without some headers, as it is sent."""
        first = b"%s %s HTTP/%s" % (self.method, self.target, self.version.encode())
        kept = (line(header) for header in self.headers if header[0] not in names)
        return b"\r\n".join([first, *kept, b"", b""])


def line(header: _Header) -> bytes:
    """A header as it is sent."""
    return b"%s: %s" % header


def fault(head: Head) -> Problem | None:
    """Why a request is refused before anybody looks at what it asks for."""
    hosts, codings, size = [], [], len(head.target)
    for name, value in head.headers:
        size += len(name) + len(value)
        if name == b"host":
            hosts.append(value.lower())
        elif name == b"transfer-encoding":
            codings.append(value.lower())
    if size > HEAD_MAX_BYTES or len(head.target) > TARGET_MAX_BYTES or len(head.headers) > HEADERS_MAX:
        return too_large(head.target)
    for told in (_of_version(head.version, codings), _of_host(head.version, hosts), _of_target(head, hosts)):
        if told:
            return Malformed(*told)
    return None


def too_large(target: bytes) -> Problem:
    """The refusal of a head beyond the limits, which may not have come to its end."""
    if len(target) > TARGET_MAX_BYTES:
        return UriTooLong(
            f"网址上限为 {TARGET_MAX_BYTES} 字节",
            f"the target has {TARGET_MAX_BYTES} bytes at most",
            extra={"limit_bytes": TARGET_MAX_BYTES},
        )
    return HeaderTooLarge(
        f"请求头最多 {HEADERS_MAX} 个，连同网址合计 {HEAD_MAX_BYTES} 字节",
        f"there are {HEADERS_MAX} headers at most, of {HEAD_MAX_BYTES} bytes together with the target",
        extra={"limit_bytes": HEAD_MAX_BYTES, "limit_headers": HEADERS_MAX},
    )


_Told = tuple[str, str] | None
"""What is wrong, zh and en."""


def _of_version(version: str, codings: list[bytes]) -> _Told:
    if version not in ("1.0", "1.1"):
        return "只支持 HTTP/1.0 与 HTTP/1.1", "HTTP/1.0 and HTTP/1.1 are spoken here"
    if codings and (codings != [b"chunked"] or version == "1.0"):
        return "Transfer-Encoding 只能是 chunked，且只用于 HTTP/1.1", "Transfer-Encoding can only be chunked, and of HTTP/1.1"
    return None


def _of_host(version: str, hosts: list[bytes]) -> _Told:
    if len(hosts) > 1 or (not hosts and version == "1.1") or not all(map(_HOST.fullmatch, hosts)):
        return "请求头 Host 须出现一次，且为主机名", "the header Host must stand once, and name a host"
    return None


def _of_target(head: Head, hosts: list[bytes]) -> _Told:
    absolute = _ABSOLUTE.match(head.target)
    if absolute and [absolute[1].lower()] != hosts:
        return "请求目标与 Host 不是同一主机", "the target names another host than the header Host"
    if head.method == b"CONNECT" or b"#" in head.target:
        return "请求目标须为路径", "the target must be a path"
    return None
