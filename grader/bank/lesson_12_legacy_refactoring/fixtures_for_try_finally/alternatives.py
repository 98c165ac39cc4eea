"""Correct implementations for `fixtures-for-try-finally`, built differently."""

from sqlalchemy.orm import Session

from vespera_scriptorium.infrastructure.legacy import LegacyFileTracking

from .exercise import (
    fixtures_for_try_finally,
)


@fixtures_for_try_finally.alternative()
class KeepsItsConnection(LegacyFileTracking):
    """Begins a transaction of the session at once."""

    def __init__(self, session: Session) -> None:
        session.connection()
        self.session = session
