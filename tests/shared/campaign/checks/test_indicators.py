"""Indicators and targets that do not fit are named with the way to mend them."""

import pytest

from tests.shared.campaign.checks.spoiling import Spoilt, adding, named, setting, variant
from tests.shared.campaign.plans import block

CASES = [
    Spoilt("indicator twice", adding("indicator", "reach"), "indicator[reach].from", "twice", "a `from` month"),
    Spoilt(
        "earlier block later",
        lambda raw: (adding("indicator", "reach", from_="2022-09")(raw), adding("indicator", "reach", from_="2022-08")(raw)),
        "indicator[reach].from",
        "twice",
        "later than 2022-09",
    ),
    Spoilt(
        "numerator",
        setting("indicator", "fast_share", numerator="fast_port"),
        "indicator[fast_share].numerator",
        "unknown metric",
        "mean fast_ports?",
    ),
    Spoilt(
        "denominator",
        setting("indicator", "fast_share", denominator="x"),
        "indicator[fast_share].denominator",
        "unknown metric `x`",
        "[[metric]]",
    ),
    Spoilt(
        "different area levels",
        setting("indicator", "fast_share", denominator="users"),
        "indicator[fast_share]",
        "different area levels",
        "one area level",
    ),
    Spoilt(
        "mixed grain of a variant", variant(1, numerator="users"), "indicator[reach]", "`users` by campaign", "one area level"
    ),
    Spoilt(
        "nothing decides",
        setting("indicator", "reach", decides="eech"),
        "indicator[reach].decides",
        "unknown variant `eech`",
        "did you mean each?",
    ),
    Spoilt("variant twice", variant(1, code="each"), "indicator[reach].variant[each]", "twice", "another code"),
    Spoilt(
        "variant's numerator",
        variant(1, numerator="x"),
        "indicator[reach].variant[any].numerator",
        "unknown metric `x`",
        "[[metric]]",
    ),
    Spoilt(
        "any from counts",
        variant(1, numerator="fast_ports"),
        "indicator[reach].variant[any].numerator",
        "computed from counts",
        "a metric derived",
    ),
    Spoilt(
        "variant's denominator",
        variant(1, denominator="x"),
        "indicator[reach].variant[any].denominator",
        "unknown metric `x`",
        "[[metric]]",
    ),
    Spoilt(
        "mixed grain of a variant's denominator",
        variant(0, denominator="users"),
        "indicator[reach]",
        "different area levels",
        "one area level",
    ),
    Spoilt(
        "any of a list that is declared",
        variant(1, denominator=None),
        "indicator[reach].variant[any].denominator",
        "`people` is not derived from the same register",
        "the same register",
    ),
    Spoilt(
        "any of one organisation's own list",
        lambda raw: block(raw, "metric", "listed").update(reported_by=["red"]),
        "indicator[reach].variant[any].denominator",
        "`listed` is not derived from the same register",
        "the same register",
    ),
    Spoilt(
        "a variant divides by itself",
        variant(0, denominator="ports"),
        "indicator[reach].variant[each].denominator",
        "numerator",
        "divide by",
    ),
    Spoilt(
        "nothing to count",
        setting("indicator", "fast_share", numerator=None),
        "indicator[fast_share].variant[sum]",
        "nothing to count",
        "a numerator",
    ),
    Spoilt(
        "nothing to divide by",
        setting("indicator", "reach", denominator=None),
        "indicator[reach].variant[each]",
        "needs a denominator",
        "use `sum`",
    ),
    Spoilt(
        "cases and metrics",
        setting("indicator", "cases", numerator="ports"),
        "indicator[cases].variant[approved]",
        "reads metrics",
        "remove",
    ),
    Spoilt(
        "divides by itself",
        setting("indicator", "fast_share", denominator="fast_ports"),
        "indicator[fast_share].denominator",
        "numerator",
        "divide by",
    ),
    Spoilt(
        "per cent of one",
        setting("indicator", "fast_share", scale=1),
        "indicator[fast_share].scale",
        "scale 100",
        "`scale = 100`",
    ),
    Spoilt(
        "unknown indicator",
        adding("target", "fast_share", indicator="fast"),
        "target[fast].indicator",
        "unknown indicator `fast`",
        "fast_share",
    ),
    Spoilt("target twice", adding("target", "fast_share"), "target[fast_share]", "twice", "remove one"),
    Spoilt(
        "task of target",
        adding("target", "fast_share", kind="task", task=2),
        "target[fast_share, task 2].task",
        "unknown task `2`",
        "[[task]]",
    ),
    Spoilt(
        "task without number",
        setting("target", "fast_share", kind="task"),
        "target[fast_share].task",
        "without its task",
        "together",
    ),
    Spoilt(
        "task on the campaign's",
        adding("target", "fast_share", task=1, due="2022-08-30"),
        "target[fast_share, task 1].task",
        "campaign's",
        "neither",
    ),
    Spoilt(
        "other date than the task",
        setting("task", 1, due="2022-08-15"),
        "target[fast_share, task 1].due",
        "task 1 is due on 2022-08-15",
        "same date",
    ),
    Spoilt("continuous task", setting("task", 1, due=None), "target[fast_share, task 1].due", "is continuous", "same date"),
    Spoilt(
        "target's area",
        adding("target", "fast_share", area="003"),
        "target[fast_share, 003].area",
        "unknown area `003`",
        "[[area]]",
    ),
    Spoilt(
        "target's organisation",
        adding("target", "fast_share", org="rde"),
        "target[fast_share, rde].org",
        "unknown organisation `rde`",
        "mean red?",
    ),
    Spoilt(
        "target of information",
        setting("indicator", "fast_share", informational=True),
        "target[fast_share]",
        "informational",
        "remove the target",
    ),
    Spoilt(
        "due before it applies",
        setting("target", "fast_share", from_="2022-10"),
        "target[fast_share].due",
        "before it applies",
        "after `from`",
    ),
]


@pytest.mark.parametrize("spoilt", CASES, ids=named)
def test_an_indicator_that_does_not_fit_is_told_where_and_how_to_mend_it(spoilt: Spoilt) -> None:
    spoilt.is_told()
