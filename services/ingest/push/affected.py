"""The rules and summary lines that a push may affect, with the counts that they read before and after it."""

from collections.abc import Mapping
from typing import NamedTuple, Self

from services.ingest.push.dataset import ParsedPush, PushRun
from services.ingest.push.effects import AffectedLines
from services.ingest.quality.change_set import ChangeSet
from shared.database.database import campaign_reach
from shared.domain.quality import RuleInput
from shared.domain.summary import CountsRow
from shared.reading.findings import plans_of
from shared.reading.stored_counts import OrgMonth, Plans, StoredCounts, fetch_with_pauses


class Affected(NamedTuple):
    """The rules and summary lines that a push may affect, and the counts that they read."""

    plans: Plans
    lines: AffectedLines
    rule_inputs: Mapping[OrgMonth, RuleInput]
    line_rows: list[CountsRow]

    def with_changes(self, change_set: ChangeSet) -> Self:
        """Return the same with the counts as the push leaves them."""
        inputs = {(org, month): change_set.rule_input_after(month, stored) for (org, month), stored in self.rule_inputs.items()}
        return self._replace(rule_inputs=inputs, line_rows=self.lines.rows_after(self.line_rows, change_set))


async def read_affected(run: PushRun, parsed: ParsedPush) -> Affected:
    """Read the stored counts that the rules of the pushed months and the summary lines are computed from."""
    connection, scope, months = run.connection, run.request.scope, parsed.rows.months
    plans = plans_of(run.definition, [(scope.org, month) for month in months])
    lines = AffectedLines(run, months, parsed.metrics)
    async with connection.pipeline(), campaign_reach(connection, scope):  # references are a bureau's; every sender may see them
        cursor = await connection.execute(*lines.statement, binary=True)
        rule_inputs = await StoredCounts(connection, scope, run.definition).rule_inputs(plans)
    return Affected(plans, lines, rule_inputs, await fetch_with_pauses(cursor))
