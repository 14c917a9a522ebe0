"""Requests and responses that items of every kind share; each kind extends them with its own fields and enumerations."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, create_model
from pydantic.config import JsonDict

from shared.http.paging import Page, PageQuery
from shared.values.field_error import FieldValueError
from shared.values.fields import ONE_LINE, AnyOf, CodeParameter, Day, ReasonText, RequestBody, TextParagraph
from shared.values.person import Person
from shared.values.timestamps import Timestamp
from shared.vocabulary import CommentVisibility, ContributionMove, ScanResult

ItemId = Annotated[UUID, Path(description="Id of the item.")]
CommentId = Annotated[UUID, Path(description="Id of the comment.")]
AttachmentId = Annotated[UUID, Path(description="Id of the attachment.")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]


def different(values: list[Any]) -> list[Any]:
    """Return a list. Raises FieldValueError if it has an item twice."""
    if len({str(value) for value in values}) != len(values):
        raise FieldValueError("有重复项", "contains an item twice")
    return values


Evidence = Annotated[list[UUID], Field(max_length=99), AfterValidator(different)]
"""Ids of attachments of the item that a move relies on."""


def changes_of(new: type[RequestBody], name: str, text: str) -> type[RequestBody]:
    """Return the model of an edit: the fields of a new item, each of which may be omitted and is then left as it is."""
    fields: dict[str, Any] = {}
    for field_name, field in new.model_fields.items():
        annotation: Any = Annotated[(field.annotation, *field.metadata, Field(description=field.description))]
        fields[field_name] = (annotation, Field(default=None, json_schema_extra=_without_default))
    return create_model(name, __base__=new, __doc__=text, __module__=new.__module__, **fields)


def _without_default(schema: JsonDict) -> None:
    """Remove the default from a schema: a client that sent it would clear the field."""
    schema.pop("default")


class MoveRequest(RequestBody):
    """A move; a kind adds `move`, and the fields that its moves take."""

    on: Day | None = Field(default=None, description="Date of the move, for moves that take one; not in the future.")
    reason: ReasonText | None = Field(default=None, description="Reason, for moves that take one.")
    person: Person | None = Field(default=None, description="Person who makes the move for your organisation.")

    def named_attachments(self) -> Iterator[tuple[str, UUID]]:
        """Yield the attachments of the item that the move relies on, each with its JSON pointer."""
        yield from ()


class MoveRequestWithEvidence(MoveRequest):
    """A move that may rely on attachments."""

    attachments: Evidence | None = Field(
        default=None, description="Ids of attachments of the item that the move relies on. They cannot be struck out afterwards."
    )

    def named_attachments(self) -> Iterator[tuple[str, UUID]]:
        """Yield the attachments that the move names."""
        yield from ((f"/attachments/{number}", each) for number, each in enumerate(self.attachments or ()))


class ItemSearch(PageQuery):
    """Search in a list of items, and its facets."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=100), ONE_LINE] | None = Field(
        default=None, description="Only items whose texts contain each of these words, whatever the case and width of letters."
    )
    facets: bool = Field(
        default=False,
        description="Include the number of items by each value of the facets. Each facet ignores the filter by its own field.",
    )


class ItemQuery(ItemSearch):
    """Filters of a list of items; a kind adds its own."""

    org: AnyOf[CodeParameter] | None = Field(default=None, description="Only items of these organisations.")


class ActionField(BaseModel):
    """A field of a move."""

    name: str = Field(description="Name of the field in the request.")
    required: bool


class ItemAction(BaseModel):
    """A move that the caller may make now; a kind adds `move`."""

    fields: list[ActionField] = Field(description="Fields that the move takes, besides `person`.")


class ItemDocument(BaseModel):
    """An item; a kind adds `state`, `actions` and its own fields."""

    id: UUID
    org: str = Field(description="Code of the organisation whose item it is.")
    revision: int = Field(description="Number of the current revision; grows with every change. Send it in quotes as `If-Match`.")
    created_at: Timestamp
    updated_at: Timestamp
    editable_fields: list[str] = Field(description="Fields that you may edit now.")


class FacetValue(BaseModel):
    """A value of a facet."""

    value: str | None = Field(description="Code; null for items without a value.")
    count: int = Field(description="Number of items.")


class Facet(BaseModel):
    """Numbers of items by the values of one field."""

    field: str = Field(description="Name of the field and of its filter.")
    values: list[FacetValue] = Field(description="Values, the most frequent first.")


ListedT = TypeVar("ListedT")


class ItemPage(Page[ListedT], Generic[ListedT]):
    """One page of a list of items."""

    facets: list[Facet] | None = Field(description="Numbers of items by the values of the facets; null unless requested.")


class FieldChange(BaseModel):
    """A change of one field."""

    field: str = Field(description="Name of the field.")
    before: Any = Field(description="Previous value.")
    after: Any = Field(description="New value.")


class ItemChange(BaseModel):
    """A move or an edit of an item; a kind adds `move`, null for an edit, and `state` after the change."""

    revision: int = Field(description="Revision of the item after the change.")
    org: str = Field(description="Code of the organisation that made the change.")
    person: Person | None
    at: Timestamp
    on: date | None
    reason: str | None
    details: dict[str, Any] = Field(description="Other fields of the move.")
    changes: list[FieldChange] = Field(description="Fields that changed.")


class NewComment(RequestBody):
    """A new comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "请核对应用单位名称。", "visibility": "item"}]})

    text: TextParagraph = Field(description="Text of the comment.")
    visibility: CommentVisibility = Field(
        default=CommentVisibility.ITEM, description="Who may read it; `internal` is for the oversight side only."
    )
    person: Person | None = Field(default=None, description="Person who writes it for your organisation.")


class ContributionMoveRequest(RequestBody):
    """A move of a comment or an attachment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"move": "strike_out", "reason": "数据有误，以最新报送为准。"}]})

    move: ContributionMove
    reason: ReasonText


class Comment(BaseModel):
    """A comment on an item. It is never edited; its author may strike it out."""

    id: UUID
    org: str = Field(description="Code of the organisation that wrote it.")
    person: Person | None
    at: Timestamp
    text: str = Field(description="Text of the comment.")
    visibility: CommentVisibility
    struck_at: Timestamp | None = Field(description="Timestamp at which its author struck it out; null if it stands.")
    strike_reason: str | None = Field(description="Reason for striking it out.")
    actions: list[ContributionMove] = Field(description="Moves that you may make now.")


class CommentQuery(PageQuery):
    """A page of comments."""


class Attachment(BaseModel):
    """A file attached to an item. It is never replaced; its organisation may strike it out unless a move relies on it."""

    id: UUID
    org: str = Field(description="Code of the organisation that attached it.")
    at: Timestamp
    name: str = Field(description="Name of the file, made safe for any system.", examples=["现场照片.jpg"])
    media_type: str = Field(description="Type of the file, found from its bytes.", examples=["image/jpeg"])
    size: int = Field(description="Size in bytes.")
    sha256: str = Field(description="SHA-256 of the file in hexadecimal, also its ETag.")
    scan: ScanResult = Field(description="Result of the virus scan; `unscanned` if the installation has no scanner.")
    path: str = Field(description="Path from which the file is downloaded.")
    struck_at: Timestamp | None = Field(
        description="Timestamp at which its organisation struck it out, which alone can download it since; null if it stands."
    )
    strike_reason: str | None = Field(description="Reason for striking it out.")
    is_evidence: bool = Field(description="Whether a move relies on it; then it cannot be struck out.")
    actions: list[ContributionMove] = Field(description="Moves that you may make now.")


class AttachmentQuery(PageQuery):
    """A page of attachments."""


class HistoryQuery(PageQuery):
    """A page of the history."""
