"""One error type for every refusal: RFC 9457 problem documents with a stable code.

The docstring of a problem class is its English title, its name gives `code` and `type`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from shared.values.bilingual import Bilingual

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One thing that is wrong, and where."""

    model_config = ConfigDict(frozen=True)

    where: str = Field(description="A JSON pointer into the body, or `query.NAME`, `header.NAME`, `path.NAME`.")
    code: str
    message: Bilingual
    value: str | None = Field(default=None, description="The offending value, cut at 64 characters.")
    hint: Bilingual | None = None


class ProblemDocument(BaseModel):
    """An RFC 9457 problem."""

    type: str = Field(examples=["/problems/unknown-area"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request id, as a URN-like path.", examples=["/requests/0198c0de-…"])
    code: str = Field(examples=["unknown_area"])
    errors: list[FieldError]


class Problem(Exception):  # noqa: N818 - a problem is what the RFC calls it
    """A request that cannot be answered as asked."""

    status: ClassVar[int] = 500
    title_zh: ClassVar[str] = "请求无法处理"

    def __init__(
        self,
        zh: str = "",
        en: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Details in both languages; `extra` members are added to the document (an import's report, a limit)."""
        super().__init__(en or self.title_en())
        self.detail = Bilingual(zh=zh or self.title_zh, en=en or self.title_en())
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    @classmethod
    def title_en(cls) -> str:
        """The class docstring's first line, without its full stop."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")

    @classmethod
    def code(cls) -> str:
        """The stable code, such as `unknown_area`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def type(cls) -> str:
        """The type reference, such as `/problems/unknown-area`."""
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
    """Your role may not do this."""

    status = 403
    title_zh = "当前角色无权执行此操作"


class NotFound(Problem):
    """There is no such thing."""

    status = 404
    title_zh = "对象不存在"


class InputNotKept(NotFound):
    """The body of this push is not kept, or no longer."""

    title_zh = "该次导入的原文件未保留或已过期"


class MethodNotAllowed(Problem):
    """This path does not take that method."""

    status = 405
    title_zh = "该路径不支持此方法"


class NotAcceptable(Problem):
    """None of the accepted media types can be served."""

    status = 406
    title_zh = "无法提供所要求的媒体类型"


class Timeout(Problem):
    """The request took too long to arrive."""

    status = 408
    title_zh = "请求超时"


class Conflict(Problem):
    """The state of things does not allow this now."""

    status = 409
    title_zh = "当前状态不允许此操作"


class MonthClosed(Conflict):
    """The month was submitted or accepted; it needs to be reopened first."""

    title_zh = "该月已报送或已接收，须先退回或重新打开"


class NotReopened(Conflict):
    """The month was opened again for other counts only."""

    title_zh = "该月只重新打开了部分数据，其余不能变动"


class FindingsUnexplained(Conflict):
    """The month has quality findings that nobody explained."""

    title_zh = "该月有数据质量问题尚未说明"


class StillRunning(Conflict):
    """An earlier request with this idempotency key is still running."""

    title_zh = "使用同一幂等键的请求仍在处理中"


class Stale(Problem):
    """The thing was changed since you read it."""

    status = 412
    title_zh = "对象已被修改"


class TooLarge(Problem):
    """The body is larger than the limit."""

    status = 413
    title_zh = "请求体超过上限"


class UriTooLong(Problem):
    """The request's target is longer than the limit."""

    status = 414
    title_zh = "网址超过上限"


class MediaType(Problem):
    """The body's media type or encoding is not supported."""

    status = 415
    title_zh = "不支持的媒体类型或编码"


class Schema(Problem):
    """The request does not have the documented shape."""

    status = 422
    title_zh = "请求内容不符合接口约定"


class RowsRefused(Problem):
    """Rows of the push are wrong; nothing was stored."""

    status = 422
    title_zh = "数据行有误，未入库"


class ReasonRequired(Problem):
    """The month was submitted before; changing its counts needs a reason."""

    status = 422
    title_zh = "该月曾报送，更正须说明原因"


class IdempotencyMismatch(Problem):
    """The idempotency key was used with another request."""

    status = 422
    title_zh = "该幂等键已用于其他请求"


class FutureVersion(Problem):
    """There is no such data version yet."""

    status = 422
    title_zh = "尚无该数据版本"


class PreconditionRequired(Problem):
    """The edit needs an If-Match header."""

    status = 428
    title_zh = "修改须携带 If-Match"


class HeaderTooLarge(Problem):
    """The request's headers are larger than the limit."""

    status = 431
    title_zh = "请求头超过上限"


class InternalError(Problem):
    """Something went wrong on our side."""

    status = 500
    title_zh = "系统内部错误"


class Overloaded(Problem):
    """The service cannot answer now; try again later."""

    status = 503
    title_zh = "服务繁忙，请稍后重试"


class UnknownOutcome(Overloaded):
    """The connection was lost while committing: the outcome is unknown. Repeat with the same idempotency key."""

    title_zh = "提交时连接中断，结果未知，请使用同一幂等键重试"


BODY_PROBLEMS: Final = (Malformed, TooLarge, MediaType)
"""What any request with a body may be told."""
KEYED_PROBLEMS: Final = (StillRunning, IdempotencyMismatch, UnknownOutcome)
"""What a request that creates something, with an `Idempotency-Key` or without, may be told."""


def all_problems() -> list[type[Problem]]:
    """Every problem class, in the order of status and code."""

    def below(parent: type[Problem]) -> list[type[Problem]]:
        return [kind for child in parent.__subclasses__() for kind in (child, *below(child))]

    return sorted(below(Problem), key=lambda kind: (kind.status, kind.code()))


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint that may answer with these problems."""
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        status: {
            "description": "; ".join(f"`{kind.code()}`: {kind.title_en()}" for kind in same),
            "model": ProblemDocument,
        }
        for status, same in by_status.items()
    }
