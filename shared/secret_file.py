"""Files that hold a secret: readable by their owner only, written once."""

import os
import secrets
from pathlib import Path


def write_new_secret(path: Path, content: bytes) -> None:
    """Write a secret where there is none. The file appears whole or not at all; whoever comes second keeps the first one's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # somebody else was faster; theirs holds
    finally:
        draft.unlink()
