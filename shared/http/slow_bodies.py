"""A body must arrive: whoever sends one byte now and then must not hold a connection, a file or memory for ever."""

import asyncio

from starlette.types import Message, Receive

from shared.problems import Timeout


def receive_with_deadline(receive: Receive, patience_s: float, least_bytes_per_s: int) -> Receive:
    """What comes, until the body is whole. Raises `Timeout` where it takes longer than `patience_s` and its size explain.

    Large bodies over slow lines have their time: only what comes slower than `least_bytes_per_s` on the whole is given up.
    """
    loop = asyncio.get_running_loop()
    started, came, whole = loop.time(), 0, False

    async def coming() -> Message:
        nonlocal came, whole
        if whole:  # what follows is the client's leaving, which may take as long as the answer does
            return await receive()
        try:
            async with asyncio.timeout_at(started + patience_s + came / least_bytes_per_s):
                message = await receive()
        except TimeoutError:
            raise Timeout(
                f"请求体未在限定时间内到齐（{patience_s:g} 秒，另按每秒 {least_bytes_per_s} 字节计）",
                f"the body did not arrive within {patience_s:g} s and one more for each {least_bytes_per_s} bytes",
                headers={"Connection": "close"},
                extra={"limit_seconds": patience_s, "limit_bytes_per_second": least_bytes_per_s},
            ) from None
        came += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return message

    return coming
