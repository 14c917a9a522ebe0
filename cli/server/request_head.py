"""Rules for the head of a request that the parser does not check: limits, and one meaning for every server on the way."""

import re
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from shared.problem_members import HeaderLimits, TargetLimit
from shared.problems import HeaderTooLarge, Malformed, Problem, UriTooLong

TARGET_MAX_BYTES: Final = 16 << 10
HEAD_MAX_BYTES: Final = 64 << 10  # the target and all headers
HEADERS_MAX: Final = 100

_HOST: Final = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(?::[0-9]*)?")  # RFC 3986
_ABSOLUTE_TARGET: Final = re.compile(rb"https?://([^/?]*)", re.IGNORECASE)
_Header = tuple[bytes, bytes]


class RequestHead(NamedTuple):
    """Request line and headers; header names in lower case."""

    version: str
    method: bytes
    target: bytes
    headers: Sequence[_Header]

    def without(self, names: Collection[bytes]) -> bytes:
        """Return the bytes of the head without some headers."""
        request_line = b"%s %s HTTP/%s" % (self.method, self.target, self.version.encode())
        headers = (header_line(header) for header in self.headers if header[0] not in names)
        return b"\r\n".join([request_line, *headers, b"", b""])


def header_line(header: _Header) -> bytes:
    """Return a header as it is sent."""
    return b"%s: %s" % header


def head_problem(head: RequestHead) -> Problem | None:
    """Return the reason to refuse a request by its head alone."""
    hosts, codings, size = [], [], len(head.target)
    for name, value in head.headers:
        size += len(name) + len(value)
        if name == b"host":
            hosts.append(value.lower())
        elif name == b"transfer-encoding":
            codings.append(value.lower())
    if size > HEAD_MAX_BYTES or len(head.target) > TARGET_MAX_BYTES or len(head.headers) > HEADERS_MAX:
        return size_problem(head.target)
    error = _version_error(head.version, codings) or _host_error(head.version, hosts) or _target_error(head, hosts)
    return Malformed(*error) if error else None


def size_problem(target: bytes) -> Problem:
    """Return the problem of a head beyond the limits, of which only a part may have arrived."""
    if len(target) > TARGET_MAX_BYTES:
        return UriTooLong(
            f"请求地址不得超过 {TARGET_MAX_BYTES} 字节。",
            f"The request target must not exceed {TARGET_MAX_BYTES} bytes.",
            members=TargetLimit(limit_bytes=TARGET_MAX_BYTES),
        )
    return HeaderTooLarge(
        f"请求头不得超过 {HEADERS_MAX} 个，连同请求地址合计不得超过 {HEAD_MAX_BYTES} 字节。",
        f"A request must not have more than {HEADERS_MAX} headers, or {HEAD_MAX_BYTES} bytes of headers and request target.",
        members=HeaderLimits(limit_bytes=HEAD_MAX_BYTES, limit_headers=HEADERS_MAX),
    )


_Error = tuple[str, str] | None
"""Chinese and English detail of a problem."""


def _version_error(version: str, codings: list[bytes]) -> _Error:
    if version not in ("1.0", "1.1"):
        return "仅支持 HTTP/1.0 和 HTTP/1.1。", "Only HTTP/1.0 and HTTP/1.1 are supported."
    if codings and (codings != [b"chunked"] or version == "1.0"):
        return (
            "Transfer-Encoding 只能是 chunked，且只用于 HTTP/1.1。",
            "Transfer-Encoding must be chunked, and requires HTTP/1.1.",
        )
    return None


def _host_error(version: str, hosts: list[bytes]) -> _Error:
    if len(hosts) > 1 or (not hosts and version == "1.1") or not all(map(_HOST.fullmatch, hosts)):
        return "请求头 Host 应出现且仅出现一次，其值应为主机名。", "The Host header is required once and must be a host name."
    return None


def _target_error(head: RequestHead, hosts: list[bytes]) -> _Error:
    absolute = _ABSOLUTE_TARGET.match(head.target)
    if absolute and [absolute[1].lower()] != hosts:
        return "请求地址与请求头 Host 不是同一主机。", "The request target and the Host header must name the same host."
    if head.method == b"CONNECT" or b"#" in head.target:
        return "请求地址应为路径。", "The request target must be a path."
    return None
