"""An endpoint as the FastAPI tutorial writes it: a list of SQLModel rows, `add_all`, `commit`."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import Engine, create_engine
from sqlmodel import Field, Session, SQLModel


class TutorialObservation(SQLModel, table=True):
    """A count, stored as the tutorial stores its heroes."""

    id: int | None = Field(default=None, primary_key=True)
    campaign: str = Field(index=True)
    org: str
    month: str
    metric: str
    area: str
    value: int


def create_tutorial_app(url: str) -> FastAPI:
    """Create the application and its table in the database at `url`."""
    engine: Engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    TutorialObservation.metadata.tables["tutorialobservation"].create(engine, checkfirst=True)
    app = FastAPI()

    def session() -> Iterator[Session]:
        with Session(engine) as new_session:
            yield new_session

    @app.post("/observations", status_code=201)
    def create_observations(observations: list[TutorialObservation], session: Annotated[Session, Depends(session)]) -> int:
        session.add_all(observations)
        session.commit()
        return len(observations)

    return app
