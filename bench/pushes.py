"""Pushes against raw COPY, the tutorial's way and a plain endpoint."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench import synthetic
from bench.app import PLAIN_WRITE
from bench.figures import Figure
from bench.load import Request, in_turn, once, repeat
from bench.stage import Stage
from shared.values.media_types import CSV, NDJSON, XLSX

ROWS = 200_000
RUNS = 5
TUTORIAL_RUNS = (1, 3)  # it takes half a minute
MANY_ROWS = 1_000_000
REFERENCE = Path(__file__).with_name("reference.sql").read_text(encoding="utf-8")
COPY = "COPY reference (campaign, org, month, metric, area, value) FROM STDIN (FORMAT binary)"
SHEET_ROWS = 50_000
SHEET_RUNS = 3


def bulk(stage: Stage) -> Iterator[Figure]:
    """200 000 rows over HTTP, in turn with COPY and the tutorial; each run a month of its own, then the same body again."""
    copies, pushes, repeats, tutorials = [], [], [], []
    with stage.superuser() as superuser, stage.process("ingest") as (port, pid), stage.process("tutorial") as (peer, _):
        superuser.execute(REFERENCE)
        once(port, _push(stage, synthetic.ndjson(1_000, ["2021-12"])))  # the definition is read, the statements are prepared
        for run in range(RUNS):
            month = f"2022-{run + 1:02}"
            data = synthetic.binary_copy(ROWS, [month])
            started = time.perf_counter()
            with superuser.cursor().copy(COPY) as copy:
                copy.write(data)
            copies.append(time.perf_counter() - started)
            request = _push(stage, synthetic.ndjson(ROWS, [month]))
            pushes.append(once(port, request)[0])
            repeats.append(once(port, request)[0])
            if run in TUTORIAL_RUNS:
                body = orjson.dumps(synthetic.objects(ROWS, [month]))
                request = Request.of("POST", "/observations", {"content-type": "application/json"}, body, 201)
                tutorials.append(once(peer, request)[0])
        growth = _growth(port, pid, _push(stage, synthetic.ndjson(MANY_ROWS, [f"2023-{month:02}" for month in range(1, 6)])))
    pushed = statistics.median(pushes)
    of_copy = statistics.median(copy / push for copy, push in zip(copies, pushes, strict=True))
    of_push = statistics.median(again / push for again, push in zip(repeats, pushes, strict=True))
    tutorial = statistics.median(tutorials) / pushed
    yield Figure(f"bulk push of {ROWS} NDJSON rows", pushed, "s", "copy", of_copy, at_least=0.5)
    yield Figure(f"bulk push of {ROWS} NDJSON rows", pushed, "s", "tutorial", tutorial, at_least=30)
    yield Figure("re-send of the identical body", statistics.median(repeats), "s", "bulk push", of_push, at_most=0.1)
    yield Figure(f"growth by a bulk push of {MANY_ROWS} rows", growth, "MiB", "limit of 64 MiB", growth / 64, at_most=1)


def workbooks(stage: Stage) -> Iterator[Figure]:
    """The same rows as a workbook and as CSV, in turn, each run for months of its own."""
    csv: list[float] = []
    xlsx: list[float] = []
    with stage.process("ingest") as (port, _):
        for run in range(SHEET_RUNS):
            for times, body, media, month in (
                (csv, synthetic.csv, CSV, f"2024-{run + 1:02}"),
                (xlsx, synthetic.workbook, XLSX, f"2025-{run + 1:02}"),
            ):
                times.append(once(port, _push(stage, body(SHEET_ROWS, [month]), media))[0])
    ratio = statistics.median(slow / fast for slow, fast in zip(xlsx, csv, strict=True))
    yield Figure(f"push of a workbook of {SHEET_ROWS} rows", statistics.median(xlsx), "s", "csv", ratio, at_most=3)


def small(stage: Stage) -> Iterator[Figure]:
    """A month's forty counts, changed each time, against a plain endpoint: a usual month, and one in which every count jumps."""
    headers = stage.headers(synthetic.ORG, **{"content-type": "application/json"})
    plainly = [Request.of("POST", PLAIN_WRITE, headers)]
    with stage.process("ingest") as (port, _):
        for name, times, bar in (("", 1, 0.2), (", each of them questionable", 2, None)):
            pushing = [Request.of("POST", "/v1/observations", headers, _forty(stage, run, times), 201) for run in range(50)]
            rate, ratio = in_turn(lambda requests: repeat(port, requests, 1, 1).per_second, pushing, plainly)
            yield Figure(f"push of a month's forty counts{name}", rate, "requests/s", "plain endpoint", ratio, at_least=bar)


def _forty(stage: Stage, run: int, times: int = 1) -> bytes:
    """Five counts of each of eight streets, so many times what stood last month; every run has others."""
    metrics = ("homes_gigabit_covered", "olt_pon_ports_total", "olt_pon_ports_10g", "bs_5g_shared_in", "key_places_reached")
    rows = [
        {"metric": metric, "area": area, "month": "2022-08", "value": synthetic.MONTHLY[metric] * times + run}
        for metric in metrics
        for area in stage.streets
    ]
    return orjson.dumps({"observations": rows})


def _push(stage: Stage, body: bytes, media: str = NDJSON) -> Request:
    return Request.of("POST", "/v1/observations", stage.headers(synthetic.ORG, **{"content-type": media}), body, 201)


def _growth(port: int, pid: int, request: Request) -> float:
    """By how many MiB the process grows at its peak while it takes a push."""
    before = _memory(pid, "VmRSS")
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    once(port, request)
    return (_memory(pid, "VmHWM") - before) / 1024


def _memory(pid: int, name: str) -> int:
    """In KiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:"))
