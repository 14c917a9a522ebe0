"""Enumerations of application cases, tasks, comments and attachments."""

from shared.vocabulary.term import Term


class CaseState(Term):
    """State of an application case."""

    DRAFT = "draft", "草稿", "draft"
    SUBMITTED = "submitted", "已申报，待受理", "submitted"
    IN_REVIEW = "in_review", "审核中", "in review"
    RETURNED = "returned", "已退回", "returned"
    REJECTED = "rejected", "不予认定", "rejected"
    APPROVED = "approved", "已认定", "approved"
    RECOMMENDED = "recommended", "已推荐", "approved and recommended"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    REVOKED = "revoked", "已撤销认定", "approval revoked"
    MERGED = "merged", "已并入其他案例", "merged into another case"


class CaseMove(Term):
    """Moves of an application case."""

    SUBMIT = "submit", "申报", "submit"
    TAKE_UP = "take_up", "受理", "take up"
    RETURN = "return", "退回", "return"
    REJECT = "reject", "不予认定", "reject"
    APPROVE = "approve", "认定", "approve"
    RECOMMEND = "recommend", "推荐", "recommend"
    RECORD_OUTCOME = "record_outcome", "登记推荐结果", "record the outcome of the recommendation"
    PUBLISH = "publish", "公开", "publish"
    UNPUBLISH = "unpublish", "取消公开", "end the publication"
    WITHDRAW = "withdraw", "撤回", "withdraw"
    REQUEST_REVOCATION = "request_revocation", "申请撤销认定", "request the revocation"
    REVOKE = "revoke", "撤销认定", "revoke the approval"
    DECLINE_REVOCATION = "decline_revocation", "不同意撤销认定", "decline the requested revocation"
    MERGE = "merge", "并入其他案例", "merge into the case that it duplicates"
    UNDO_MERGE = "undo_merge", "取消合并", "undo the merge"


class NetworkMode(Term):
    """Kind of network that serves an application."""

    PUBLIC = "public", "公网", "public network"
    SHARED = "shared", "公专混合（与公网部分共享）", "virtual private network that shares parts of the public one"
    DEDICATED = "dedicated", "专网（独立建设）", "dedicated private network"


class RecommendedTo(Term):
    """Recipient of a recommended case."""

    REGULATOR = "regulator", "市通信管理局", "the communications administration"
    COMPETITION = "competition", "征集大赛", "a competition"


class Industry(Term):
    """Section of the industrial classification GB/T 4754-2017."""

    A = "A", "农、林、牧、渔业", "agriculture, forestry, animal husbandry and fishery"
    B = "B", "采矿业", "mining"
    C = "C", "制造业", "manufacturing"
    D = "D", "电力、热力、燃气及水生产和供应业", "production and supply of electricity, heat, gas and water"
    E = "E", "建筑业", "construction"
    F = "F", "批发和零售业", "wholesale and retail trade"
    G = "G", "交通运输、仓储和邮政业", "transport, storage and post"
    H = "H", "住宿和餐饮业", "accommodation and catering"
    I = "I", "信息传输、软件和信息技术服务业", "information transmission, software and information technology services"  # noqa: E741
    J = "J", "金融业", "finance"
    K = "K", "房地产业", "real estate"
    L = "L", "租赁和商务服务业", "leasing and business services"
    M = "M", "科学研究和技术服务业", "scientific research and technical services"
    N = "N", "水利、环境和公共设施管理业", "management of water, environment and public facilities"
    O = "O", "居民服务、修理和其他服务业", "resident services, repair and other services"  # noqa: E741
    P = "P", "教育", "education"
    Q = "Q", "卫生和社会工作", "health and social work"
    R = "R", "文化、体育和娱乐业", "culture, sports and entertainment"
    S = "S", "公共管理、社会保障和社会组织", "public administration, social security and social organisations"
    T = "T", "国际组织", "international organisations"


class CommentVisibility(Term):
    """Readers of a comment on an item."""

    ITEM = "item", "可查看该事项的单位", "organisations that may read the item"
    INTERNAL = "internal", "仅监督方（主管部门、工作专班、领导小组、通信管理局）", "the oversight side only"


class ContributionMove(Term):
    """Moves of a comment on an item, or of an attachment."""

    STRIKE_OUT = "strike_out", "划去", "strike out"


class TaskStanding(Term):
    """Position of a task of the plan relative to its due date; whether it is done is for the task force to decide."""

    CONTINUOUS = "continuous", "持续推进", "continuous, without a due date"
    RUNNING = "running", "未到期", "running"
    PAST_DUE = "past_due", "已到期", "due date has passed"
