"""Who may do what: the one table that routes, tokens, OpenAPI and tests are made from. What is not in it is denied.

`own`: the rows of one's own organisation; `campaign`: those of every organisation of the campaign.
"""

from typing import Final, Literal

from shared.problems import Forbidden
from shared.vocabulary import Role

Reach = Literal["own", "campaign"]
Grant = dict[Role, Reach]

_EVERYBODY_OWN: Final[Grant] = dict.fromkeys(Role, "own")
_EVERYBODY_ALL: Final[Grant] = dict.fromkeys(Role, "campaign")
_REPORTERS: Final[Grant] = {Role.CARRIER: "own", Role.STREET: "own"}
_REPORTERS_ALL: Final[Grant] = dict.fromkeys(_REPORTERS, "campaign")
_CARRIERS_OWN: Final[Grant] = {Role.CARRIER: "own"}
_OVERSIGHT: Final[Grant] = {Role.BUREAU: "campaign", Role.TASK_FORCE: "campaign"}
_READERS_ABOVE: Final[Grant] = {Role.LEADER: "campaign", Role.REGULATOR: "campaign"}

PUBLIC_OPERATIONS: Final = frozenset({"issue_token", "get_jwks", "get_authorization_server"})  # operations that need no token

GRANTS_BY_SERVICE: Final[dict[str, dict[str, Grant]]] = {
    "identity": {
        "get_me": _EVERYBODY_OWN,
    },
    "ingest": {
        "push_observations": {**_REPORTERS, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "list_observations": _REPORTERS | _OVERSIGHT,
        "push_key_places": {Role.STREET: "own", Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "push_place_tests": _CARRIERS_OWN,
        "push_compounds": {Role.STREET: "own"},
        "push_home_coverage": _CARRIERS_OWN,
        "push_base_stations": _CARRIERS_OWN,
        "list_key_places": _REPORTERS_ALL | _OVERSIGHT,  # carriers report by the ids of these two: every reporter may read them
        "list_place_tests": _CARRIERS_OWN | _OVERSIGHT,
        "list_compounds": _REPORTERS_ALL | _OVERSIGHT,
        "list_home_coverage": _CARRIERS_OWN | _OVERSIGHT,
        "list_base_stations": _CARRIERS_OWN | _OVERSIGHT,
        "list_imports": _REPORTERS | _OVERSIGHT,
        "get_import": _REPORTERS | _OVERSIGHT,
        "undo_import": {**_REPORTERS, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "list_import_errors": _REPORTERS | _OVERSIGHT,
        "get_import_errors_file": _REPORTERS | _OVERSIGHT,
        "get_template": {**_REPORTERS, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "get_register_template": {**_REPORTERS, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "list_findings": _REPORTERS | _OVERSIGHT,
        "get_finding": _REPORTERS | _OVERSIGHT,
        "explain_finding": {**_REPORTERS, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "list_submissions": _REPORTERS | _OVERSIGHT,
        "get_submission": _REPORTERS | _OVERSIGHT,
        "move_submission": _REPORTERS | _OVERSIGHT,
        "create_reopening": _REPORTERS | _OVERSIGHT,
        "list_reopenings": _REPORTERS | _OVERSIGHT,
        "get_reopening": _REPORTERS | _OVERSIGHT,
        "move_reopening": _OVERSIGHT,  # of bureaus only those that stand in for the task force
        "list_obligations": _REPORTERS | _OVERSIGHT,
    },
    "indicators": {
        "create_report": {Role.TASK_FORCE: "campaign"},
        "preview_report": {Role.TASK_FORCE: "campaign"},
        "list_reports": _EVERYBODY_ALL,
        "get_report": _EVERYBODY_ALL,
        "get_report_file": _OVERSIGHT | _READERS_ABOVE,
        "acknowledge_report": _READERS_ABOVE,
        "list_indicators": _EVERYBODY_ALL,
        "get_indicator": _EVERYBODY_ALL,
        "get_catalogue": _EVERYBODY_ALL,
        "list_definitions": _EVERYBODY_ALL,
        "get_definition": _EVERYBODY_ALL,
        "get_definition_difference": _EVERYBODY_ALL,
        "try_definition": {**_OVERSIGHT, Role.REGULATOR: "campaign"},
        "get_explanation": _OVERSIGHT | _READERS_ABOVE | _REPORTERS,
        "get_series": _REPORTERS | _OVERSIGHT | _READERS_ABOVE,
        "get_summary": _REPORTERS | _OVERSIGHT | _READERS_ABOVE,
        "get_changes": _OVERSIGHT | _READERS_ABOVE | _REPORTERS,
        "list_facts": _REPORTERS | _OVERSIGHT,
        "get_completeness": _REPORTERS | _OVERSIGHT | _READERS_ABOVE,
        "list_reminders": _OVERSIGHT,
        "log_reminder": _OVERSIGHT,
        "list_sent_reminders": _OVERSIGHT,
        "get_sent_reminder": _OVERSIGHT,
        "get_targets": _REPORTERS | _OVERSIGHT | _READERS_ABOVE,
        "get_rankings": _OVERSIGHT | _READERS_ABOVE,
        "ask_what_if": _REPORTERS | _OVERSIGHT | _READERS_ABOVE,
    },
    "cases": {
        "create_case": _REPORTERS,
        "list_cases": _REPORTERS | _OVERSIGHT | _READERS_ABOVE,
        "get_case": _REPORTERS | _OVERSIGHT | _READERS_ABOVE,
        "move_case": _REPORTERS | _OVERSIGHT,
    },
}

GRANTS: Final[dict[str, Grant]] = {
    operation: grant for operations in GRANTS_BY_SERVICE.values() for operation, grant in operations.items()
}


def granted_reach(operation: str, role: Role) -> Reach:
    """How far a role's permission for an operation goes. Raises Forbidden without one."""
    granted = GRANTS.get(operation, {}).get(role)
    if granted is None:
        raise Forbidden
    return granted


def token_audience(role: Role) -> tuple[str, ...]:
    """The services a role's token is good for: those where it may do anything."""
    return tuple(
        service for service, operations in GRANTS_BY_SERVICE.items() if any(role in grant for grant in operations.values())
    )
