"""Group R3: idempotency keys that are none, at every operation that takes one."""

from collections.abc import Iterator
from dataclasses import replace

from tests.hostile import documents
from tests.hostile.case import Case
from tests.hostile.wire import Header

_KEYS: dict[str, tuple[str | bytes, ...]] = {
    "empty": ("",),
    "of 10 KB": ("k" * 10_240,),
    "of 256 characters": ("k" * 256,),
    "of blanks": ("   ",),
    "with a blank": ("k 1",),
    "with a tab": ("k\t1",),
    "that is not ASCII": ("ключ",),
    "with bytes of no encoding": (b"\xff\xfe",),
    "twice": ("k-1", "k-2"),
    "twice the same": ("k-1", "k-1"),
}


def cases() -> Iterator[Case]:
    """Every key at every operation, with a body that would be taken."""
    for good in documents.taken_with_a_key():
        operation = good.name.rpartition(" ")[2]
        for name, values in _KEYS.items():
            headers: tuple[Header, ...] = tuple(("Idempotency-Key", value) for value in values)
            yield replace(good, name=f"R3 a key {name} · {operation}", headers=headers)
