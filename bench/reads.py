"""Summaries against a plain endpoint, and on a table of ten million facts against one of ten thousand."""

import statistics
from collections.abc import Iterator
from datetime import date

from bench.app import PLAIN_READ
from bench.figures import Figure
from bench.load import Request, once, repeat
from bench.stage import Stage
from shared.campaign.loaded import LoadedDefinition
from shared.domain.plan import plan_of

RUNS = 5
SUMMARY = "/v1/summary?month=2022-08"
READER = "economy"
COPY = "COPY observation (campaign, org, month, metric, area, value, version) FROM STDIN"


def rates(stage: Stage) -> Iterator[Figure]:
    """Requests a second, uncached and with the ETag held, against a plain endpoint of the same process."""
    uncached: list[float] = []
    held: list[float] = []
    plain: list[float] = []
    with stage.process("indicators") as (port, _):
        _, answer = once(port, Request.of("GET", SUMMARY, stage.headers(READER)))
        tag = next(line[6:] for line in answer.decode().split("\r\n") if line.lower().startswith("etag:"))
        asking = [Request.of("GET", SUMMARY, stage.headers(READER))]
        holding = [Request.of("GET", SUMMARY, stage.headers(READER, **{"if-none-match": tag}), expected=304)]
        plainly = [Request.of("GET", PLAIN_READ, stage.headers(READER))]
        for requests in (asking, holding, plainly):
            repeat(port, requests, 1, 8)
        for _ in range(RUNS):
            for requests, rate in ((asking, uncached), (holding, held), (plainly, plain)):
                rate.append(repeat(port, requests, 2, 8).per_second)
    answered = statistics.median(plain)
    for name, rate, bar in (("summary, uncached", uncached, 0.4), ("summary with ETag", held, 0.6)):
        median = statistics.median(rate)
        yield Figure(name, median, "requests/s", "plain endpoint", median / answered, at_least=bar)


def growth(small: Stage, large: Stage, facts: int) -> Iterator[Figure]:
    """The summary's median time on a large table against a small one, in turn."""
    few, many = [], []
    with small.process("indicators") as (small_port, _), large.process("indicators") as (large_port, _):
        for _ in range(RUNS):
            few.append(repeat(small_port, [Request.of("GET", SUMMARY, small.headers(READER))], 2, 1).p50_ms)
            many.append(repeat(large_port, [Request.of("GET", SUMMARY, large.headers(READER))], 2, 1).p50_ms)
    slow, quick = statistics.median(many), statistics.median(few)
    yield Figure(f"summary's p50 with {facts:,} facts", slow, "ms", "10⁴ facts", slow / quick, at_most=1.3)


def fill(stage: Stage, loaded: LoadedDefinition, months: int, campaigns: int = 0) -> int:
    """Give the campaign every owed count of some months up to 2022-12, then copy it to others; returns the number of facts."""
    listed = [date(2022 - back // 12, 12 - back % 12, 1) for back in range(months)]
    code = loaded.definition.campaign.code
    with stage.superuser() as superuser:
        with superuser.cursor().copy(COPY) as copy:
            for each in listed:
                for org, metric, area in sorted(set(_owed(loaded, each))):
                    copy.write_row((code, org, each, metric, area, 1_000 + area * 7 + metric, 1))
        superuser.execute(
            "INSERT INTO observation SELECT campaign || '-' || n, org, month, metric, area, value, version"
            " FROM observation CROSS JOIN generate_series(1, %s) n",
            [campaigns],
        )
        superuser.execute("VACUUM ANALYZE observation")
        row = superuser.execute("SELECT count(*) FROM observation").fetchone()
    return int(row[0]) if row else 0


def _owed(loaded: LoadedDefinition, month: date) -> Iterator[tuple[str, int, int]]:
    """The cells that deciding figures read: organisation, metric, area."""
    for indicator in plan_of(loaded, month).indicators:
        for each in (indicator.deciding.numerator, indicator.denominator):
            if each and not each.voluntary:
                yield from ((org, metric, area) for metric, org, area in each.cells())
