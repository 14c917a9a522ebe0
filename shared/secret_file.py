"""Files with a secret, which only their owner can read and which are written once."""

import os
import secrets
from pathlib import Path


def write_new_secret(path: Path, content: bytes) -> None:
    """Write a secret file unless it exists. The file appears whole or not at all; of concurrent writers the first one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was faster, and its secret is used
    finally:
        draft.unlink()
