"""Summaries compared with a plain endpoint, and with ten million stored counts compared with ten thousand."""

from collections.abc import Iterator
from datetime import date

import orjson

from bench import synthetic
from bench.app import PLAIN_READ
from bench.bench_database import BenchDatabase
from bench.http_load import HttpRequest, compare_in_turn, send_once, send_repeatedly
from bench.measurements import Measurement
from shared.campaign.applied import AppliedDefinition
from shared.domain.summary_plan import summary_plan

_SECONDS = 1.0
SUMMARY = "/v1/summary?month=2022-08"
EXPLANATION = "/v1/indicators/{}/explanation?month=2022-08"
READER_ORG = "economy"
COPY_OBSERVATIONS = "COPY observation (campaign, org, month, metric, area, value, version) FROM STDIN"


def measure_rates(database: BenchDatabase) -> Iterator[Measurement]:
    """Compare the summary, uncached and with its ETag, with a plain endpoint; and the explanation with the summary."""
    with database.run_service("indicators") as (port, _):

        def read(path: str, expected_status: int = 200, **headers: str) -> HttpRequest:
            return HttpRequest.build("GET", path, database.headers(READER_ORG, **headers), expected_status=expected_status)

        def rate(requests: list[HttpRequest]) -> float:
            return send_repeatedly(port, requests, _SECONDS, 8).per_second

        def p50_ms(requests: list[HttpRequest]) -> float:
            return send_repeatedly(port, requests, _SECONDS, 1).p50_ms

        uncached = [read(SUMMARY)]
        with_etag = [read(SUMMARY, 304, **{"if-none-match": _etag(send_once(port, uncached[0])[1])})]
        plain = [read(PLAIN_READ)]
        for name, requests, bar in (("summary, uncached", uncached, 0.45), ("summary with ETag", with_etag, 0.9)):
            value, ratio = compare_in_turn(rate, requests, plain)
            yield Measurement(name, value, "requests/s", "plain endpoint", ratio, at_least=bar)
        indicators = orjson.loads(send_once(port, read("/v1/indicators"))[1].partition(b"\r\n\r\n")[2])["items"]
        explanations = [read(EXPLANATION.format(indicator["code"])) for indicator in indicators]
        value, ratio = compare_in_turn(p50_ms, explanations, uncached)
        yield Measurement("explanation's p50, over the indicators", value, "ms", "summary's p50", ratio, at_most=3)


def _etag(response: bytes) -> str:
    return next(line[6:] for line in response.decode().split("\r\n") if line.lower().startswith("etag:"))


def measure_growth(small: BenchDatabase, large: BenchDatabase, counts: int) -> Iterator[Measurement]:
    """Compare the summary's median time on a large table with that on a small one."""

    def p50_ms(service: tuple[int, HttpRequest]) -> float:
        port, request = service
        return send_repeatedly(port, [request], _SECONDS, 1).p50_ms

    with small.run_service("indicators") as (small_port, _), large.run_service("indicators") as (large_port, _):
        on_large = (large_port, HttpRequest.build("GET", SUMMARY, large.headers(READER_ORG)))
        on_small = (small_port, HttpRequest.build("GET", SUMMARY, small.headers(READER_ORG)))
        value, ratio = compare_in_turn(p50_ms, on_large, on_small)
    yield Measurement(f"summary's p50 with {counts:,} counts", value, "ms", "10⁴ counts", ratio, at_most=1.2)


def fill_observations(database: BenchDatabase, definition: AppliedDefinition, months: int, campaigns: int = 0) -> int:
    """Store every expected count of the last `months` months of 2022, copy them to more campaigns, and return their number."""
    campaign = definition.campaign.code
    with database.connect_as_superuser() as superuser:
        with superuser.cursor().copy(COPY_OBSERVATIONS) as copy:
            for month in (date(2022 - back // 12, 12 - back % 12, 1) for back in range(months)):
                for org, metric, area in sorted(set(_expected_cells(definition, month))):
                    value = synthetic.MONTHLY_VALUES.get(definition.metric_codes[metric], 1_000)
                    copy.write_row((campaign, org, month, metric, area, value, 1))
        superuser.execute(
            "INSERT INTO observation SELECT campaign || '-' || n, org, month, metric, area, value, version"
            " FROM observation CROSS JOIN generate_series(1, %s) n",
            [campaigns],
        )
        superuser.execute("VACUUM ANALYZE observation")
        row = superuser.execute("SELECT count(*) FROM observation").fetchone()
    return int(row[0]) if row else 0


def _expected_cells(definition: AppliedDefinition, month: date) -> Iterator[tuple[str, int, int]]:
    """Yield organisation, metric and area of the counts that decide indicators."""
    for indicator in summary_plan(definition, month).indicators:
        for operand in (indicator.deciding.numerator, indicator.deciding.denominator):
            if operand and not operand.voluntary:
                yield from ((org, metric, area) for metric, org, area in operand.cells())
