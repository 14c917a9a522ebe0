"""The file that says which issuer the running product has, for commands in another shell."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.settings import Settings


@contextmanager
def issuer_in_file(settings: Settings) -> Iterator[None]:
    """Keep the issuer of these settings in a file while the product runs."""
    file = _file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(settings.token_issuer, encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def issuer_of_running_product(settings: Settings) -> str | None:
    """Return the issuer of the product that runs on the same `GIGACITY_HOME`, None if none does."""
    file = _file(settings)
    return file.read_text(encoding="utf-8") if file.exists() else None


def _file(settings: Settings) -> Path:
    return settings.home / "issuer"
