"""Limits on what one client and one organisation may have in progress at once, so that none can keep a service to itself.

They are counted in memory: each process of a service has its own.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from shared.access.key_ring import Principal
from shared.problems import RateLimited
from shared.settings import Settings

PUSH_WAIT_S: Final = 1.0  # longest wait for a place
RESERVED_PART: Final = 4  # one place out of so many is for organisations that have few requests in progress
FEW: Final = 4


class Quota:
    """The requests and pushes that are in progress."""

    def __init__(self, settings: Settings) -> None:
        self._requests_max = settings.requests_max
        self._request_limits = (settings.client_requests_max, settings.org_requests_max)
        self._push_limits = (settings.client_pushes_max, settings.org_pushes_max)
        self._requests: Counter[tuple[str, ...]] = Counter()
        self._requests_in_all = 0
        self._push_places: dict[tuple[str, ...], asyncio.Semaphore] = {}

    @contextmanager
    def request_place(self, principal: Principal) -> Iterator[None]:
        """Count a request during the block. Raises RateLimited if its client or organisation has too many already.

        When few places are left in all, they are for organisations that have few requests in progress.
        """
        client, org = names = _names(principal)
        for name, limit in zip(names, self._request_limits, strict=True):
            if self._requests[name] >= limit:
                raise _too_many("请求", "requests", limit)
        free = self._requests_max - self._requests_in_all
        if free <= 0 or (free <= self._requests_max // RESERVED_PART and self._requests[org] >= FEW):
            raise _too_many("请求", "requests", self._requests[org])
        self._requests.update(names)
        self._requests_in_all += 1
        try:
            yield
        finally:
            self._requests_in_all -= 1
            self._requests -= Counter((client, org))  # drops names without requests

    @asynccontextmanager
    async def push_place(self, principal: Principal) -> AsyncIterator[None]:
        """Take a place for a push during the block. Raises RateLimited if none becomes free within a second."""
        client, org = (
            self._push_places.setdefault(name, asyncio.Semaphore(limit))
            for name, limit in zip(_names(principal), self._push_limits, strict=True)
        )
        try:
            async with asyncio.timeout(PUSH_WAIT_S) as waiting, client, org:
                waiting.reschedule(None)
                yield
        except TimeoutError:
            if not waiting.expired():
                raise
            raise _too_many("导入", "pushes", self._push_limits[0]) from None


def _names(principal: Principal) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (principal.campaign, principal.org, principal.client_id), (principal.campaign, principal.org)


def _too_many(zh: str, en: str, limit: int) -> RateLimited:
    return RateLimited(
        f"您已有 {limit} 个{zh}正在处理，请稍后重试。",
        f"{limit} of your {en} are in progress; wait for them, or try again in a second.",
        headers={"Retry-After": "1"},
    )
