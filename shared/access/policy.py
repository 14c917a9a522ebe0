"""The table of permissions, used by routes, tokens, OpenAPI and tests. An operation that is not in it is denied.

`own`: the rows of the caller's organisation; `campaign`: the rows of all organisations of the campaign.
"""

from typing import Final, Literal

from shared.problems import Forbidden
from shared.vocabulary import Role

Reach = Literal["own", "campaign"]
Grant = dict[Role, Reach]

_ALL_ROLES_OWN: Final[Grant] = dict.fromkeys(Role, "own")
_ALL_ROLES_CAMPAIGN: Final[Grant] = dict.fromkeys(Role, "campaign")
_CARRIER_STREET: Final[Grant] = {Role.CARRIER: "own", Role.STREET: "own"}
_CARRIER_STREET_CAMPAIGN: Final[Grant] = dict.fromkeys(_CARRIER_STREET, "campaign")
_CARRIER: Final[Grant] = {Role.CARRIER: "own"}
_BUREAU_TASK_FORCE: Final[Grant] = {Role.BUREAU: "campaign", Role.TASK_FORCE: "campaign"}
_CHALLENGE_SIDES: Final[Grant] = {
    **_CARRIER,
    Role.STREET: "campaign",
    **_BUREAU_TASK_FORCE,
    Role.REGULATOR: "campaign",
}
_LEADER_REGULATOR: Final[Grant] = {Role.LEADER: "campaign", Role.REGULATOR: "campaign"}
_READERS_OF_DIFFICULTIES: Final[Grant] = _CARRIER | {Role.STREET: "campaign"} | _BUREAU_TASK_FORCE
"""Carriers reach the rows of their own and those assigned to them; subdistrict offices also see those of their area."""
_ASSIGNMENTS: Final[Grant] = {  # subdistrict offices see those of the carriers with which they cooperate
    Role.CARRIER: "own",
    Role.STREET: "campaign",
    **_BUREAU_TASK_FORCE,
    **_LEADER_REGULATOR,
}

PUBLIC_OPERATIONS: Final = frozenset({"issue_token", "get_jwks", "get_authorization_server"})  # operations that need no token


def readable_items(kind: str, plural: str | None, readers: Grant) -> dict[str, Grant]:
    """Return the grants of those who may read items of a kind: they also comment on what they read, and attach files to it.

    `plural`: None for a kind whose items are not listed.
    """
    operations = (*([f"list_{plural}"] if plural else ()), f"get_{kind}", f"list_{kind}_history", f"list_{kind}_comments")
    comments = (f"create_{kind}_comment", f"move_{kind}_comment")
    attachments = (f"list_{kind}_attachments", *(f"{verb}_{kind}_attachment" for verb in ("create", "get", "move")))
    return dict.fromkeys((*operations, *comments, *attachments), readers)


GRANTS_BY_SERVICE: Final[dict[str, dict[str, Grant]]] = {
    "identity": {
        "get_me": _ALL_ROLES_OWN,
    },
    "ingest": {
        "push_observations": {**_CARRIER_STREET, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "push_observations_file": {**_CARRIER_STREET, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "list_observations": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "get_observations_ndjson": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "push_key_places": {Role.STREET: "own", Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "push_key_places_file": {Role.STREET: "own", Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "push_place_tests": _CARRIER,
        "push_place_tests_file": _CARRIER,
        "push_compounds": {Role.STREET: "own"},
        "push_compounds_file": {Role.STREET: "own"},
        "push_home_coverage": _CARRIER,
        "push_home_coverage_file": _CARRIER,
        "push_base_stations": _CARRIER,
        "push_base_stations_file": _CARRIER,
        # the ids of key places and compounds are needed for the carriers' own registers
        "list_key_places": _CARRIER_STREET_CAMPAIGN | _BUREAU_TASK_FORCE,
        "list_place_tests": _CARRIER | _BUREAU_TASK_FORCE,
        "list_compounds": _CARRIER_STREET_CAMPAIGN | _BUREAU_TASK_FORCE,
        "list_home_coverage": _CARRIER | _BUREAU_TASK_FORCE,
        "list_base_stations": _CARRIER | _BUREAU_TASK_FORCE,
        "list_imports": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "get_import": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "undo_import": {**_CARRIER_STREET, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "list_import_errors": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "get_import_errors_csv": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "get_import_errors_xlsx": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "get_template_csv": {**_CARRIER_STREET, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "get_template_xlsx": {**_CARRIER_STREET, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "get_register_template_csv": {**_CARRIER_STREET, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "get_register_template_xlsx": {**_CARRIER_STREET, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "list_findings": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "get_finding": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "explain_finding": {**_CARRIER_STREET, Role.BUREAU: "own", Role.TASK_FORCE: "own"},
        "list_submissions": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "get_submission": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "move_submission": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "create_reopening": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "list_reopenings": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "get_reopening": _CARRIER_STREET | _BUREAU_TASK_FORCE,
        "move_reopening": _BUREAU_TASK_FORCE,  # of bureaus only those that act for the task force
    },
    "indicators": {
        "create_report": {Role.TASK_FORCE: "campaign"},
        "preview_report": {Role.TASK_FORCE: "campaign"},
        "preview_report_xlsx": {Role.TASK_FORCE: "campaign"},
        "preview_report_docx": {Role.TASK_FORCE: "campaign"},
        "list_reports": _ALL_ROLES_CAMPAIGN,
        "get_report": _ALL_ROLES_CAMPAIGN,
        "get_report_json": _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_report_xlsx": _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_report_docx": _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "acknowledge_report": _LEADER_REGULATOR,
        "list_indicators": _ALL_ROLES_CAMPAIGN,
        "get_indicator": _ALL_ROLES_CAMPAIGN,
        "get_catalogue": _ALL_ROLES_CAMPAIGN,
        "get_version": _ALL_ROLES_CAMPAIGN,
        "list_definitions": _ALL_ROLES_CAMPAIGN,
        "get_definition": _ALL_ROLES_CAMPAIGN,
        "get_definition_difference": _ALL_ROLES_CAMPAIGN,
        "try_definition": {**_BUREAU_TASK_FORCE, Role.REGULATOR: "campaign"},
        "get_explanation": _BUREAU_TASK_FORCE | _LEADER_REGULATOR | _CARRIER_STREET,
        "get_series": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_summary": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_summary_ndjson": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_summary_xlsx": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_changes": _BUREAU_TASK_FORCE | _LEADER_REGULATOR | _CARRIER_STREET,
        "get_completeness": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "list_reminders": _BUREAU_TASK_FORCE,
        "log_reminder": _BUREAU_TASK_FORCE,
        "list_sent_reminders": _BUREAU_TASK_FORCE,
        "get_sent_reminder": _BUREAU_TASK_FORCE,
        "get_targets": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_rankings": _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "ask_what_if": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
    },
    "cases": {
        "create_case": _CARRIER_STREET,
        "edit_case": _CARRIER_STREET,
        "move_case": _CARRIER_STREET | _BUREAU_TASK_FORCE | {Role.REGULATOR: "campaign"},
        **readable_items("case", "cases", _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR),
        "create_difficulty": _CARRIER_STREET,
        "edit_difficulty": _CARRIER | {Role.STREET: "campaign"},  # one of its area is not its own, but there
        "move_difficulty": _READERS_OF_DIFFICULTIES,
        **readable_items("difficulty", "difficulties", _READERS_OF_DIFFICULTIES | _LEADER_REGULATOR),
        # an item may have been another organisation's to move on an earlier day; the inbox has only what the caller may do
        "get_inbox": dict.fromkeys(_CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR, "campaign"),
        "get_workload": _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "create_action_items": {Role.TASK_FORCE: "campaign", Role.LEADER: "campaign"},
        "edit_action_item": {Role.TASK_FORCE: "campaign", Role.LEADER: "campaign"},
        "move_action_item": _CARRIER_STREET | _BUREAU_TASK_FORCE | {Role.LEADER: "campaign"},
        **readable_items("action_item", "action_items", _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR),
        "create_challenge": {Role.STREET: "campaign", **_BUREAU_TASK_FORCE, Role.REGULATOR: "campaign"},
        "move_challenge": _CHALLENGE_SIDES,
        **readable_items("challenge", "challenges", _CHALLENGE_SIDES | {Role.LEADER: "campaign"}),
        **dict.fromkeys(("list_tasks", "get_task", "get_board"), _ASSIGNMENTS),
        **readable_items("assignment", None, _ASSIGNMENTS),
        "edit_assignment": _CARRIER | {Role.STREET: "campaign"} | _BUREAU_TASK_FORCE,
        "move_assignment": _CARRIER | {Role.STREET: "campaign"} | _BUREAU_TASK_FORCE,
        "list_case_versions": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_case_version": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "get_case_version_difference": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
        "list_published_cases": _CARRIER_STREET | _BUREAU_TASK_FORCE | _LEADER_REGULATOR,
    },
}

AUDIENCE: Final = tuple(GRANTS_BY_SERVICE)
"""The services that a token is valid for: all of them, so that a role without access gets 403, not 401."""

GRANTS: Final[dict[str, Grant]] = {
    operation: grant for operations in GRANTS_BY_SERVICE.values() for operation, grant in operations.items()
}


def granted_reach(operation: str, role: Role) -> Reach:
    """Return the reach of a role's permission for an operation. Raises Forbidden without a permission."""
    reach = GRANTS.get(operation, {}).get(role)
    if reach is None:
        raise Forbidden
    return reach
