"""Correct implementations for `fixtures-for-try-finally`, built differently."""

from sqlalchemy.orm import Session

from grader.bank.lesson_12_legacy_refactoring.fixtures_for_try_finally.exercise import (
    fixtures_for_try_finally,
)
from vespera_scriptorium.infrastructure.legacy import LegacyFileTracking


@fixtures_for_try_finally.alternative()
class KeepsItsConnection(LegacyFileTracking):
    """Begins a transaction of the session at once."""

    def __init__(self, session: Session) -> None:
        session.connection()
        self.session = session
