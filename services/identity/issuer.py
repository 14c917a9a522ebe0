"""Authenticates clients and issues access tokens."""

import re
from datetime import datetime
from typing import Any, Final

import structlog
from pydantic import BaseModel, Field

from services.identity import clients, token_request
from services.identity.attempts import MAX_UNKNOWN_AUDITED, FailedAttempts
from services.identity.client_secrets import SecretHashes
from services.identity.keys import SigningKeys
from services.identity.token_request import OAuthError, TokenRequest
from shared.access import policy
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings
from shared.tables.client import Client
from shared.vocabulary import Role

_CLIENT_ID: Final = re.compile(r"[a-z0-9-]{1,63}\.[a-z0-9_]{1,63}\.[0-9]{1,9}")
_NO_CAMPAIGN: Final = "*"  # campaign and organisation of audit entries about unknown clients

log = structlog.get_logger()


class AccessToken(BaseModel):
    """An access token (RFC 6749, section 5.1)."""

    access_token: str = Field(description="Send it as `Authorization: Bearer …`.", examples=["eyJhbGciOiJFUzI1NiIs…"])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Lifetime in seconds.", examples=[600])


class Issuer:
    """Authenticates clients by their secrets and issues access tokens to them."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._keys = SigningKeys(settings, database)
        self._hashes = SecretHashes()
        self._attempts = FailedAttempts()
        self._audited_unknown = FailedAttempts(MAX_UNKNOWN_AUDITED)

    async def authenticate(self, credentials: TokenRequest, address: str, request_id: str) -> Client:
        """Return the client with these credentials. Raises OAuthError, after the same work whether or not the client exists.

        Failed attempts are counted by client and by address. Only an address is blocked before its secret is checked: if a
        client were, anybody could keep a rival from its tokens by guessing secrets in its name.
        """
        client_key, address_key = f"client {credentials.client_id}", f"address {address}"
        now_s = self._clock.elapsed_s()
        _refuse_if_blocked(self._attempts.wait_s((address_key,), now_s))
        client = await self._find_client(credentials.client_id)
        active = client is not None and client.revoked_at is None
        matches = await self._hashes.matches(credentials.secret, client.secret_hash if client is not None and active else None)
        if client is None or not matches:
            wait_s = self._attempts.wait_s((client_key, address_key), now_s)  # other attempts may have failed meanwhile
            self._attempts.count_failure((address_key,) if wait_s else (address_key, client_key), now_s)
            _refuse_if_blocked(wait_s)
            await self._audit(credentials, client, address, request_id)
            log.warning("client_refused", client_id=credentials.client_id if client is not None else "unknown", address=address)
            raise token_request.invalid_client()
        return client

    async def issue_token(self, client: Client) -> AccessToken:
        """Return an access token for an authenticated client, valid at the services that its role may call."""
        now = self._clock.real_now()
        return AccessToken(
            access_token=await sign_token(self._keys, self._settings, client, now),
            token_type="Bearer",
            expires_in=self._settings.token_lifetime_s,
        )

    async def published_keys(self) -> list[dict[str, Any]]:
        """Return the public keys that verify access tokens."""
        return await self._keys.published(self._clock.real_now())

    async def _audit(self, credentials: TokenRequest, client: Client | None, address: str, request_id: str) -> None:
        """Enter a failed attempt in the audit of the client's organisation, or under `*` for an unknown client.

        The number of entries a minute is bounded: ten for each client, `MAX_UNKNOWN_AUDITED` for all unknown clients.
        """
        now = self._clock.real_now()
        if client is None:
            now_s = self._clock.elapsed_s()
            if self._audited_unknown.wait_s((_NO_CAMPAIGN,), now_s):
                return
            self._audited_unknown.count_failure((_NO_CAMPAIGN,), now_s)
        await clients.record_failed_attempt(
            self._database,
            campaign=client.campaign if client else _NO_CAMPAIGN,
            org=client.org if client else _NO_CAMPAIGN,
            # a secret may have been sent as the id
            client_id=credentials.client_id if _CLIENT_ID.fullmatch(credentials.client_id) else "unknown",
            address=address,
            request_id=request_id,
            now=now,
        )

    async def _find_client(self, client_id: str) -> Client | None:
        if not _CLIENT_ID.fullmatch(client_id):
            return None
        async with self._database.session(None) as session:
            return await session.get(Client, client_id)


def _refuse_if_blocked(wait_s: int) -> None:
    if wait_s:
        description = "too many wrong secrets; wait before the next attempt"
        raise OAuthError("temporarily_unavailable", description, 429, {"Retry-After": str(wait_s)})


async def sign_token(keys: SigningKeys, settings: Settings, client: Client, now: datetime) -> str:
    """Return a signed access token for an authenticated client."""
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
    """Return an access token for an operator, who holds the database and the key file instead of the secret; audited."""
    token = await sign_token(SigningKeys(settings, database), settings, client, now)
    await clients.record_operation(database, client, "issue_token", now=now, actor=actor)
    return token
