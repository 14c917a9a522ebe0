"""A process that is told to stop finishes the requests in progress first."""

import signal
import subprocess
import sys
import threading

import httpx

SERVER = """
import asyncio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from cli.server.serving import base_url, listen, serving, set_up_process
from shared.settings import Settings

async def slow(request):
    print("under way", flush=True)
    await asyncio.sleep(1)
    return PlainTextResponse("done")

set_up_process(Settings())
with listen("127.0.0.1", 0) as listener, serving(Starlette(routes=[Route("/", slow)]), listener, Settings()) as stopped:
    print(base_url(listener), flush=True)
    stopped.wait()
"""


def test_a_request_under_way_is_answered_before_the_process_ends() -> None:
    answers: list[str] = []
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        asking = threading.Thread(target=lambda: answers.append(httpx.get(address, trust_env=False).text))
        asking.start()
        assert process.stdout.readline().strip() == "under way"
        process.send_signal(signal.SIGTERM)
        asking.join()
        status = process.wait(10)

    assert (answers, status) == (["done"], 0)
