"""Client secrets: 256 random bits, shown once, stored as Argon2id hashes."""

import asyncio
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MAX_SECRET_LENGTH: Final = 256  # characters
MAX_CONCURRENT: Final = 2  # verifications, each of which needs 19 MiB


def generate_secret() -> str:
    """Return a new secret of 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


class SecretHashes:
    """Hashes and verifies secrets, a few at a time and in threads, so that other requests need not wait."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._unmatched_hash = self._hasher.hash(generate_secret())
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)

    async def hash(self, secret: str) -> str:
        """Return the Argon2id hash of a secret, with parameters and salt."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, secret)

    async def matches(self, secret: str, secret_hash: str | None) -> bool:
        """Return whether the hash is that of the secret. Takes as long without one, so that unknown clients are not revealed."""
        async with self._slots:
            matches = await asyncio.to_thread(self._verify, secret_hash or self._unmatched_hash, secret[:MAX_SECRET_LENGTH])
        return matches and secret_hash is not None and len(secret) <= MAX_SECRET_LENGTH

    def _verify(self, secret_hash: str, secret: str) -> bool:
        try:
            return self._hasher.verify(secret_hash, secret)
        except (VerificationError, InvalidHashError):
            return False
