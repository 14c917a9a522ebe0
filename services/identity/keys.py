"""The keys that sign access tokens: created when first needed, sealed at rest, replaced every month without interruption.

A new key is published well before it signs, so that every service knows it by then, and stays published until the last token
that it signed has expired.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.identity.sealing import Seal, SealingError
from shared.access import tokens
from shared.database.database import Database, psycopg_connection
from shared.settings import Settings
from shared.tables.signing_key import SigningKey

CACHE_S: Final = 300  # of the published keys in HTTP caches
PUBLISHED_AHEAD: Final = timedelta(seconds=2 * CACHE_S)  # of signing
KEPT_AFTER: Final = timedelta(seconds=tokens.MAX_LIFE_S + tokens.CLOCK_SKEW_S)  # after the last signature
REPLACED_AFTER: Final = timedelta(days=30)
KEYS_LOCK: Final = 0x67696761_6B657973  # of pg_advisory_xact_lock: "gigakeys" in ASCII

_log = structlog.get_logger()


class SigningKeys:
    """The signing keys in the database, unsealed when needed."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._seal: Seal | None = None
        self._unsealed: dict[str, tokens.SigningKeyPair] = {}

    async def current(self, now: datetime) -> tokens.SigningKeyPair:
        """Return the key to sign with. Creates the first key, and a successor after a month."""
        async with self._database.session(None) as session:
            rows = await _active_keys(session, now)
        current = self._newest(rows, now)
        if current is None:
            return await self._first(now)
        if rows[0].signs_from <= now - REPLACED_AFTER:
            await self.rotate(now)
        return current

    async def rotate(self, now: datetime) -> str:
        """Publish a new key that takes over in ten minutes, and set when the older keys retire. Returns its key id.

        If a published key has not taken over yet, its id is returned instead.
        """
        async with self._locked() as session:
            rows = await _active_keys(session, now)
            if rows and rows[0].signs_from > now:
                return rows[0].kid
            takes_over = now + PUBLISHED_AHEAD
            for row in rows:
                row.retires_at = row.retires_at or takes_over + KEPT_AFTER
                session.add(row)
            key = self._add(session, now, signs_from=takes_over)
        _log.info("signing_key_published", kid=key.kid, signs_from=takes_over.isoformat())
        return key.kid

    async def published(self, now: datetime) -> list[dict[str, Any]]:
        """Return the public keys that verify tokens, newest first."""
        async with self._database.session(None) as session:
            return [row.public_jwk for row in await _active_keys(session, now)]

    async def _first(self, now: datetime) -> tokens.SigningKeyPair:
        """Create the first key, which signs at once, since no service can have read keys yet."""
        async with self._locked() as session:
            created_meanwhile = self._newest(await _active_keys(session, now), now)
            return created_meanwhile or self._add(session, now, signs_from=now)

    def _add(self, session: AsyncSession, now: datetime, *, signs_from: datetime) -> tokens.SigningKeyPair:
        key = tokens.SigningKeyPair.generate()
        sealed = self._sealing().seal(key.kid, key.private_bytes())
        session.add(
            SigningKey(kid=key.kid, public_jwk=key.public_jwk, sealed_private=sealed, created_at=now, signs_from=signs_from)
        )
        return key

    def _newest(self, rows: Sequence[SigningKey], now: datetime) -> tokens.SigningKeyPair | None:
        """Return the newest key that may sign now and that the key encryption key unseals."""
        for row in rows:
            if row.signs_from <= now and (key := self._unseal(row)) is not None:
                return key
        return None

    def _unseal(self, row: SigningKey) -> tokens.SigningKeyPair | None:
        if row.kid not in self._unsealed:
            try:
                private = self._sealing().unseal(row.kid, row.sealed_private)
                self._unsealed[row.kid] = tokens.SigningKeyPair.from_private_bytes(private)
            except (SealingError, tokens.TokenError, ValueError):
                _log.exception("signing_key_skipped", kid=row.kid)
                return None
        return self._unsealed[row.kid]

    def _sealing(self) -> Seal:
        self._seal = self._seal or Seal.from_settings(self._settings)
        return self._seal

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction in which no other process creates keys."""
        async with self._database.session(None) as session:
            await (await psycopg_connection(session)).execute("SELECT pg_advisory_xact_lock(%s)", [KEYS_LOCK])
            yield session


async def _active_keys(session: AsyncSession, now: datetime) -> Sequence[SigningKey]:
    """Return the keys that have not retired, newest first."""
    active = or_(col(SigningKey.retires_at).is_(None), col(SigningKey.retires_at) > now)
    newest_first = (col(SigningKey.signs_from).desc(), col(SigningKey.kid))
    return (await session.exec(select(SigningKey).where(active).order_by(*newest_first))).all()
