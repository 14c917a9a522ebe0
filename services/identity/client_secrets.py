"""Client secrets: 256 random bits, shown once, kept as Argon2id."""

import asyncio
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MAX_SECRET: Final = 256  # characters
AT_ONCE: Final = 2  # verifications, of 19 MiB each


def generate() -> str:
    """A new secret, of 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


class SecretHashes:
    """Hashes and verifies secrets on other threads, a few at once, so that they do not hold up other requests."""

    def __init__(self) -> None:
        """Also makes a hash that no secret fits."""
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._nobody = self._hasher.hash(generate())
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def hash(self, secret: str) -> str:
        """The Argon2id hash of a secret, with its parameters and salt."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, secret)

    async def fits(self, secret: str, secret_hash: str | None) -> bool:
        """Whether the secret is the one that was hashed. Takes as long where there is no hash, so that nobody can tell."""
        async with self._slots:
            fits = await asyncio.to_thread(self._verify, secret_hash or self._nobody, secret[:MAX_SECRET])
        return fits and secret_hash is not None and len(secret) <= MAX_SECRET

    def _verify(self, secret_hash: str, secret: str) -> bool:
        try:
            return self._hasher.verify(secret_hash, secret)
        except (VerificationError, InvalidHashError):
            return False
