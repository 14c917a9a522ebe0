"""The calls of `gigacity push`: a token when one is needed, and patience with a service that cannot answer now."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import httpx

TIMEOUT: Final = httpx.Timeout(30, connect=10, read=150)  # a large push is applied in up to a minute, after its turn came
LONGEST_PAUSE_S: Final = 30.0
BUSY: Final = {429, 502, 503, 504}

Body = Callable[[], Iterator[bytes]]
"""Begins the body anew at each try."""


class PushError(RuntimeError):
    """The push did not come about; the message says why."""

    exit_code = 1


class UnreachableError(PushError):
    """Nobody answered, or nobody could, for as long as patience lasted. Whether it took effect may be unknown."""

    exit_code = 3


@dataclass(frozen=True)
class Login:
    """Who calls, and where."""

    server: str
    client_id: str
    secret: str


class Sender:
    """Calls in the name of one client. What did not reach the service, or met it busy, is sent again, bounded by time."""

    def __init__(self, login: Login, *, language: str, patience_s: float, tell: Callable[[str], None]) -> None:
        """`tell` hears why something is sent again."""
        self._login = login
        self._patience_s = patience_s
        self._tell = tell
        self._token: str | None = None
        self._http = httpx.Client(base_url=login.server, timeout=TIMEOUT, headers={"Accept-Language": language})

    def __enter__(self) -> Self:
        """Close on leaving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._http.close()

    def get(self, path: str, **parameters: str) -> httpx.Response:
        """An answer that is final, whatever it says. Raises PushError."""
        return self._patiently(lambda: self._http.get(path, params=parameters, headers=self._bearer()))

    def post(self, path: str, body: Body, parameters: Mapping[str, str], headers: Mapping[str, str]) -> httpx.Response:
        """An answer that is final, whatever it says. Raises PushError."""

        def once() -> httpx.Response:
            return self._http.post(path, params=parameters, headers={**headers, **self._bearer()}, content=body())

        return self._patiently(once)

    def _bearer(self) -> dict[str, str]:
        if self._token is None:
            form, login = {"grant_type": "client_credentials"}, (self._login.client_id, self._login.secret)
            answer = self._http.post("/oauth2/token", data=form, auth=login)
            if answer.status_code in BUSY:
                raise _BusyError(answer)
            if not answer.is_success:
                raise PushError(f"no access token: {_said(answer)}")
            self._token = str(document(answer).get("access_token"))
        return {"Authorization": f"Bearer {self._token}"}

    def _patiently(self, once: Callable[[], httpx.Response]) -> httpx.Response:
        deadline, pause, renewed = time.monotonic() + self._patience_s, 1.0, False
        while True:
            try:
                answer = once()
                if answer.status_code == 401 and not renewed:  # a token lasts ten minutes, a large push may wait longer
                    self._token, renewed = None, True
                    continue
                if not _for_now(answer):
                    return answer
                why, wanted = _said(answer), _retry_after(answer)
            except _BusyError as busy:
                why, wanted = _said(busy.answer), _retry_after(busy.answer)
            except httpx.TransportError as error:
                why, wanted = f"{self._login.server} cannot be reached ({str(error) or type(error).__name__})", None
            wait = pause if wanted is None else wanted
            if time.monotonic() + wait > deadline:
                raise UnreachableError(why)
            self._tell(f"{why}; trying again in {wait:.0f} s")
            time.sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE_S)


class _BusyError(Exception):
    """The token endpoint cannot answer now."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


def document(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty where it has none, as a proxy's page."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _for_now(answer: httpx.Response) -> bool:
    """Whether the same request may have another answer in a moment; repeating it never hurts, as it carries its key."""
    return answer.status_code in BUSY or (answer.status_code == 409 and document(answer).get("code") == "still_running")


def _retry_after(answer: httpx.Response) -> float | None:
    wanted = answer.headers.get("Retry-After", "")
    return float(wanted) if wanted.isdecimal() else None


def _said(answer: httpx.Response) -> str:
    body = document(answer)
    text = body.get("detail") or body.get("error_description") or body.get("title") or answer.reason_phrase
    return f"{answer.status_code} {text}"
