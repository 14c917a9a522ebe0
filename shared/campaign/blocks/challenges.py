"""The block of challenges: how long each side has."""

from typing import Annotated

from pydantic import Field, StrictInt

from shared.campaign.blocks.block import Block

_Days = Annotated[StrictInt, Field(ge=1, le=60)]


class Challenges(Block):
    """Working days that each side of a challenge has, counted from the day after the move before."""

    answer_days: _Days = 5  # for the organisation, to concede or rebut
    correction_days: _Days = 5  # for the organisation, to correct the count
    decision_days: _Days = 5  # for the other side, to uphold or dismiss
