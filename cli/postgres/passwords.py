"""Generated passwords: one file for each role, readable by its owner only."""

import secrets
from pathlib import Path

from shared import secret_file


def role_password(folder: Path, role: str) -> str:
    """Return the password of a database role; generate it on first use."""
    path = folder / role
    if not path.exists():
        secret_file.write_new_secret(path, secrets.token_hex(24).encode())
    return path.read_text(encoding="ascii")
