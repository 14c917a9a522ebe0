"""All checks together find everything in one pass, and nothing in a file that is right."""

from shared.campaign.checks import findings
from tests.shared.campaign.checks.spoiling import setting
from tests.shared.campaign.plans import small


def test_the_small_file_is_right() -> None:
    assert findings(small(), "plan.toml") == []


def test_everything_is_found_in_one_pass() -> None:
    raw = small()
    setting("area", "001", parent=None)(raw)
    setting("metric", "events", reported_by=None)(raw)
    setting("target", "fast_share", due=None)(raw)
    setting("indicator", "reach", denominator="users")(raw)
    setting("metric", "users", kidn="stock")(raw)

    keys = {one.key for one in findings(raw, "plan.toml")}

    wanted = {"area[001].parent", "metric[events].owed_by", "target[fast_share].due", "metric[users].kidn"}
    assert keys >= wanted


def test_a_broken_block_makes_nothing_else_unknown() -> None:
    raw = small()
    setting("metric", "ports", kind="stick")(raw)

    assert [one.key for one in findings(raw, "plan.toml")] == ["metric[ports].kind"]
