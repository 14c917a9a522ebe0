"""The rules of the design: state × move × role × relation of every kind, and the readers of an item."""

from dataclasses import dataclass
from typing import Final

OWN: Final = "carrier.own street.own"
SUBMITTED: Final = "submitted in_review returned rejected approved recommended withdrawn revoked"
REPORTERS_OWN: Final = "carrier.own street.own bureau.own task_force.own"
RESPONSIBLE: Final = REPORTERS_OWN.replace("own", "responsible")
CHALLENGER: Final = "street.challenger bureau.challenger task_force.challenger regulator.challenger"

RULES: Final = {
    # move | state after | states before, with marks that an item must have (+) or not have (!) | role.relation | never of
    "case": f"""
        edit               | =                   | draft returned | {OWN} |
        submit             | submitted           | draft returned | {OWN} |
        take_up            | in_review           | submitted | bureau task_force | own applicant
        return             | returned            | submitted in_review | bureau task_force | own applicant
        reject             | rejected            | in_review | task_force bureau.substitute | own applicant
        approve            | approved            | in_review | task_force bureau.substitute | own applicant
        recommend          | recommended         | approved | task_force bureau.substitute | own applicant
        record_outcome     | =                   | recommended | task_force regulator |
        publish            | =                   | approved recommended !published | task_force |
        unpublish          | =                   | approved recommended +published | task_force |
        withdraw           | withdrawn           | draft returned submitted in_review | {OWN} |
        request_revocation | =                   | approved recommended !revocation_requested | {OWN} |
        revoke             | revoked             | approved recommended | task_force |
        decline_revocation | =                   | approved recommended +revocation_requested | task_force |
        merge              | merged              | {SUBMITTED} | task_force |
        undo_merge         | submitted           | merged | task_force |
    """,
    "difficulty": f"""
        edit               | =                   | open | {OWN} |
        assign             | assigned            | open assigned | task_force |
        answer             | answered            | assigned | {RESPONSIBLE} |
        resolve            | resolved            | answered | {OWN} |
        not_resolved       | assigned            | answered | {OWN} |
        escalate           | =                   | open assigned answered | task_force |
        withdraw           | withdrawn           | open assigned answered | {OWN} |
        close              | closed              | open assigned answered | task_force |
    """,
    "action_item": f"""
        edit               | =                   | open returned | task_force.issuer leader.issuer |
        report             | reported            | open returned | {REPORTERS_OWN} |
        accept             | accepted            | reported | task_force bureau.substitute | own
        return             | returned            | reported | task_force bureau.substitute | own
        withdraw           | withdrawn           | open reported returned | task_force.issuer leader.issuer |
    """,
    "assignment": f"""
        edit               | =                   | not_started in_progress awaiting_acceptance returned | {RESPONSIBLE} |
        report_progress    | in_progress         | not_started in_progress returned | {RESPONSIBLE} |
        report_done        | awaiting_acceptance | in_progress returned | {RESPONSIBLE} |
        accept             | done                | awaiting_acceptance | bureau.lead task_force | responsible
        return             | returned            | awaiting_acceptance | bureau.lead task_force | responsible
        reopen             | in_progress         | done | task_force | responsible
    """,
    "challenge": f"""
        concede            | conceded            | open | {REPORTERS_OWN} |
        rebut              | rebutted            | open | {REPORTERS_OWN} |
        correct            | corrected           | conceded |  |
        uphold             | upheld              | rebutted unanswered corrected | bureau task_force regulator.challenger | own
        dismiss            | dismissed           | rebutted unanswered corrected | bureau task_force regulator.challenger | own
        withdraw           | withdrawn           | open | {CHALLENGER} |
    """,
}
OVERSIGHT: Final = {"bureau", "task_force", "leader", "regulator"}
EDIT: Final = "edit"


@dataclass(frozen=True)
class Situation:
    """A state of an item, with what else distinguishes it."""

    state: str
    marks: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return " ".join([self.state, *sorted(self.marks)])


@dataclass(frozen=True)
class Rule:
    """A line of the rules."""

    move: str
    states: frozenset[str]
    marks: frozenset[str]
    absent_marks: frozenset[str]
    to: str | None  # None: the state stays
    who: frozenset[tuple[str, str | None]]  # role and relation
    never: frozenset[str]  # relations

    def is_for(self, situation: Situation) -> bool:
        """Return whether the move is made in a situation."""
        marks = situation.marks
        return situation.state in self.states and self.marks <= marks and not self.absent_marks & marks

    def allows(self, role: str, relations: frozenset[str]) -> bool:
        """Return whether a caller makes the move in some situation."""
        return any(role == each and related in {None, *relations} for each, related in self.who) and not self.never & relations


def rules_of(kind: str) -> list[Rule]:
    """Return the rules of a kind."""
    return [_rule(line) for line in RULES[kind].strip().splitlines()]


def _rule(line: str) -> Rule:
    move, to, states, who, never = (part.strip() for part in line.split("|"))
    words = states.split()
    return Rule(
        move=move,
        states=frozenset(word for word in words if word[0] not in "+!"),
        marks=frozenset(word[1:] for word in words if word[0] == "+"),
        absent_marks=frozenset(word[1:] for word in words if word[0] == "!"),
        to=None if to == "=" else to,
        who=frozenset((role, relation or None) for role, _, relation in (word.partition(".") for word in who.split())),
        never=frozenset(never.split()),
    )


def is_granted(kind: str, move: str, role: str) -> bool:
    """Return whether a role makes any move of a kind, or edits any item; the others are refused before an item is looked for."""
    return any(role == each for rule in rules_of(kind) if (rule.move == EDIT) == (move == EDIT) for each, _ in rule.who)


def sees(kind: str, situation: Situation, role: str, relations: frozenset[str]) -> bool:
    """Return whether a caller sees an item. `area` is the relation of a subdistrict office to what concerns its subdistrict."""
    if kind == "case" and "own" not in relations:
        hidden = {
            "bureau": {"draft"},
            "task_force": {"draft"},
            "regulator": {"draft", "returned", "withdrawn"},
        }.get(role)
        if role == "leader":
            return situation.state in {"approved", "recommended"}
        return hidden is not None and situation.state not in hidden and "never_submitted" not in situation.marks
    if role in OVERSIGHT:
        return True
    related = {
        "case": {"own"},
        "difficulty": {"own", "responsible"},
        "action_item": {"own"},
        "assignment": {"responsible"},
        "challenge": {"own"},
    }[kind]
    of_streets = {"difficulty": {"area"}, "assignment": {"lead", "cooperating"}, "challenge": {"area"}}.get(kind, set())
    return bool(relations & (related | of_streets if role == "street" else related))
