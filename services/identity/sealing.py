"""Seals private keys with a key outside the database, so that the database alone does not suffice to sign tokens."""

import base64
import binascii
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared import secret_file
from shared.settings import Settings

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class SealingError(Exception):
    """The key encryption key is missing, malformed, or not the one that sealed. The message gives the remedy."""


class Seal:
    """AES-256-GCM with the key encryption key; the name of the content is authenticated with it."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 bytes."""
        self._cipher = AESGCM(key)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Seal":
        """Return the seal with the key file of the settings, or one in `home`, created if missing. Raises SealingError."""
        if settings.key_encryption_key_file is not None:
            return cls(_read(settings.key_encryption_key_file))
        path = settings.home / "key_encryption_key"
        if not path.exists():
            secret_file.write_new_secret(path, base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
        return cls(_read(path))

    def seal(self, name: str, content: bytes) -> bytes:
        """Return the sealed content."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, name.encode())

    def unseal(self, name: str, sealed: bytes) -> bytes:
        """Return the content. Raises SealingError if it was sealed with another key or name, or was changed."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError) as error:
            message = f"the key encryption key does not unseal {name}: restore the key file that sealed it"
            raise SealingError(message) from error


def _read(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except OSError as error:
        message = f"cannot read the key encryption key {path} ({error.strerror}): write 32 random bytes in base64 to it"
        raise SealingError(message) from error
    except (binascii.Error, ValueError) as error:
        message = f"the key encryption key {path} is not base64"
        raise SealingError(message) from error
    if len(key) != _KEY_BYTES:
        message = f"the key encryption key {path} has {len(key)} bytes instead of {_KEY_BYTES}"
        raise SealingError(message)
    return key
