"""The policy table against the roles as the plan has them."""

import pytest

from shared.access import policy
from shared.problems import Forbidden
from shared.settings import SERVICES
from shared.vocabulary import Role

# One line an operation, one letter a role in the order of Role: own, campaign, or no permission.
MATRIX = {
    "get_me": "oooooo",
    "push_observations": "oooo--",
    "push_observations_file": "oooo--",
    "undo_import": "oooo--",
    "list_observations": "oocc--",
    "get_observations_ndjson": "oocc--",
    "push_key_places": "-ooo--",
    "push_key_places_file": "-ooo--",
    "push_place_tests": "o-----",
    "push_place_tests_file": "o-----",
    "push_compounds": "-o----",
    "push_compounds_file": "-o----",
    "push_home_coverage": "o-----",
    "push_home_coverage_file": "o-----",
    "push_base_stations": "o-----",
    "push_base_stations_file": "o-----",
    "list_key_places": "cccc--",
    "list_place_tests": "o-cc--",
    "list_compounds": "cccc--",
    "list_home_coverage": "o-cc--",
    "list_base_stations": "o-cc--",
    "list_imports": "oocc--",
    "get_import": "oocc--",
    "list_import_errors": "oocc--",
    "get_import_errors_csv": "oocc--",
    "get_import_errors_xlsx": "oocc--",
    "get_template_csv": "oooo--",
    "get_template_xlsx": "oooo--",
    "get_register_template_csv": "oooo--",
    "get_register_template_xlsx": "oooo--",
    "list_findings": "oocc--",
    "get_finding": "oocc--",
    "explain_finding": "oooo--",
    "list_submissions": "oocc--",
    "get_submission": "oocc--",
    "move_submission": "oocc--",
    "create_reopening": "oocc--",
    "list_reopenings": "oocc--",
    "get_reopening": "oocc--",
    "move_reopening": "--cc--",
    "create_report": "---c--",
    "preview_report": "---c--",
    "preview_report_xlsx": "---c--",
    "preview_report_docx": "---c--",
    "list_reports": "cccccc",
    "get_report": "cccccc",
    "get_report_json": "--cccc",
    "get_report_xlsx": "--cccc",
    "get_report_docx": "--cccc",
    "acknowledge_report": "----cc",
    "list_indicators": "cccccc",
    "get_indicator": "cccccc",
    "get_catalogue": "cccccc",
    "get_version": "cccccc",
    "list_definitions": "cccccc",
    "get_definition": "cccccc",
    "get_definition_difference": "cccccc",
    "try_definition": "--cc-c",
    "get_explanation": "oocccc",
    "get_series": "oocccc",
    "get_summary": "oocccc",
    "get_summary_ndjson": "oocccc",
    "get_summary_xlsx": "oocccc",
    "get_changes": "oocccc",
    "get_completeness": "oocccc",
    "list_reminders": "--cc--",
    "log_reminder": "--cc--",
    "list_sent_reminders": "--cc--",
    "get_sent_reminder": "--cc--",
    "get_targets": "oocccc",
    "get_rankings": "--cccc",
    "ask_what_if": "oocccc",
    "create_case": "oo----",
    "list_cases": "oocccc",
    "get_case": "oocccc",
    "move_case": "oocc-c",
    "list_case_versions": "oocccc",
    "get_case_version": "oocccc",
    "get_case_version_difference": "oocccc",
    "list_published_cases": "oocccc",
    "edit_case": "oo----",
    "list_case_history": "oocccc",
    "list_case_comments": "oocccc",
    "create_case_comment": "oocccc",
    "move_case_comment": "oocccc",
    "create_challenge": "-ccc-c",
    "list_challenges": "occccc",
    "get_challenge": "occccc",
    "move_challenge": "occc-c",
    "list_challenge_history": "occccc",
    "list_challenge_comments": "occccc",
    "create_challenge_comment": "occccc",
    "move_challenge_comment": "occccc",
    "create_difficulty": "oo----",
    "edit_difficulty": "oc----",
    "move_difficulty": "occc--",
    "list_difficulties": "occccc",
    "get_difficulty": "occccc",
    "list_difficulty_history": "occccc",
    "list_difficulty_comments": "occccc",
    "create_difficulty_comment": "occccc",
    "move_difficulty_comment": "occccc",
    "get_inbox": "cccccc",
    "get_workload": "--cccc",
    "create_action_items": "---cc-",
    "edit_action_item": "---cc-",
    "move_action_item": "ooccc-",
    "list_action_items": "oocccc",
    "get_action_item": "oocccc",
    "list_action_item_history": "oocccc",
    "list_action_item_comments": "oocccc",
    "create_action_item_comment": "oocccc",
    "move_action_item_comment": "oocccc",
    "list_case_attachments": "oocccc",
    "create_case_attachment": "oocccc",
    "get_case_attachment": "oocccc",
    "move_case_attachment": "oocccc",
    "list_difficulty_attachments": "occccc",
    "create_difficulty_attachment": "occccc",
    "get_difficulty_attachment": "occccc",
    "move_difficulty_attachment": "occccc",
    "list_action_item_attachments": "oocccc",
    "create_action_item_attachment": "oocccc",
    "get_action_item_attachment": "oocccc",
    "move_action_item_attachment": "oocccc",
    "list_challenge_attachments": "occccc",
    "create_challenge_attachment": "occccc",
    "get_challenge_attachment": "occccc",
    "move_challenge_attachment": "occccc",
    "list_assignment_attachments": "occccc",
    "create_assignment_attachment": "occccc",
    "get_assignment_attachment": "occccc",
    "move_assignment_attachment": "occccc",
    "list_tasks": "occccc",
    "get_task": "occccc",
    "get_board": "occccc",
    "get_assignment": "occccc",
    "edit_assignment": "occc--",
    "move_assignment": "occc--",
    "list_assignment_history": "occccc",
    "list_assignment_comments": "occccc",
    "create_assignment_comment": "occccc",
    "move_assignment_comment": "occccc",
}
REACH = {"o": "own", "c": "campaign"}


def test_the_roles_stand_in_the_order_of_the_matrix() -> None:
    assert list(Role) == [Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE, Role.LEADER, Role.REGULATOR]


def test_every_operation_is_in_the_matrix_and_no_other() -> None:
    assert policy.GRANTS.keys() == MATRIX.keys()
    assert not policy.PUBLIC_OPERATIONS & MATRIX.keys()


@pytest.mark.parametrize("operation", MATRIX)
def test_a_role_may_what_the_matrix_says_and_nothing_else(operation: str) -> None:
    for role, letter in zip(Role, MATRIX[operation], strict=True):
        if letter == "-":
            with pytest.raises(Forbidden):
                policy.granted_reach(operation, role)
        else:
            assert policy.granted_reach(operation, role) == REACH[letter]


def test_what_is_not_in_the_table_is_denied() -> None:
    with pytest.raises(Forbidden):
        policy.granted_reach("drop_everything", Role.TASK_FORCE)


def test_a_token_is_valid_for_every_service_so_that_a_role_without_access_is_told_so() -> None:
    assert policy.AUDIENCE == SERVICES
