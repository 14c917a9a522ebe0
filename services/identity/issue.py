"""POST /oauth2/token: a client's name and secret against an access token of ten minutes."""

import re
from datetime import datetime
from typing import Any, Final

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.identity import clients, token_request
from services.identity.attempts import MAX_UNKNOWN_AUDITED, Attempts
from services.identity.client_secrets import SecretHashes
from services.identity.keys import SigningKeys
from services.identity.token_request import OAuthError, TokenRequest
from shared.access import policy
from shared.clock import Clock
from shared.database.database import Database
from shared.http.json_response import JsonResponse
from shared.settings import Settings
from shared.tables.client import Client
from shared.vocabulary import Role

NOT_STORED: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CLIENT_ID: Final = re.compile(r"[a-z0-9-]{1,63}\.[a-z0-9_]{1,63}\.[0-9]{1,9}")
_NOBODY: Final = "*"

log = structlog.get_logger()
router = APIRouter(tags=["identity"])


class AccessToken(BaseModel):
    """An access token (RFC 6749, section 5.1)."""

    access_token: str = Field(description="To be sent as `Authorization: Bearer …`.", examples=["eyJhbGciOiJFUzI1NiIs…"])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds.", examples=[600])


class TokenRefused(BaseModel):
    """A refusal (RFC 6749, section 5.2)."""

    error: str = Field(examples=["invalid_client"])
    error_description: str = Field(examples=["unknown client, wrong secret, or revoked client"])


class Issuer:
    """Tells clients from impostors, and gives the clients access tokens."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        """Nothing is read before the first request."""
        self._settings = settings
        self._database = database
        self._clock = clock
        self._keys = SigningKeys(settings, database)
        self._hashes = SecretHashes()
        self._attempts = Attempts()
        self._audited = Attempts(MAX_UNKNOWN_AUDITED)

    async def authenticated(self, asked: TokenRequest, address: str, request_id: str) -> Client:
        """The client that asks. Raises OAuthError, after the same work whether or not there is such a client.

        Wrong secrets are counted for client and address. Only an address has to wait with whatever it asks: if a client had to
        as well, anybody could keep a rival from its tokens by guessing in its name.
        """
        of_client, of_address = f"client {asked.client_id}", f"address {address}"
        now_s = self._clock.real_now().timestamp()
        _refuse_guessing(self._attempts.wait_s((of_address,), now_s))
        client = await self._client(asked.client_id)
        usable = client is not None and client.revoked_at is None
        fits = await self._hashes.fits(asked.secret, client.secret_hash if client is not None and usable else None)
        if client is None or not fits:
            wait_s = self._attempts.wait_s((of_client, of_address), now_s)  # others may have guessed wrong meanwhile
            self._attempts.wrong((of_address,) if wait_s else (of_address, of_client), now_s)
            _refuse_guessing(wait_s)
            await self._audit(asked, client, address, request_id)
            log.warning("client_refused", client_id=asked.client_id if client is not None else "unknown", address=address)
            raise token_request.refused()
        return client

    async def token(self, client: Client) -> AccessToken:
        """An access token for a client, good at the services its role needs."""
        now = self._clock.real_now()
        return AccessToken(
            access_token=await access_token(self._keys, self._settings, client, now),
            token_type="Bearer",
            expires_in=self._settings.token_lifetime_s,
        )

    async def published_keys(self) -> list[dict[str, Any]]:
        """The public keys that verify our tokens."""
        return await self._keys.published(self._clock.real_now())

    async def _audit(self, asked: TokenRequest, client: Client | None, address: str, request_id: str) -> None:
        """Enter a wrong secret in the audit of whose client was meant; of clients that never were, in nobody's.

        The limits bound the rows: ten a minute for each client, and `MAX_UNKNOWN_AUDITED` for all the names that are none.
        """
        now = self._clock.real_now()
        if client is None:
            if self._audited.wait_s((_NOBODY,), now.timestamp()):
                return
            self._audited.wrong((_NOBODY,), now.timestamp())
        await clients.record_refusal(
            self._database,
            campaign=client.campaign if client else _NOBODY,
            org=client.org if client else _NOBODY,
            client_id=asked.client_id if _CLIENT_ID.fullmatch(asked.client_id) else "unknown",  # it may be a mistaken secret
            address=address,
            request_id=request_id,
            now=now,
        )

    async def _client(self, client_id: str) -> Client | None:
        if not _CLIENT_ID.fullmatch(client_id):
            return None
        async with self._database.session(None) as session:
            return await session.get(Client, client_id)


def _refuse_guessing(wait_s: int) -> None:
    if wait_s:
        description = "too many wrong secrets; wait before the next attempt"
        raise OAuthError("temporarily_unavailable", description, 429, {"Retry-After": str(wait_s)})


async def access_token(keys: SigningKeys, settings: Settings, client: Client, now: datetime) -> str:
    """An access token for a client that is known to be who it says."""
    role = Role(client.role)
    key = await keys.current(now)
    return key.issue(
        issuer=settings.token_issuer,
        client_id=client.client_id,
        campaign=client.campaign,
        org=client.org,
        role=role,
        audience=policy.token_audience(role),
        now_s=int(now.timestamp()),
        life_s=settings.token_lifetime_s,
    )


async def token_for_operator(database: Database, settings: Settings, client: Client, now: datetime, actor: str) -> str:
    """An access token for a client without its secret, for whoever holds the database and the key file. Is audited."""
    token = await access_token(SigningKeys(settings, database), settings, client, now)
    await clients.record(database, client, "issue_token", now=now, actor=actor)
    return token


REQUEST_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        token_request.FORM: {
            "schema": {
                "type": "object",
                "required": ["grant_type"],
                "properties": {
                    "grant_type": {"type": "string", "enum": ["client_credentials"]},
                    "client_id": {"type": "string", "description": "Left out with HTTP Basic."},
                    "client_secret": {"type": "string", "description": "Left out with HTTP Basic."},
                    "scope": {"type": "string", "description": "Ignored: a token may do what its client's role may."},
                },
            },
            "example": {
                "grant_type": "client_credentials",
                "client_id": "liangjiang-2022.telecom.1",
                "client_secret": "the secret shown when the client was created",
            },
        }
    },
}


@router.post(
    "/oauth2/token",
    response_model=AccessToken,
    responses={
        400: {"model": TokenRefused, "description": "`invalid_request`, `unsupported_grant_type`"},
        401: {"model": TokenRefused, "description": "`invalid_client`"},
        429: {"model": TokenRefused, "description": "Ten wrong secrets within a minute; see `Retry-After`."},
    },
    openapi_extra={"requestBody": REQUEST_BODY, "security": []},
)
async def issue_token(request: Request) -> Response:
    """Get an access token for a client's name and secret (client credentials; HTTP Basic or form fields)."""
    issuer: Issuer = request.app.state.issuer
    try:
        asked = await token_request.read(request)
        address = request.client.host if request.client else "unknown"
        client = await issuer.authenticated(asked, address, request.state.request_id)
    except OAuthError as error:
        refusal = TokenRefused(error=error.error, error_description=error.description)
        return JsonResponse(refusal.model_dump(), error.status, {**NOT_STORED, **error.headers})
    return JsonResponse((await issuer.token(client)).model_dump(), headers=NOT_STORED)
