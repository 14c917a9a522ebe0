"""The routes of a kind of item, as far as the table of permissions has their operations."""

from collections.abc import Callable
from inspect import cleandoc
from typing import Any

from fastapi import APIRouter, Depends

from services.cases.items.kind import Kind
from shared.access import policy
from shared.access.dependencies import Authorized


class KindRoutes:
    """The routes of a kind. Names contain `{code}` or `{plural}`, docstrings `{noun}` and `{article}`."""

    def __init__(self, kind: Kind[Any]) -> None:
        """It is empty at first."""
        self.router = APIRouter(tags=[kind.plural])
        self.item_path = f"{kind.path}/{kind.id_in_path}"
        self._kind = kind

    def add(self, name: str, method: str, path: str, **described: Any) -> Callable[[Callable[..., Any]], None]:  # noqa: ANN401 - as FastAPI
        """Return a decorator that adds an operation, described by the kind or else by the docstring of its function."""
        operation = self._operation(name)
        article = "an" if self._kind.noun[0] in "aeiou" else "a"

        def add(endpoint: Callable[..., Any]) -> None:
            if operation in policy.GRANTS:
                text = self._kind.descriptions.get(operation) or (endpoint.__doc__ or "").format(
                    noun=self._kind.noun, article=article
                )
                self.router.add_api_route(
                    path, endpoint, methods=[method], name=operation, description=cleandoc(text), **described
                )

        return add

    def caller(self, name: str) -> Any:  # noqa: ANN401 - a dependency
        """Return the dependency that is the authorized caller of an operation."""
        operation = self._operation(name)
        return Depends(Authorized(operation)) if operation in policy.GRANTS else None

    def _operation(self, name: str) -> str:
        return name.format(code=self._kind.code, plural=self._kind.plural)
