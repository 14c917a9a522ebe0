"""Problems: the errors that an endpoint returns as RFC 9457 documents, each with a stable code.

The docstring of a problem class is its English title, its name gives `code` and `type`.
"""

import re
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from shared.problem_members import (
    ClosedMonths,
    CountLimit,
    CountsAndRows,
    CurrentContent,
    CurrentCount,
    EqualCase,
    HeaderLimits,
    LaterImports,
    MissingFields,
    MissingPlaces,
    OpenChallenge,
    OpenRequest,
    ProblemMembers,
    RefusedPush,
    Revisions,
    SizeLimit,
    StateAndActions,
    SubmittedMonths,
    TargetLimit,
    TimeLimit,
    UnexplainedFindings,
)
from shared.values.bilingual import Bilingual
from shared.vocabulary import FieldCode

MEDIA_TYPE = "application/problem+json"
CODES: Final = "x-problems"
"""The member of an OpenAPI response that lists the codes of its problems."""


class FieldError(BaseModel):
    """An error in one field or parameter."""

    model_config = ConfigDict(frozen=True)

    where: str = Field(description="JSON pointer into the body, or `query.NAME`, `header.NAME`, `path.NAME`.")
    code: FieldCode
    message: Bilingual
    value: str | None = Field(
        default=None, description="The rejected value, up to 64 characters; null for a nested value or a secret."
    )
    hint: Bilingual | None = None


class ProblemDocument(BaseModel):
    """An RFC 9457 problem without members of its own."""

    type: str = Field(examples=["/problems/not-found"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path `/requests/` with the request id.", examples=["/requests/0198c0de-…"])
    code: str = Field(examples=["not_found"])
    errors: list[FieldError]


class Problem(Exception):  # noqa: N818 - a problem is what the RFC calls it
    """The request cannot be processed."""

    status: ClassVar[int] = 500
    title_zh: ClassVar[str] = "请求无法处理"
    own_members: ClassVar[type[ProblemMembers] | None] = None  # what it has besides the members of every problem

    def __init__(
        self,
        zh: str = "",
        en: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        members: ProblemMembers | None = None,
    ) -> None:
        """`zh` and `en` are the detail; `members` are required if the problem has members of its own."""
        if not isinstance(members, self.own_members or NoneType):
            message = f"{type(self).__name__} with {members!r}"
            raise TypeError(message)
        default = self.default_detail()
        self.detail = Bilingual(zh=zh or default.zh, en=en or default.en)
        super().__init__(self.detail.en)
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.members = members

    @classmethod
    def default_detail(cls) -> Bilingual:
        """Return the detail of a problem that is raised without one."""
        return Bilingual(zh=cls.title_zh, en=cls.title_en())

    @classmethod
    def title_en(cls) -> str:
        """Return the English title: the first line of the docstring, without its full stop."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")

    @classmethod
    def code(cls) -> str:
        """Return the stable code, such as `not_found`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def type(cls) -> str:
        """Return the type reference, such as `/problems/not-found`."""
        return f"/problems/{cls.code().replace('_', '-')}"


class Malformed(Problem):
    """The request is malformed."""

    status = 400
    title_zh = "请求格式错误"


class TokenInvalid(Problem):
    """The access token is missing, invalid or expired."""

    status = 401
    title_zh = "访问令牌缺失、无效或已过期"


class Forbidden(Problem):
    """Your role does not permit this operation."""

    status = 403
    title_zh = "当前角色无权执行此操作"


class NotFound(Problem):
    """Not found."""

    status = 404
    title_zh = "对象不存在"


class InputNotKept(Problem):
    """The pushed file is not available."""

    status = 404
    title_zh = "该次导入的原文件未保留或已过期"


class ErrorsNotKept(Problem):
    """The row errors of the import are not available."""

    status = 404
    title_zh = "该次导入的错误明细未保留或已过期"


class MethodNotAllowed(Problem):
    """The path does not support this method."""

    status = 405
    title_zh = "该路径不支持此方法"


class NotAcceptable(Problem):
    """No accepted media type is available."""

    status = 406
    title_zh = "无法提供所要求的媒体类型"


class Timeout(Problem):
    """The request took too long to arrive."""

    status = 408
    title_zh = "请求超时"
    own_members = TimeLimit


class Conflict(Problem):
    """The current state does not allow this operation."""

    status = 409
    title_zh = "当前状态不允许此操作"
    own_members = StateAndActions


class MonthClosed(Problem):
    """The month is closed to changes; request its reopening."""

    status = 409
    title_zh = "该月数据已报送或已审核，不能修改；请先申请重新开放"
    own_members = ClosedMonths


class NotReopened(Problem):
    """The month was reopened for other counts only."""

    status = 409
    title_zh = "该月仅重新开放了部分数据，其余数据不能修改"
    own_members = CountsAndRows


class AlreadyUndone(Problem):
    """The import was undone before."""

    status = 409
    title_zh = "该次导入已撤销"
    own_members = LaterImports


class FindingsUnexplained(Problem):
    """The month has unexplained findings."""

    status = 409
    title_zh = "该月有数据质量问题尚未说明"
    own_members = UnexplainedFindings


class NothingToUndo(Problem):
    """The import changed nothing; there is nothing to undo."""

    status = 409
    title_zh = "该次导入未改变任何数据，无须撤销"


class ChangedSince(Problem):
    """The data has changed since; the import cannot be undone."""

    status = 409
    title_zh = "数据此后又有变动，不能撤销该次导入"
    own_members = CountsAndRows


class PlacesMissing(Problem):
    """Key places that were submitted are missing from the register."""

    status = 409
    title_zh = "登记表缺少已报送的重点场所"
    own_members = MissingPlaces


class MonthNotOpen(Problem):
    """The month has not begun, or is before the campaign's first month."""

    status = 422
    title_zh = "该月尚未开始，或早于方案首月"


class MonthNotEnded(Problem):
    """The month has not ended."""

    status = 409
    title_zh = "该月尚未结束"


class AlreadyRequested(Problem):
    """A reopening request for this month is already open."""

    status = 409
    title_zh = "该月已有一项申请待处理"
    own_members = OpenRequest


class AlreadyChallenged(Problem):
    """The count already has an open challenge."""

    status = 409
    title_zh = "该数据已有一项质疑尚未办结"
    own_members = OpenChallenge


class CountChanged(Problem):
    """The count has changed since you read it."""

    status = 409
    title_zh = "该数据此后已有变动"
    own_members = CurrentCount


class AlreadyAcknowledged(Problem):
    """Your organisation has already acknowledged this report."""

    status = 409
    title_zh = "贵单位已签收该月报"


class ContentChanged(Problem):
    """The counts have changed since you read them."""

    status = 409
    title_zh = "数据已有变化"
    own_members = CurrentContent


class DuplicateCase(Problem):
    """The same case is already approved."""

    status = 409
    title_zh = "同一案例已获认定"
    own_members = EqualCase


class TooManyAttachments(Problem):
    """The item has as many attachments as it may have."""

    status = 409
    title_zh = "附件数量已达上限"
    own_members = CountLimit


class CaseIncomplete(Problem):
    """The case lacks fields that are required to submit it."""

    status = 409
    title_zh = "案例有必填项尚未填写"
    own_members = MissingFields


class NotMergeable(Problem):
    """The other case does not exist, is not submitted, is withdrawn or merged, or is this case itself."""

    status = 409
    title_zh = "不能并入所指案例：该案例不存在、尚未申报、已撤回、已并入其他案例，或即为本案例"


class NotExplainable(Problem):
    """The finding cannot be explained; correct the counts."""

    status = 409
    title_zh = "该问题须更正数据，不能以说明代替"


class ConcurrentChange(Problem):
    """Another request has just made the same change; read the resource again."""

    status = 409
    title_zh = "另一请求刚刚作了同一更改，请重新读取"


class StillRunning(Problem):
    """A request with this idempotency key is still running."""

    status = 409
    title_zh = "使用同一幂等键的请求仍在处理中"


class Stale(Problem):
    """The resource has changed since you read it."""

    status = 412
    title_zh = "内容已被他人修改，请重新读取后再操作"
    own_members = Revisions


class TooLarge(Problem):
    """The body is larger than the limit."""

    status = 413
    title_zh = "请求体超过上限"
    own_members = SizeLimit


class UriTooLong(Problem):
    """The request target is longer than the limit."""

    status = 414
    title_zh = "请求地址过长"
    own_members = TargetLimit


class MediaType(Problem):
    """The body's media type or encoding is not supported."""

    status = 415
    title_zh = "不支持的媒体类型或编码"


class Schema(Problem):
    """Invalid request parameters or body."""

    status = 422
    title_zh = "请求参数或请求体不符合接口约定"


class Infected(Problem):
    """The virus scanner found something in the file."""

    status = 422
    title_zh = "文件未通过病毒扫描"


class RowsRefused(Problem):
    """Some rows are invalid; nothing was stored."""

    status = 422
    title_zh = "数据行有误，未入库"
    own_members = RefusedPush


class Empty(Problem):
    """The push has no rows; nothing was stored."""

    status = 422
    title_zh = "没有可导入的数据行"


class ReasonRequired(Problem):
    """A reason is required: the month was submitted before."""

    status = 422
    title_zh = "该月数据曾经报送，更正须说明原因"
    own_members = SubmittedMonths


class IdempotencyMismatch(Problem):
    """The idempotency key was used with another request."""

    status = 422
    title_zh = "该幂等键已用于其他请求"


class FutureVersion(Problem):
    """The data version does not exist yet."""

    status = 422
    title_zh = "尚无该数据版本"


class PreconditionRequired(Problem):
    """The If-Match header is required."""

    status = 428
    title_zh = "修改时须带请求头 If-Match"


class RateLimited(Problem):
    """You have too many requests in progress."""

    status = 429
    title_zh = "同时进行的请求过多"


class HeaderTooLarge(Problem):
    """The request headers are larger than the limit."""

    status = 431
    title_zh = "请求头超过上限"
    own_members = HeaderLimits


class InternalError(Problem):
    """Internal server error."""

    status = 500
    title_zh = "系统内部错误"


class Overloaded(Problem):
    """The service is temporarily unavailable; try again later."""

    status = 503
    title_zh = "服务暂时不可用，请稍后重试"


class UnknownOutcome(Overloaded):
    """The outcome of the request is unknown."""

    title_zh = "请求结果未知"

    @classmethod
    def default_detail(cls) -> Bilingual:
        """Return how to proceed after a connection that was lost during the commit."""
        return Bilingual(
            zh="数据写入时连接中断。请使用同一 Idempotency-Key 重新发送；"
            "未使用 Idempotency-Key 的，请先读取该内容，再决定是否重新发送。",
            en="The connection was lost during the commit. Repeat the request with the same Idempotency-Key;"
            " if it had none, read the resource before you repeat it.",
        )


BODY_PROBLEMS: Final = (Malformed, Timeout, TooLarge, MediaType)
"""Problems of any request with a body."""
KEYED_PROBLEMS: Final = (StillRunning, IdempotencyMismatch, UnknownOutcome)
"""Problems of a request that creates something and accepts an `Idempotency-Key`."""


def all_problems() -> list[type[Problem]]:
    """Return all problem classes, ordered by status and code."""

    def subclasses(parent: type[Problem]) -> list[type[Problem]]:
        return [kind for child in parent.__subclasses__() for kind in (child, *subclasses(child))]

    return sorted(subclasses(Problem), key=lambda kind: (kind.status, kind.code()))


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` of an endpoint that raises these problems itself.

    Those that follow from its parameters, body and roles are added to the OpenAPI files (`openapi/problem_responses.py`).
    """
    by_status: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, {CODES: []})[CODES].append(kind.code())
    return by_status
