"""Pushes compared with raw COPY, with the FastAPI tutorial's way and with a plain endpoint."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench import synthetic
from bench.app import PLAIN_WRITE
from bench.bench_database import BenchDatabase
from bench.http_load import HttpRequest, compare_in_turn, send_once, send_repeatedly
from bench.measurements import Measurement
from shared.values.media_types import CSV, JSON, NDJSON, XLSX
from shared.values.push_paths import push_path

BULK_ROWS = 200_000
BULK_RUNS = 5
TUTORIAL_RUNS = (1, 3)  # each takes half a minute
GROWTH_ROWS = 1_000_000
GROWTH_LIMIT_MIB = 64
REFERENCE_TABLE = Path(__file__).with_name("reference.sql").read_text(encoding="utf-8")
COPY_REFERENCE = "COPY reference (campaign, org, month, metric, area, value) FROM STDIN (FORMAT binary)"
SHEET_ROWS = 50_000
SHEET_RUNS = 3


def measure_bulk_pushes(database: BenchDatabase) -> Iterator[Measurement]:
    """Push many rows over HTTP, in turn with COPY and the tutorial; each run has its own month, then repeats its body."""
    copy_s, push_s, repeat_s, tutorial_s = [], [], [], []
    with (
        database.connect_as_superuser() as superuser,
        database.run_service("ingest") as (port, pid),
        database.run_service("tutorial") as (tutorial_port, _),
    ):
        superuser.execute(REFERENCE_TABLE)
        send_once(port, _push(database, synthetic.ndjson(1_000, ["2021-12"])))  # loads the definition and prepares the statements
        for run in range(BULK_RUNS):
            month = f"2022-{run + 1:02}"
            rows = synthetic.binary_copy(BULK_ROWS, [month])
            started = time.perf_counter()
            with superuser.cursor().copy(COPY_REFERENCE) as copy:
                copy.write(rows)
            copy_s.append(time.perf_counter() - started)
            request = _push(database, synthetic.ndjson(BULK_ROWS, [month]))
            push_s.append(send_once(port, request)[0])
            repeat_s.append(send_once(port, request)[0])
            if run in TUTORIAL_RUNS:
                body = orjson.dumps(synthetic.objects(BULK_ROWS, [month]))
                request = HttpRequest.build("POST", "/observations", {"content-type": JSON}, body, 201)
                tutorial_s.append(send_once(tutorial_port, request)[0])
        large = _push(database, synthetic.ndjson(GROWTH_ROWS, [f"2023-{month:02}" for month in range(1, 6)]))
        growth_mib = _growth_mib(port, pid, large)
    push = statistics.median(push_s)
    of_copy = statistics.median(copy / push for copy, push in zip(copy_s, push_s, strict=True))
    of_push = statistics.median(repeat / push for repeat, push in zip(repeat_s, push_s, strict=True))
    of_tutorial = statistics.median(tutorial_s) / push
    yield Measurement(f"bulk push of {BULK_ROWS} NDJSON rows", push, "s", "copy", of_copy, at_least=0.6)
    yield Measurement(f"bulk push of {BULK_ROWS} NDJSON rows", push, "s", "tutorial", of_tutorial, at_least=20)
    yield Measurement("re-send of the identical body", statistics.median(repeat_s), "s", "bulk push", of_push, at_most=0.1)
    limit, of_limit = f"limit of {GROWTH_LIMIT_MIB} MiB", growth_mib / GROWTH_LIMIT_MIB
    yield Measurement(f"growth by a bulk push of {GROWTH_ROWS} rows", growth_mib, "MiB", limit, of_limit, at_most=1)


def measure_workbooks(database: BenchDatabase) -> Iterator[Measurement]:
    """Push the same rows as CSV and as a workbook, in turn, each run to its own months."""
    csv_s: list[float] = []
    xlsx_s: list[float] = []
    with database.run_service("ingest") as (port, _):
        for run in range(SHEET_RUNS):
            csv = synthetic.csv(SHEET_ROWS, [f"2024-{run + 1:02}"])
            csv_s.append(send_once(port, _push(database, csv, CSV))[0])
            xlsx = synthetic.xlsx(SHEET_ROWS, [f"2025-{run + 1:02}"])
            xlsx_s.append(send_once(port, _push(database, xlsx, XLSX))[0])
    ratio = statistics.median(xlsx / csv for xlsx, csv in zip(xlsx_s, csv_s, strict=True))
    yield Measurement(f"push of a workbook of {SHEET_ROWS} rows", statistics.median(xlsx_s), "s", "csv", ratio, at_most=3)


def measure_small_pushes(database: BenchDatabase) -> Iterator[Measurement]:
    """Push a month's forty counts, changed each time, for a usual month and for a month with a finding on every count."""
    headers = database.headers(synthetic.SENDER_ORG, **{"content-type": JSON})
    plain = [HttpRequest.build("POST", PLAIN_WRITE, headers)]
    with database.run_service("ingest") as (port, _):

        def rate(requests: list[HttpRequest]) -> float:
            return send_repeatedly(port, requests, 1, 1).per_second

        for suffix, factor, bar in (("", 1, 0.12), (", each with a finding", 2, None)):
            pushes = [
                HttpRequest.build("POST", "/v1/observations", headers, _forty_counts(database, run, factor), 201)
                for run in range(50)
            ]
            rate(pushes)
            database.analyze("import", "ledger", "observation")
            value, ratio = compare_in_turn(rate, pushes, plain)
            yield Measurement(
                f"push of a month's forty counts{suffix}", value, "requests/s", "plain endpoint", ratio, at_least=bar
            )


def _forty_counts(database: BenchDatabase, run: int, factor: int) -> bytes:
    """Return five counts of each of eight streets, `factor` times last month's; each run has different counts."""
    metrics = ("homes_gigabit_covered", "olt_pon_ports_total", "olt_pon_ports_10g", "bs_5g_shared_in", "key_places_reached")
    rows = [
        {"metric": metric, "area": area, "month": "2022-08", "value": synthetic.MONTHLY_VALUES[metric] * factor + run}
        for metric in metrics
        for area in database.streets
    ]
    return orjson.dumps({"observations": rows})


def _push(database: BenchDatabase, body: bytes, media_type: str = NDJSON) -> HttpRequest:
    headers = database.headers(synthetic.SENDER_ORG, **{"content-type": media_type})
    return HttpRequest.build("POST", push_path("observations", media_type), headers, body, 201)


def _growth_mib(port: int, pid: int, request: HttpRequest) -> float:
    """Return how far the memory of the service rises above its level before the request."""
    before = _memory_kib(pid, "VmRSS")
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # resets the peak
    send_once(port, request)
    return (_memory_kib(pid, "VmHWM") - before) / 1024


def _memory_kib(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:"))
