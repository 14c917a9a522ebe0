"""The problem of an organisation that may not do what its role permits, because of its relation to the item."""

from collections.abc import Collection, Iterable
from typing import Final

from shared.domain.transitions import By, Relation
from shared.problems import Forbidden
from shared.values.bilingual import Bilingual
from shared.vocabulary import Role

_HOLDERS: Final = {
    Relation.OWN: Bilingual(zh="该事项所属单位", en="the organisation whose item it is"),
    Relation.APPLICANT: Bilingual(zh="该案例的应用单位", en="the applicant of the case"),
    Relation.RESPONSIBLE: Bilingual(zh="责任单位", en="the responsible organisation"),
    Relation.LEAD: Bilingual(zh="牵头单位", en="the lead organisation"),
    Relation.COOPERATING: Bilingual(zh="配合单位", en="a cooperating organisation"),
    Relation.CHALLENGER: Bilingual(zh="提出质疑的单位", en="the organisation that opened the challenge"),
    Relation.ISSUER: Bilingual(zh="交办单位", en="the organisation that issued it"),
    Relation.SUBSTITUTE: Bilingual(
        zh="代行职责的主管部门（限工作专班自身事项）", en="a bureau in place of a task force that is concerned itself"
    ),
}


def forbidden(callers: Iterable[By], role: Role, relations: Collection[Relation]) -> Forbidden:
    """Return the problem of a caller with these relations that is none of those who may do something.

    It names the relation if the role permits it to organisations with others.
    """
    of_role = [by for by in callers if role in by.roles]
    held = frozenset(relations)
    if excluded := sorted({relation for by in of_role for relation in by.unrelated & held}):
        holder = _HOLDERS[excluded[0]]
        return Forbidden(
            f"本单位是{holder.zh}，应由其他单位办理。",
            f"Your organisation is {holder.en}; another organisation must do this.",
        )
    if needed := [_HOLDERS[relation] for relation in sorted({relation for by in of_role for relation in by.related})]:
        return Forbidden(
            f"仅限{'或'.join(holder.zh for holder in needed)}办理。",
            f"Only {' or '.join(holder.en for holder in needed)} may do this.",
        )
    return Forbidden()
