"""The demo's HTTP calls, each with the token of an organisation."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx

from services.identity.clients import IssuedClient
from shared.problems import RowsRefused
from shared.values import media_types
from shared.values.push_paths import push_path
from shared.vocabulary import Role, Severity

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
        return self._body(self._http.get(path, params=parameters, headers=self.bearer(caller)))

    def push(self, caller: DemoCaller, file: Path, key: str) -> dict[str, Any]:
        """Push a file of counts and return the import. Raises DemoError."""
        media_type = media_types.BY_SUFFIX[file.suffix]
        headers = {**self.bearer(caller), "Content-Type": media_type, "Idempotency-Key": key}
        path = push_path("observations", media_type)
        return self._body(self._http.post(path, content=file.read_bytes(), headers=headers))

    def push_with_errors(self, caller: DemoCaller, sheet: str) -> None:
        """Push a CSV with invalid rows. Raises DemoError unless it is refused for them."""
        path, headers = push_path("observations", media_types.CSV), {"Content-Type": media_types.CSV}
        refused = self._http.post(path, content=sheet.encode(), headers={**self.bearer(caller), **headers})
        if refused.json().get("code") != RowsRefused.code():
            raise DemoError(f"rows with errors were not refused:\n{refused.text[:4000]}")

    def post(self, caller: DemoCaller, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a resource and return it. Raises DemoError."""
        return self._body(self._http.post(path, json=body, headers=self.bearer(caller)))

    def edit(self, caller: DemoCaller, path: str, changes: Mapping[str, Any]) -> None:
        """Edit an item, as it is now. Raises DemoError."""
        etag = self._http.get(path, headers=self.bearer(caller)).headers.get("ETag", "")
        self._body(self._http.patch(path, json=changes, headers={**self.bearer(caller), "If-Match": etag}))

    def move(self, caller: DemoCaller, path: str, move: Mapping[str, Any]) -> None:
        """Make a move of an item or a submission, as it is now. Raises DemoError."""
        etag = self._http.get(path, headers=self.bearer(caller)).headers.get("ETag", "")
        self._body(self._http.post(f"{path}/moves", json=move, headers={**self.bearer(caller), "If-Match": etag}))

    def attach(self, caller: DemoCaller, path: str, file: Path) -> None:
        """Attach a file to an item. Raises DemoError."""
        form = {"file": (file.name, file.read_bytes(), media_types.BY_SUFFIX.get(file.suffix, media_types.OCTET_STREAM))}
        self._body(self._http.post(f"{path}/attachments", files=form, headers=self.bearer(caller)))

    def explain_findings(self, caller: DemoCaller, month: str, text: str) -> None:
        """Explain the findings of the caller's month that would keep it from being submitted. Raises DemoError."""
        for finding in self.get(caller, "/v1/findings", month=month)["items"]:
            if finding["org"] == caller[1] and finding["severity"] == Severity.WARN:
                path = f"/v1/findings/{finding['id']}/explanation"
                self._body(self._http.put(path, json={"text": text}, headers=self.bearer(caller)))

    def bearer(self, caller: DemoCaller) -> dict[str, str]:
        """Return the header with a token of this organisation and role. Raises DemoError."""
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
