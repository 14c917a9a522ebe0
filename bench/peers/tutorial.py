"""The way of the FastAPI tutorial: a list of SQLModel in the body, `add_all`, commit."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import Engine, create_engine
from sqlmodel import Field, Session, SQLModel


class TutorialObservation(SQLModel, table=True):
    """A count, as a beginner would store it."""

    campaign: str = Field(primary_key=True)
    org: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    metric: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    value: int


def create(url: str) -> FastAPI:
    """The application on its own table of a database."""
    engine: Engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    TutorialObservation.metadata.tables["tutorialobservation"].create(engine, checkfirst=True)
    app = FastAPI()

    def session() -> Iterator[Session]:
        with Session(engine) as opened:
            yield opened

    @app.post("/observations", status_code=201)
    def create_observations(observations: list[TutorialObservation], session: Annotated[Session, Depends(session)]) -> int:
        session.add_all(observations)
        session.commit()
        return len(observations)

    return app
