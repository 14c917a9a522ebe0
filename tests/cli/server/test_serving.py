"""A process that is told to stop finishes the requests in progress first."""

import signal
import subprocess
import sys
import threading
from contextlib import suppress

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

async def fatal(request):
    asyncio.get_running_loop().stop()

app = Starlette(routes=[Route("/", slow), Route("/fatal", fatal)])
set_up_process(Settings())
with listen("127.0.0.1", 0) as listener, serving(app, listener, Settings()) as stopped:
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


def test_a_process_whose_services_end_by_themselves_ends_with_an_error() -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with suppress(httpx.TransportError):
            httpx.get(f"{process.stdout.readline().strip()}/fatal", trust_env=False)
        _, said = process.communicate(timeout=10)

    assert process.returncode == 1
    assert "ServingError: the services ended by themselves" in said
