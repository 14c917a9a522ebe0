"""What an organisation's forms need not say: the place it counts, the units of its metrics."""

from dataclasses import replace

from services.ingest.formats.sender import SenderDefaults
from services.ingest.push.request import Push
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.values.months import month_text
from shared.vocabulary import Grain


def sender_of(asked: Push, definition: AppliedDefinition) -> SenderDefaults:
    """What is known of a push's sender."""
    return replace(_known(definition, asked.principal.org), month=month_text(asked.month) if asked.month else None)


@cached_on_definition(256)
def _known(definition: AppliedDefinition, org: str) -> SenderDefaults:
    """All but the month; a definition version never changes."""
    whole, own = definition.campaign.area, definition.organisation(org).area
    homes = {metric.code: whole if metric.grain is Grain.CAMPAIGN else own for metric in definition.metrics}
    return SenderDefaults(
        campaign_area=whole,
        default_area=own or whole,
        area_by_metric={metric: home for metric, home in homes.items() if home},
        units={metric.code: (metric.unit.zh, metric.unit.en) for metric in definition.metrics},
    )
