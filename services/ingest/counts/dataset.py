"""Observations as a dataset: read into columns, checked, then written in batches."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from services.ingest.counts.entitlement import Entitlement
from services.ingest.counts.pushed_counts import PushedCounts
from services.ingest.counts.reopened import reject_unopened
from services.ingest.counts.rules import reject_rule_breaches
from services.ingest.counts.writing import retract_unnamed, write_counts
from services.ingest.formats.read_body import read_batches
from services.ingest.push.dataset import PushRun, Written
from services.ingest.push.sender import sender_defaults
from services.ingest.quality.change_set import ChangeSet
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.domain.quality import RuleInput
from shared.reading.stored_counts import OrgMonth
from shared.vocabulary import PushMode


class Observations:
    """The counts of metrics that organisations report."""

    name: Final = "observations"
    refers: Final = False

    async def parse(self, run: PushRun) -> "ParsedCounts":
        """Read the body; the errors of its rows are entered into the run."""
        request, definition = run.request, run.definition
        entitlement = Entitlement(definition, request.principal.org, run.today, request.month)
        replaces = request.mode is PushMode.REPLACE
        pushed = PushedCounts(entitlement, run.errors, definition.area_numbers_end, request.month, replaces)
        if request.body.size:
            sender, limits = sender_defaults(request, definition), run.service.limits
            read = read_batches(request.body.file, request.media, definition.names, limits, sender, run.errors.locator)
            async with aclosing(read):
                async for batch in read:
                    rejected = pushed.add(batch)
                    if rejected or batch.errors:
                        await asyncio.to_thread(pushed.reject, batch, rejected)
                    await run.execution.rows_read(pushed.received + pushed.blank)
        if pushed.needs_finish:
            await asyncio.to_thread(pushed.finish)
        return ParsedCounts(pushed)


@dataclass(frozen=True, slots=True)
class ParsedCounts:
    """The counts of a push whose body was read."""

    rows: PushedCounts

    @property
    def metrics(self) -> frozenset[int]:
        """The metrics, by number, of which the push may change a count."""
        return self.rows.metrics

    async def check(self, run: PushRun, reopened: ReopenedMonths, stored: Mapping[OrgMonth, RuleInput]) -> None:
        """Reject counts that may not change, then groups of counts that would break a rule."""
        await reject_unopened(run.connection, run.request.scope, run.definition, self.rows, reopened)
        partial = run.request.mode is PushMode.PARTIAL
        await run.execution.compute(reject_rule_breaches, self.rows, run.definition, stored, partial=partial)

    def change_set(self) -> ChangeSet | None:
        """Return the changes to the sender's counts."""
        return self.rows.known_change_set()

    async def write(self, run: PushRun, version: int, *, onto_stored: bool) -> Written:
        """Write the counts; a replacing push retracts those that it does not repeat."""
        connection, request, columns = run.connection, run.request, self.rows.columns
        created, updated = await write_counts(connection, request.scope, version, columns, onto_stored=onto_stored)
        retracted = 0
        if onto_stored and request.month and request.mode is PushMode.REPLACE:
            derived = [run.definition.metric_numbers[metric.code] for metric in run.definition.metrics if metric.derived]
            kept = columns.get(request.month, {})
            retracted = await retract_unnamed(connection, request.scope, version, request.month, kept, derived)
        return Written(created, updated, retracted)
