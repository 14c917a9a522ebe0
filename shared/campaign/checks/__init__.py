"""Cross-checks of a campaign file: whether its blocks fit together. One pass finds all errors."""

from collections.abc import Mapping
from typing import Any

from shared.campaign.checks.counts import check_metrics
from shared.campaign.checks.draft import Draft
from shared.campaign.checks.indicators import check_indicators
from shared.campaign.checks.places import check_areas, check_head, check_organisations
from shared.campaign.checks.plan import (
    check_benchmarks,
    check_cases,
    check_difficulty_categories,
    check_hints,
    check_tasks,
)
from shared.campaign.checks.registers import check_registers
from shared.campaign.checks.rules import check_rules
from shared.campaign.checks.targets import check_targets
from shared.campaign.checks.texts import check_texts
from shared.campaign.findings import FileError
from shared.campaign.shape import find_shape_errors

CHECKS = (
    check_head,
    check_organisations,
    check_areas,
    check_metrics,
    check_indicators,
    check_targets,
    check_rules,
    check_hints,
    check_registers,
    check_cases,
    check_difficulty_categories,
    check_tasks,
    check_benchmarks,
)


def findings(raw: Mapping[str, Any], file: str) -> list[FileError]:
    """Return all errors of a parsed campaign file: those of its shape first, then those between its blocks."""
    draft = Draft.of(raw, file)
    return [*find_shape_errors(raw, file), *check_texts(raw, file), *(finding for check in CHECKS for finding in check(draft))]
