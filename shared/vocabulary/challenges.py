"""Enumerations of challenges of counts."""

from shared.vocabulary.term import Term


class ChallengeState(Term):
    """State of a challenge. `unanswered` begins when time passes: an open or conceded challenge is not stored as such."""

    OPEN = "open", "待答复", "open, not answered yet"
    CONCEDED = "conceded", "已承认，待更正", "conceded, to be corrected"
    REBUTTED = "rebutted", "已答辩，待裁定", "rebutted, to be decided"
    UNANSWERED = "unanswered", "逾期未答复或未更正，待裁定", "not answered or not corrected in time, to be decided"
    CORRECTED = "corrected", "已更正，待裁定", "corrected, to be decided"
    UPHELD = "upheld", "质疑成立", "upheld"
    DISMISSED = "dismissed", "质疑不成立", "dismissed"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class ChallengeMove(Term):
    """Moves of a challenge. A push that names the challenge makes the move `correct`."""

    CONCEDE = "concede", "承认有误", "concede"
    REBUT = "rebut", "答辩", "rebut"
    CORRECT = "correct", "更正", "correct"
    UPHOLD = "uphold", "裁定成立", "uphold"
    DISMISS = "dismiss", "裁定不成立", "dismiss"
    WITHDRAW = "withdraw", "撤回", "withdraw"
