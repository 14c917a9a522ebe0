"""The demo's HTTP calls, each with the token of an organisation."""

import json
from pathlib import Path
from typing import Any, Self

import httpx

from services.identity.clients import IssuedClient
from shared.values import media_types
from shared.vocabulary import Role

Caller = tuple[str, str, Role]  # campaign, organisation, role


class DemoError(RuntimeError):
    """The services refused a step of the demo; the message holds their answer."""


class DemoClient:
    """Calls in the name of organisations; a token is obtained when one is first needed."""

    def __init__(self, address: str, clients: dict[Caller, IssuedClient]) -> None:
        """`address` is that of the entry."""
        self.address = address
        self.clients = clients
        self._tokens: dict[Caller, str] = {}
        self._http = httpx.Client(base_url=address, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        """Close on leaving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._http.close()

    def get(self, who: Caller, path: str, **parameters: str) -> dict[str, Any]:
        """The body of an answer. Raises DemoError."""
        return self._body(self._http.get(path, params=parameters, headers=self._bearer(who)))

    def push(self, who: Caller, file: Path, key: str) -> dict[str, Any]:
        """The import that a file of observations became. Raises DemoError."""
        headers = {**self._bearer(who), "Content-Type": media_types.BY_SUFFIX[file.suffix], "Idempotency-Key": key}
        return self._body(self._http.post("/v1/observations", content=file.read_bytes(), headers=headers))

    def issue_report(self, who: Caller, report: dict[str, str]) -> dict[str, Any]:
        """The monthly report that is issued. Raises DemoError."""
        return self._body(self._http.post("/v1/reports", json=report, headers=self._bearer(who)))

    def approve_case(self, filed_by: Caller, approved_by: Caller, case: dict[str, str], on: str) -> None:
        """Register, submit and approve an application case. Raises DemoError."""
        filed = self._body(self._http.post("/v1/cases", json=case, headers=self._bearer(filed_by)))
        path = f"/v1/cases/{filed['id']}"
        for who, move in ((filed_by, {"move": "submit"}), (approved_by, {"move": "approve", "on": on})):
            seen = self._http.get(path, headers=self._bearer(who)).headers.get("ETag", "")
            self._body(self._http.post(f"{path}/moves", json=move, headers={**self._bearer(who), "If-Match": seen}))

    def _bearer(self, who: Caller) -> dict[str, str]:
        if who not in self._tokens:
            client = self.clients[who]
            form = {"grant_type": "client_credentials"}
            answer = self._http.post("/oauth2/token", data=form, auth=(client.client_id, client.secret))
            self._tokens[who] = self._body(answer)["access_token"]
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    @staticmethod
    def _body(answer: httpx.Response) -> dict[str, Any]:
        if not answer.is_success:
            asked = f"{answer.request.method} {answer.request.url.path}"
            raise DemoError(f"{asked} was answered {answer.status_code}:\n{answer.text[:4000]}")
        body: dict[str, Any] = json.loads(answer.content)
        return body
