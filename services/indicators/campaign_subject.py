"""The subject of a campaign, as reports and reminders name it in Chinese."""

import re

from shared.campaign.definition import Definition

_YEAR = re.compile(r"（[0-9]{4}年）$")


def campaign_subject_zh(definition: Definition) -> str:
    """Return the campaign's Chinese title without a year in brackets: the month that follows names the year."""
    return _YEAR.sub("", definition.campaign.title.zh)
