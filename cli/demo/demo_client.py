"""The demo's HTTP calls, each with the token of an organisation."""

import json
from pathlib import Path
from typing import Any, Self

import httpx

from services.identity.clients import IssuedClient
from shared.values import media_types
from shared.values.push_paths import push_path
from shared.vocabulary import Role

DemoCaller = tuple[str, str, Role]
"""Campaign, organisation and role."""


class DemoError(RuntimeError):
    """A service refused a request of the demo; the message contains its response."""


class DemoClient:
    """HTTP client that acts for all organisations and obtains each token when first needed."""

    def __init__(self, address: str, clients: dict[DemoCaller, IssuedClient]) -> None:
        """`address` is that of the services."""
        self.address = address
        self.clients = clients
        self._tokens: dict[DemoCaller, str] = {}
        self._http = httpx.Client(base_url=address, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        """Close on leaving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._http.close()

    def get(self, caller: DemoCaller, path: str, **parameters: str) -> dict[str, Any]:
        """Return the body of a resource. Raises DemoError."""
        return self._body(self._http.get(path, params=parameters, headers=self._bearer(caller)))

    def push(self, caller: DemoCaller, file: Path, key: str) -> dict[str, Any]:
        """Push a file of counts and return the import. Raises DemoError."""
        media_type = media_types.BY_SUFFIX[file.suffix]
        headers = {**self._bearer(caller), "Content-Type": media_type, "Idempotency-Key": key}
        path = push_path("observations", media_type)
        return self._body(self._http.post(path, content=file.read_bytes(), headers=headers))

    def issue_report(self, caller: DemoCaller, report: dict[str, str]) -> dict[str, Any]:
        """Issue a monthly report and return it. Raises DemoError."""
        return self._body(self._http.post("/v1/reports", json=report, headers=self._bearer(caller)))

    def approve_case(self, applicant: DemoCaller, approver: DemoCaller, case: dict[str, str], on: str) -> None:
        """Create, submit and approve an application case. Raises DemoError."""
        draft = self._body(self._http.post("/v1/cases", json=case, headers=self._bearer(applicant)))
        path = f"/v1/cases/{draft['id']}"
        for caller, move in ((applicant, {"move": "submit"}), (approver, {"move": "approve", "on": on})):
            etag = self._http.get(path, headers=self._bearer(caller)).headers.get("ETag", "")
            self._body(self._http.post(f"{path}/moves", json=move, headers={**self._bearer(caller), "If-Match": etag}))

    def _bearer(self, caller: DemoCaller) -> dict[str, str]:
        if caller not in self._tokens:
            client = self.clients[caller]
            form = {"grant_type": "client_credentials"}
            response = self._http.post("/oauth2/token", data=form, auth=(client.client_id, client.secret))
            self._tokens[caller] = self._body(response)["access_token"]
        return {"Authorization": f"Bearer {self._tokens[caller]}"}

    @staticmethod
    def _body(response: httpx.Response) -> dict[str, Any]:
        if not response.is_success:
            request = f"{response.request.method} {response.request.url.path}"
            raise DemoError(f"{request} returned {response.status_code}:\n{response.text[:4000]}")
        body: dict[str, Any] = json.loads(response.content)
        return body
