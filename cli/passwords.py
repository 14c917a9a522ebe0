"""Generated passwords, one file a role, readable by their owner only."""

import os
import secrets
from pathlib import Path


def password(folder: Path, role: str) -> str:
    """The password of a database role, generated the first time it is asked for.

    The file appears whole or not at all, and whoever comes second reads what the first one wrote.
    """
    path = folder / role
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{role}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(24))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # somebody else was faster; theirs holds
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
