"""The registers a campaign keeps, and the metrics their counts are written under."""

from collections.abc import Iterable, Iterator
from typing import Final

from shared.campaign.blocks import DerivedCount, KeptRegister
from shared.campaign.checks.draft import Draft, quoted, with_keys
from shared.campaign.checks.places import check_spellings
from shared.campaign.checks.repeats import check_unique
from shared.campaign.findings import FileError
from shared.registers import REGISTERS
from shared.vocabulary import ColumnKind, Grain, RegisterCount, Severity

OWN: Final = frozenset(
    {
        RegisterCount.PLACES_EACH,
        RegisterCount.HOMES_EACH,
        RegisterCount.STATIONS_BUILT,
        RegisterCount.STATIONS_SHARED_IN,
    }
)
"""Counts of one organisation's register; the others combine the registers of several."""
_OF_TERMS = {ColumnKind.TERM, ColumnKind.TERMS}


def check_registers(draft: Draft) -> Iterator[FileError]:
    """Check that each register has a keeper, and derived metrics that fit its counts."""
    yield from check_unique(draft, ((f"register[{register.code}]", register.code) for register in draft.registers))
    counts = [
        (f"register[{register.code}].count[{derived.count}]", derived)
        for register in draft.registers
        for derived in register.counts
    ]
    yield from check_unique(draft, ((key, derived.count) for key, derived in counts))
    yield from check_unique(draft, ((f"{key}.metric", derived.metric) for key, derived in counts))
    for register in draft.registers:
        key = f"register[{register.code}]"
        yield from draft.unknown("organisation", with_keys(f"{key}.kept_by", register.kept_by))
        yield from _terms(draft, key, register)
        for derived in register.counts:
            at = f"{key}.count[{derived.count}]"
            if derived.count not in REGISTERS[register.code].counts:
                zh, en = quoted(REGISTERS[register.code].counts)
                problem = ("此项数据不由该登记表汇总", "is not derived from this register")
                yield draft.finding(at, problem, (f"可用：{zh}", f"use one of {en}"))
            yield from _count(draft, at, register, derived)


def _terms(draft: Draft, key: str, register: KeptRegister) -> Iterator[FileError]:
    columns = [column.name for column in REGISTERS[register.code].columns if column.kind in _OF_TERMS]
    yield from check_unique(draft, ((f"{key}.term[{term.code}]", (term.column, term.code)) for term in register.terms))
    for term in register.terms:
        if term.column not in columns:
            zh, en = quoted(columns)
            fix = (f"可用：{zh}", f"use {en}") if columns else ("删除该 term", "remove the term")
            problem = (f"`{term.column}` 没有可选值", f"`{term.column}` has no list of values")
            yield draft.finding(f"{key}.term[{term.code}].column", problem, fix)
    for column in REGISTERS[register.code].columns:
        orgs = [draft.organisation_by_code[org] for org in register.kept_by if org in draft.organisation_by_code]
        terms = [term for term in register.terms if term.column == column.name]
        named = [*(orgs if column.orgs else ()), *terms]
        yield from check_spellings(draft, f"{key}.{column.name}", ((block.code, block.names) for block in named))


def _count(draft: Draft, key: str, register: KeptRegister, derived: DerivedCount) -> Iterator[FileError]:
    yield from draft.unknown("metric", [(f"{key}.metric", derived.metric), (f"{key}.declared", derived.declared)])
    metric, declared = draft.metric_by_code.get(derived.metric), draft.metric_by_code.get(derived.declared or "")
    if metric is not None and (not metric.derived or metric.grain is not Grain.STREET):
        yield draft.finding(
            f"{key}.metric",
            (f"`{derived.metric}` 不是按街道由登记表汇总的指标", f"`{derived.metric}` is not a derived metric by subdistrict"),
            ('设 `derived = true` 和 `grain = "street"`', 'set `derived = true` and `grain = "street"`'),
        )
    elif metric is not None and derived.count in OWN and set(metric.reported_by) != set(register.kept_by):
        yield draft.finding(
            f"{key}.metric",
            (
                f"`{derived.metric}` 由各单位各自的登记表汇总",
                f"`{derived.metric}` is derived from each organisation's own register",
            ),
            (
                f"在该指标的 `reported_by` 中写明 {register.code} 的登记单位",
                f"name the organisations that keep {register.code} in the metric's `reported_by`",
            ),
        )
    elif metric is not None and derived.count not in OWN and metric.reported_by:
        yield draft.finding(
            f"{key}.metric",
            (
                f"`{derived.metric}` 合并多个单位的登记表",
                f"`{derived.metric}` is derived from the registers of several organisations",
            ),
            ("删除其 `reported_by`", "remove its `reported_by`"),
        )
    if declared is not None and (declared.derived or declared.grain is not Grain.STREET):
        yield draft.finding(
            f"{key}.declared",
            (f"`{derived.declared}` 不按街道填报", f"`{derived.declared}` is not reported by subdistrict"),
            ("写按街道填报的指标，或删除", "name a metric that is reported by subdistrict, or remove it"),
        )
    if derived.severity is Severity.BLOCK or (derived.severity is Severity.WARN and derived.count not in OWN):
        may = ('"warn" 或 "info"', '"warn" or "info"') if derived.count in OWN else ('"info"', '"info"')
        yield draft.finding(
            f"{key}.severity",
            ("由登记表汇总的数据不能作为不予入库的依据", "a derived count must not reject rows"),
            (f"设为 {may[0]}", f"set {may[1]}"),
        )
    if declared is not None and derived.count not in OWN and _of_streets(draft, declared.reporters):
        yield draft.finding(
            f"{key}.declared",
            (f"`{derived.declared}` 由各街道办事处填报", f"`{derived.declared}` is reported by subdistrict offices"),
            ("写由全区单位填报的指标，或删除", "name a metric of organisations of the whole area, or remove it"),
        )


def _of_streets(draft: Draft, orgs: Iterable[str]) -> bool:
    by_code = draft.organisation_by_code
    return any(by_code[org].area for org in orgs if org in by_code)
