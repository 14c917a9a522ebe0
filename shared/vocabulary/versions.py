"""Enumerations of data versions and of definition changes."""

from shared.vocabulary.term import Term


class LedgerKind(Term):
    """Event that created a data version."""

    DEFINITION = "definition", "方案配置", "definition applied"
    IMPORT = "import", "数据导入", "import applied"
    SUBMISSION = "submission", "报送", "submission moved"
    CASE = "case", "案例", "case approved or withdrawn after approval"
    CHALLENGE = "challenge", "数据质疑", "challenge opened or ended"
    REPORT = "report", "月报", "report issued"


class ChangeKind(Term):
    """Change of a block of a definition, or of a key within it."""

    ADDED = "added", "新增", "added"
    CHANGED = "changed", "修改", "changed"
    REMOVED = "removed", "删除", "removed"
    REORDERED = "reordered", "顺序调整", "reordered"
