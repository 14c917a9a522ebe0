"""A push, from the received body to the recorded import: one transaction, in the order of time."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from services.ingest.formats.rows import PassedOver
from services.ingest.push.affected import Affected, read_affected
from services.ingest.push.challenged import OpenChallenge, limit_to_challenged_month, open_challenge, record_correction
from services.ingest.push.dataset import Dataset, ParsedPush, PushRun, Written
from services.ingest.push.kept_input import keep_with_errors
from services.ingest.push.record import NO_COUNTS, PushResult, record_import
from services.ingest.push.request import PushRequest
from services.ingest.push.row_errors import RowErrors
from services.ingest.push.sizes import SmallPush
from services.ingest.push.writable_months import WritableMonths, writable_months
from services.ingest.service import IngestService
from shared.database import audit
from shared.database.ledger import LedgerEnd, lock_campaign, read_ledger, take_version
from shared.database.sql import statement
from shared.http import idempotency
from shared.http.idempotency import StoredResponse
from shared.problem_members import RefusedPush
from shared.problems import Empty, NotFound, Overloaded, RowsRefused
from shared.reading.findings import Findings, add_explanations, findings_of
from shared.vocabulary import LedgerKind, PushMode

FINDINGS_IN_REPORT = 1_000  # findings in the response itself

_PRECHECK = statement(__package__, "find_precheck")


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """The response to a push once its transaction is committed: an answer, or a refusal that was recorded."""

    answer: StoredResponse
    refusal: RowsRefused | None = None


async def push(
    connection: AsyncConnection, service: IngestService, dataset: Dataset, request: PushRequest, execution: SmallPush
) -> PushOutcome:
    """Carry out a push in the open transaction. A dry run does the same, and undoes everything but the record of its import.

    Raises `MonthClosed`, `ReasonRequired`, `Empty`, `StillRunning`, `IdempotencyMismatch`, `Conflict` and the problems of
    the formats, all without effect.
    """
    if request.challenge:
        request = await limit_to_challenged_month(connection, request)
    # Has this request been answered before?
    if request.key and not request.dry_run:
        answer = await idempotency.find_response(connection, request.scope, request.key, request.fingerprint)
        if answer:
            await execution.end(connection)
            return PushOutcome(answer)
    precheck = await _find_precheck(connection, dataset, request)
    ledger = None
    if precheck.same_as and not request.dry_run:
        ledger = await lock_campaign(connection, request.scope.campaign)
        precheck = await _find_precheck(connection, dataset, request)  # again, now that nothing can change any more
    definition = await service.definitions.at(connection, request.scope.campaign, precheck.definition_version)
    with RowErrors() as errors:
        run = PushRun(connection, service, request, execution, definition, errors)
        if ledger and precheck.same_as:
            return await _record(run, ledger, _repeated_result(precheck, errors))

        # Read and check the body.
        await execution.begin(connection)
        parsed = await dataset.parse(run)
        _refuse_empty(request, parsed)

        # Lock the campaign. A push that is refused anyway changes nothing, and lets others go first.
        campaign = request.scope.campaign
        ledger = await read_ledger(connection, campaign) if run.refused else await lock_campaign(connection, campaign)
        if ledger.definition_version != definition.version:
            raise Overloaded(
                "方案配置刚刚更新，请重试。",
                "The definition has just changed; send the push again.",
                headers={"Retry-After": "0"},
            )
        challenge = await open_challenge(run)
        challenged = challenge.parts(definition) if challenge else None
        months = await writable_months(connection, request.scope, parsed.rows.months, request.reason, challenged)
        before = await read_affected(run, parsed)

        # Check the rules against the stored counts.
        await parsed.check(run, months.reopened, before.rule_inputs)

        # Write, take a version, record, answer.
        changes = _NO_CHANGES if run.refused else await _write(run, parsed, ledger, months, before)
        return await _record(run, ledger, _result(run, parsed, changes), challenge)


class _Precheck(NamedTuple):
    """The definition in force, and the import of the same request if there is one."""

    definition_version: int
    same_as: UUID | None  # the import of the same request, if nothing that it depends on has changed since
    counts: dict[str, int]  # of that import


async def _find_precheck(connection: AsyncConnection, dataset: Dataset, request: PushRequest) -> _Precheck:
    scope = request.scope
    repeatable = None if request.undoes else request.fingerprint  # a second undo is refused with the name of the first
    binds = {"campaign": scope.campaign, "org": scope.org, "request": repeatable, "refers": dataset.refers}
    row = await (await connection.execute(_PRECHECK, binds)).fetchone()
    if row is None:
        raise NotFound
    return _Precheck(*row)


def _repeated_result(precheck: _Precheck, errors: RowErrors) -> PushResult:
    """Return the result of a request that was carried out before, without changes since."""
    counts = precheck.counts
    unchanged = counts["created"] + counts["updated"] + counts["unchanged"]
    repeated = {name: counts[name] for name in ("received", "merged", "blank")}
    return PushResult(errors, NO_COUNTS | repeated | {"unchanged": unchanged}, same_as=precheck.same_as)


def _refuse_empty(request: PushRequest, parsed: ParsedPush) -> None:
    """Refuse a push without rows unless the request says that it is meant: a wrong file must not look like a success."""
    rows = parsed.rows
    if rows.received or request.allow_empty or request.undoes:
        return
    zh = f"没有可导入的数据行（{rows.blank} 行未填数值）" if rows.blank else "没有可导入的数据行"
    en = f"No row has a value ({rows.blank} rows are blank)." if rows.blank else "The push has no rows."
    if request.mode is PushMode.REPLACE:
        zh, en = f"{zh}，该月全部数据将被撤回", f"{en} The whole month would be retracted."
    raise Empty(f"{zh}。如确需如此，请加 allow_empty=true。", f"{en} If that is intended, add `allow_empty=true`.")


class _Changes(NamedTuple):
    """The changes of a push: rows, summary lines, and the findings of its months."""

    written: Written
    effects: list[dict[str, Any]]
    findings: Findings


_NO_CHANGES = _Changes(Written(0, 0, 0), [], Findings([], 0))


async def _write(run: PushRun, parsed: ParsedPush, ledger: LedgerEnd, months: WritableMonths, before: Affected) -> _Changes:
    """Write the rows that were not rejected; return how many, the summary lines that changed, and the findings of the months."""
    connection, request, compute = run.connection, run.request, run.execution.compute
    if request.dry_run:
        await connection.execute("SAVEPOINT before_write")
    written = await parsed.write(run, ledger.latest_version + 1, onto_stored=bool(months.with_counts))
    change_set = parsed.change_set()
    after = await (compute(before.with_changes, change_set) if change_set else read_affected(run, parsed))
    effects = await compute(before.lines.compare, before.line_rows, after.line_rows)
    findings = await compute(findings_of, run.definition, after.plans, after.rule_inputs, limit=FINDINGS_IN_REPORT)
    await add_explanations(connection, request.scope, findings.listed)
    if request.dry_run:
        await connection.execute("ROLLBACK TO SAVEPOINT before_write")
    return _Changes(written, effects, findings)


def _result(run: PushRun, parsed: ParsedPush, changes: _Changes) -> PushResult:
    """Return the result, in which received = created + updated + unchanged + merged + rejected + withheld."""
    rows, written = parsed.rows, changes.written
    good = rows.received - rows.merged - run.errors.rows
    counts = {
        "received": rows.received,
        "created": written.created,
        "updated": written.updated,
        "unchanged": 0 if run.refused else good - written.created - written.updated,
        "merged": rows.merged,
        "rejected": run.errors.rows,
        "withheld": good if run.refused else 0,
        "retracted": written.retracted,
        "blank": rows.blank,
    }
    return PushResult(
        run.errors,
        counts,
        list(rows.months),
        rows.normalised(),
        [_passed_over(passed) for passed in rows.passed_over],
        changes.effects,
        [finding.document(run.definition) for finding in changes.findings.listed],
        changes.findings.total,
        refused=run.refused,
    )


def _passed_over(passed: PassedOver) -> dict[str, object]:
    return {
        "reason": passed.reason.value,
        "message": passed.reason.title_.model_dump(),
        "sheet": passed.sheet,
        "cell": passed.cell,
        "text": passed.text,
    }


async def _record(run: PushRun, ledger: LedgerEnd, result: PushResult, challenge: OpenChallenge | None = None) -> PushOutcome:
    """Take a version if anything changed; record the import, its errors, the correction of a challenge, the answer, the audit."""
    connection, request, now = run.connection, run.request, run.service.clock.now()
    sender, import_id = request.principal, str(request.import_id)
    version = ledger.latest_version
    async with connection.pipeline():
        if result.changed and not request.dry_run:
            version = await take_version(
                connection,
                ledger,
                kind=LedgerKind.IMPORT,
                subject=import_id,
                org=sender.org,
                actor=sender.client_id,
                now=now,
            )
        document = await record_import(connection, request, result, version, now)
        await run.execution.end(connection)
        await audit.record(
            connection,
            campaign=sender.campaign,
            org=sender.org,
            actor=sender.client_id,
            operation=request.operation,
            subject=import_id,
            request_id=request.request_id,
            now=now,
        )
        answer = StoredResponse(200 if request.dry_run else 201, f"/v1/imports/{import_id}", document)
        if run.errors.rows and not request.dry_run:
            await keep_with_errors(connection, run.service.retention, request, run.errors, now)
        if request.key and not request.dry_run and not result.refused:
            await idempotency.store_response(connection, request.scope, request.key, request.fingerprint, answer, now)
    if challenge and not (request.dry_run or result.refused):
        await record_correction(run, challenge, changed=result.changed, version=version, now=now)
    return PushOutcome(answer, _refusal(request, result) if result.refused else None)


def _refusal(request: PushRequest, result: PushResult) -> RowsRefused:
    received, rejected = result.counts["received"], result.counts["rejected"]
    return RowsRefused(
        f"{received} 行中有 {rejected} 行有误，全部未入库。",
        f"{rejected} of {received} rows are invalid; no rows were stored.",
        headers={"Location": f"/v1/imports/{request.import_id}"},
        members=RefusedPush.model_validate({"import_id": request.import_id, "report": result.report()}),
    )
