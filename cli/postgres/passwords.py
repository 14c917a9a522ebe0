"""Generated passwords, one file a role, readable by their owner only."""

import secrets
from pathlib import Path

from shared import secret_file


def password(folder: Path, role: str) -> str:
    """The password of a database role, generated the first time it is asked for."""
    path = folder / role
    if not path.exists():
        secret_file.write_new_secret(path, secrets.token_hex(24).encode())
    return path.read_text(encoding="ascii")
