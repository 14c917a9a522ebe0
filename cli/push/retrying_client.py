"""An HTTP client for one login that sends a request again while the service is unreachable or busy."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import httpx

TIMEOUT: Final = httpx.Timeout(30, connect=10, read=150)  # a large push may wait for another one, then runs for up to a minute
_LONGEST_PAUSE_S: Final = 30.0
BUSY: Final = {429, 502, 503, 504}

NewBody = Callable[[], Iterator[bytes]]
"""Returns the body from its beginning: each attempt sends it anew."""


class PushError(RuntimeError):
    """The push failed; the message gives the reason."""

    exit_code = 1


class UnreachableError(PushError):
    """The service was unreachable or busy until the retries ended. Whether the push was stored may be unknown."""

    exit_code = 3


@dataclass(frozen=True)
class Login:
    """The address of the services and the credentials of a client."""

    server: str
    client_id: str
    secret: str


class RetryingClient:
    """HTTP client that obtains its token when first needed and retries for a limited time."""

    def __init__(self, login: Login, *, language: str, retry_s: float, on_retry: Callable[[str], None]) -> None:
        """`on_retry` gets the reason of each retry."""
        self._login = login
        self._retry_s = retry_s
        self._on_retry = on_retry
        self._token: str | None = None
        self._http = httpx.Client(base_url=login.server, timeout=TIMEOUT, headers={"Accept-Language": language})

    def __enter__(self) -> Self:
        """Close on leaving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._http.close()

    def get(self, path: str, **parameters: str) -> httpx.Response:
        """Return the final response, an error included. Raises PushError."""
        return self._with_retries(lambda: self._http.get(path, params=parameters, headers=self._bearer()))

    def post(self, path: str, new_body: NewBody, parameters: Mapping[str, str], headers: Mapping[str, str]) -> httpx.Response:
        """Return the final response, an error included. Raises PushError."""
        return self._with_retries(
            lambda: self._http.post(path, params=parameters, headers={**headers, **self._bearer()}, content=new_body())
        )

    def _bearer(self) -> dict[str, str]:
        if self._token is None:
            form, credentials = {"grant_type": "client_credentials"}, (self._login.client_id, self._login.secret)
            response = self._http.post("/oauth2/token", data=form, auth=credentials)
            if response.status_code in BUSY:
                raise _BusyError(response)
            if not response.is_success:
                raise PushError(f"no access token: {_error_text(response)}")
            self._token = str(json_object(response).get("access_token"))
        return {"Authorization": f"Bearer {self._token}"}

    def _with_retries(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        deadline, pause_s, token_renewed = time.monotonic() + self._retry_s, 1.0, False
        while True:
            try:
                response = send()
                if response.status_code == 401 and not token_renewed:  # a token lasts ten minutes, a large push may wait longer
                    self._token, token_renewed = None, True
                    continue
                if not _is_temporary(response):
                    return response
                reason, retry_after_s = _error_text(response), _retry_after(response)
            except _BusyError as busy:
                reason, retry_after_s = _error_text(busy.response), _retry_after(busy.response)
            except httpx.TransportError as error:
                reason, retry_after_s = f"{self._login.server} cannot be reached ({str(error) or type(error).__name__})", None
            wait_s = pause_s if retry_after_s is None else retry_after_s
            if time.monotonic() + wait_s > deadline:
                raise UnreachableError(reason)
            self._on_retry(f"{reason}; trying again in {wait_s:.0f} s")
            time.sleep(wait_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


class _BusyError(Exception):
    """The token endpoint is busy."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def json_object(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object in a response; an empty one if there is none, as in a proxy's error page."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _is_temporary(response: httpx.Response) -> bool:
    """Tell whether the same request may soon get another response. Repeating it is safe: it carries its key."""
    return response.status_code in BUSY or (response.status_code == 409 and json_object(response).get("code") == "still_running")


def _retry_after(response: httpx.Response) -> float | None:
    header = response.headers.get("Retry-After", "")
    return float(header) if header.isdecimal() else None


def _error_text(response: httpx.Response) -> str:
    body = json_object(response)
    text = body.get("detail") or body.get("error_description") or body.get("title") or response.reason_phrase
    return f"{response.status_code} {text}"
