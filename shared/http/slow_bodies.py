"""A deadline for request bodies, so that a client that sends slowly cannot hold a connection, a file or memory for ever."""

import asyncio

from starlette.types import Message, Receive

from shared.problem_members import TimeLimit
from shared.problems import Timeout


def receive_with_deadline(receive: Receive, patience_s: float, least_bytes_per_s: int) -> Receive:
    """Wrap `receive` so that it raises Timeout if the body takes longer than `patience_s` plus 1 s per `least_bytes_per_s`.

    A large body over a slow line has its time: only a body that is slower than `least_bytes_per_s` on average fails.
    """
    loop = asyncio.get_running_loop()
    started, received_bytes, complete = loop.time(), 0, False

    async def receive_in_time() -> Message:
        nonlocal received_bytes, complete
        if complete:  # the only message left is the disconnect, which may come as late as the response ends
            return await receive()
        try:
            async with asyncio.timeout_at(started + patience_s + received_bytes / least_bytes_per_s):
                message = await receive()
        except TimeoutError:
            raise Timeout(
                f"请求体须在 {patience_s:g} 秒内传完，每 {least_bytes_per_s} 字节另加 1 秒；请重新发送，网速较慢的请先压缩。",
                f"The body must arrive within {patience_s:g} s plus 1 s for every {least_bytes_per_s} bytes;"
                " send it again, compressed if the connection is slow.",
                headers={"Connection": "close"},
                members=TimeLimit(limit_seconds=patience_s, limit_bytes_per_second=least_bytes_per_s),
            ) from None
        received_bytes += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        return message

    return receive_in_time
