"""Results that are kept in memory because what they were computed from never changes."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ResultT = TypeVar("ResultT")


class RecentResults(Generic[KeyT, ResultT]):
    """The most recently used results of a read, by all that they depend on."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._results: dict[KeyT, ResultT] = {}  # the most recently used last

    async def get(
        self, key: KeyT, read: Callable[[], Awaitable[ResultT]], *, may_keep: Callable[[ResultT], bool] = lambda _: True
    ) -> ResultT:
        """Return the result for a key, read now unless it is known; it is kept for later if `may_keep` says so."""
        result = self._results.pop(key) if key in self._results else await read()
        if may_keep(result):
            self._results[key] = result
            while len(self._results) > self._size:
                del self._results[next(iter(self._results))]
        return result
