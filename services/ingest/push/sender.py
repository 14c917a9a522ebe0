"""What an organisation's forms need not say: the place it counts, the units of its metrics."""

from dataclasses import replace
from functools import lru_cache

from services.ingest.formats.sender import Sender
from services.ingest.push.request import Push
from shared.campaign.loaded import LoadedDefinition
from shared.values.months import month_text
from shared.vocabulary import Grain


def sender_of(asked: Push, loaded: LoadedDefinition) -> Sender:
    """What is known of a push's sender."""
    return replace(_known(loaded, asked.principal.org), month=month_text(asked.month) if asked.month else None)


@lru_cache(maxsize=256)
def _known(loaded: LoadedDefinition, org: str) -> Sender:
    """All but the month; a definition version never changes."""
    definition = loaded.definition
    whole, own = definition.campaign.area, definition.organisation(org).area
    homes = {metric.code: whole if metric.grain is Grain.CAMPAIGN else own for metric in definition.metrics}
    return Sender(
        whole=whole,
        home=own or whole,
        homes={metric: home for metric, home in homes.items() if home},
        units={metric.code: (metric.unit.zh, metric.unit.en) for metric in definition.metrics},
    )
