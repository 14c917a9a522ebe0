"""The refusal of a forbidden move names the relation that is in the way, or says that the role does not permit it."""

from shared.domain.forbidden import forbidden
from shared.domain.transitions import By, Relation
from shared.vocabulary import Role

TASK_FORCE = By(frozenset({Role.TASK_FORCE}), unrelated=frozenset({Relation.OWN, Relation.APPLICANT}))
ISSUER = By(frozenset({Role.LEADER, Role.BUREAU}), related=frozenset({Relation.ISSUER}))
ROLE_ONLY = "Your role does not permit this operation"


def detail(role: Role, *relations: Relation) -> str:
    return forbidden([TASK_FORCE, ISSUER], role, relations).detail.en


def test_a_relation_that_is_in_the_way_is_named() -> None:
    assert detail(Role.TASK_FORCE, Relation.APPLICANT) == (
        "Your organisation is the applicant of the case; another organisation must do this."
    )
    assert detail(Role.LEADER, Relation.APPLICANT) == "Only the organisation that issued it may do this."


def test_a_role_that_never_may_is_the_reason_itself() -> None:
    assert detail(Role.CARRIER, Relation.OWN) == detail(Role.REGULATOR) == ROLE_ONLY


def test_each_relation_has_a_name() -> None:
    for relation in Relation:
        needs = By(frozenset({Role.BUREAU}), related=frozenset({relation}))
        refusal = forbidden([needs], Role.BUREAU, ())
        assert (refusal.detail.en.startswith("Only "), refusal.detail.zh.startswith("仅限")) == (True, True)
