"""Defaults for the forms of an organisation: the area that it counts, the units of its metrics."""

from dataclasses import replace

from services.ingest.formats.sender import SenderDefaults
from services.ingest.push.request import PushRequest
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.values.months import month_text
from shared.values.spelling import normalised
from shared.vocabulary import Grain


def sender_defaults(request: PushRequest, definition: AppliedDefinition) -> SenderDefaults:
    """Return the values that the tables of a push may omit."""
    return replace(_defaults(definition, request.principal.org), month=month_text(request.month) if request.month else None)


@cached_on_definition(256)
def _defaults(definition: AppliedDefinition, org: str) -> SenderDefaults:
    """Return the defaults that are the same for every push of an organisation, without the month."""
    sender = definition.organisation(org)
    whole, own = definition.campaign.area, sender.area
    homes = {metric.code: whole if metric.grain is Grain.CAMPAIGN else own for metric in definition.metrics}
    return SenderDefaults(
        campaign=definition.campaign.code,
        version=definition.version,
        org=org,
        campaign_area=whole,
        default_area=own or whole,
        area_by_metric={metric: home for metric, home in homes.items() if home},
        units={metric.code: (metric.unit.zh, metric.unit.en) for metric in definition.metrics},
        peers={
            normalised(name): peer.code
            for peer in definition.organisations
            if set(peer.roles) & set(sender.roles)
            for name in (peer.title.zh, peer.title.en, *peer.aliases)
        },
    )
