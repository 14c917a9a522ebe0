"""Summaries against a plain endpoint, and on a table of ten million facts against one of ten thousand."""

from collections.abc import Iterator
from datetime import date

import orjson

from bench import synthetic
from bench.app import PLAIN_PACKET, PLAIN_READ
from bench.figures import Figure
from bench.load import Request, in_turn, once, repeat
from bench.stage import Stage
from shared.campaign.applied import AppliedDefinition
from shared.domain.summary_plan import summary_plan

SECONDS = 1.0
SUMMARY = "/v1/summary?month=2022-08"
EXPLANATION = "/v1/indicators/{}/explanation?month=2022-08"
READER = "economy"
COPY = "COPY observation (campaign, org, month, metric, area, value, version) FROM STDIN"


def rates(stage: Stage) -> Iterator[Figure]:
    """Requests a second, uncached and with the ETag held, against a plain endpoint of the same process.

    The uncached summary also against one that asks as the summary does: in one packet, which is part of what made it faster.
    """
    with stage.process("indicators") as (port, _):
        _, answer = once(port, Request.of("GET", SUMMARY, stage.headers(READER)))
        tag = next(line[6:] for line in answer.decode().split("\r\n") if line.lower().startswith("etag:"))
        asking = [Request.of("GET", SUMMARY, stage.headers(READER))]
        holding = [Request.of("GET", SUMMARY, stage.headers(READER, **{"if-none-match": tag}), expected=304)]
        plainly, in_a_packet = ([Request.of("GET", path, stage.headers(READER))] for path in (PLAIN_READ, PLAIN_PACKET))
        for name, requests, against, baseline, bar in (
            ("summary, uncached", asking, "plain endpoint", plainly, 0.6),
            ("summary, uncached", asking, "plain endpoint in one packet", in_a_packet, None),
            ("summary with ETag", holding, "plain endpoint", plainly, 0.9),
        ):
            rate, ratio = in_turn(lambda requests: repeat(port, requests, SECONDS, 8).per_second, requests, baseline)
            yield Figure(name, rate, "requests/s", against, ratio, at_least=bar)
        explaining = [Request.of("GET", EXPLANATION.format(code), stage.headers(READER)) for code in _indicators(port, stage)]
        slow, ratio = in_turn(lambda requests: repeat(port, requests, SECONDS, 1).p50_ms, explaining, asking)
        yield Figure("explanation's p50, over the indicators", slow, "ms", "summary's p50", ratio, at_most=3)


def _indicators(port: int, stage: Stage) -> list[str]:
    _, answer = once(port, Request.of("GET", "/v1/indicators", stage.headers(READER)))
    return [each["code"] for each in orjson.loads(answer.partition(b"\r\n\r\n")[2])["items"]]


def growth(small: Stage, large: Stage, facts: int) -> Iterator[Figure]:
    """The summary's median time on a large table against a small one, in turn."""
    with small.process("indicators") as (small_port, _), large.process("indicators") as (large_port, _):
        many = (large_port, [Request.of("GET", SUMMARY, large.headers(READER))])
        few = (small_port, [Request.of("GET", SUMMARY, small.headers(READER))])
        slow, ratio = in_turn(lambda asked: repeat(*asked, SECONDS, 1).p50_ms, many, few)
    yield Figure(f"summary's p50 with {facts:,} facts", slow, "ms", "10⁴ facts", ratio, at_most=1.2)


def fill(stage: Stage, definition: AppliedDefinition, months: int, campaigns: int = 0) -> int:
    """Give the campaign every owed count of some months up to 2022-12, then copy it to others; returns the number of facts."""
    listed = [date(2022 - back // 12, 12 - back % 12, 1) for back in range(months)]
    code = definition.campaign.code
    with stage.superuser() as superuser:
        with superuser.cursor().copy(COPY) as copy:
            for each in listed:
                for org, metric, area in sorted(set(_owed(definition, each))):
                    copy.write_row(
                        (code, org, each, metric, area, synthetic.MONTHLY.get(definition.metric_codes[metric], 1_000), 1)
                    )
        superuser.execute(
            "INSERT INTO observation SELECT campaign || '-' || n, org, month, metric, area, value, version"
            " FROM observation CROSS JOIN generate_series(1, %s) n",
            [campaigns],
        )
        superuser.execute("VACUUM ANALYZE observation")
        row = superuser.execute("SELECT count(*) FROM observation").fetchone()
    return int(row[0]) if row else 0


def _owed(definition: AppliedDefinition, month: date) -> Iterator[tuple[str, int, int]]:
    """The cells that deciding figures read: organisation, metric, area."""
    for indicator in summary_plan(definition, month).indicators:
        for each in (indicator.deciding.numerator, indicator.deciding.denominator):
            if each and not each.voluntary:
                yield from ((org, metric, area) for metric, org, area in each.cells())
