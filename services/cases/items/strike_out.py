"""Comments and attachments are struck out once, by the organisation that they come from."""

from services.cases.items.call import ItemCall
from shared.problem_members import StateAndActions
from shared.problems import Conflict, Forbidden
from shared.tables.item_attachment import ItemAttachment
from shared.tables.item_comment import ItemComment
from shared.values.bilingual import Bilingual


def refuse_strike_out(
    call: ItemCall, contribution: ItemComment | ItemAttachment, noun: Bilingual, organisation: Bilingual
) -> None:
    """Raise Forbidden for another organisation's contribution, Conflict for one that is struck out already.

    `organisation`: the one that may strike out, by what it did.
    """
    if contribution.by_org != call.caller.org:
        raise Forbidden(f"只有{organisation.zh}可以划去。", f"Only {organisation.en} may strike it out.")
    if contribution.struck_at is not None:
        raise Conflict(
            zh=f"该{noun.zh}已划去。",
            en=f"The {noun.en} is struck out already.",
            members=StateAndActions(state="struck_out", actions=[]),
        )
