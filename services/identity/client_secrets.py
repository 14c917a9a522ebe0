"""Client secrets: 256 random bits, shown once, stored as a digest.

Nobody guesses 256 random bits, so a digest that takes a microsecond protects a secret as well as a slow hash, and a right secret
need not wait for those who send wrong ones. Clients of earlier releases have an Argon2id hash only, until they are authenticated.
"""

import asyncio
import hashlib
import hmac
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MAX_SECRET_LENGTH: Final = 256  # characters
MAX_CONCURRENT: Final = 2  # verifications of hashes, each of which needs 19 MiB
_NAME_BYTES: Final = 16  # of the name of a hash in a digest


def generate_secret() -> str:
    """Return a new secret of 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def secret_digest(secret_hash: str, secret: str) -> bytes:
    """Return the digest of a secret, which begins with the name of the hash that is stored beside it."""
    return _name_of(secret_hash) + hashlib.sha256(f"{secret_hash}\n{secret}".encode(errors="replace")).digest()


def is_digest_of(secret_hash: str, digest: bytes) -> bool:
    """Return whether a digest belongs to the hash beside it: an earlier release replaces the hash alone."""
    return digest.startswith(_name_of(secret_hash))


def digest_matches(secret_hash: str, digest: bytes, secret: str) -> bool:
    """Return whether a digest is that of the secret, in the same time for all secrets of the same length."""
    return hmac.compare_digest(digest, secret_digest(secret_hash, secret[: MAX_SECRET_LENGTH + 1]))


def _name_of(secret_hash: str) -> bytes:
    return hashlib.sha256(secret_hash.encode()).digest()[:_NAME_BYTES]


class SecretHashes:
    """Hashes and verifies secrets with Argon2id, a few at a time and in threads, so that other requests need not wait."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)

    async def hash(self, secret: str) -> str:
        """Return the Argon2id hash of a secret, with parameters and salt."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, secret)

    async def matches(self, secret: str, secret_hash: str) -> bool:
        """Return whether the hash is that of the secret."""
        async with self._slots:
            return len(secret) <= MAX_SECRET_LENGTH and await asyncio.to_thread(self._verify, secret_hash, secret)

    def _verify(self, secret_hash: str, secret: str) -> bool:
        try:
            return self._hasher.verify(secret_hash, secret)
        except (VerificationError, InvalidHashError):
            return False
