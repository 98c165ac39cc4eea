"""The probes of `fixtures-for-try-finally`, and the broken variants that each must fail with."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

import vespera_scriptorium as vespera
from vespera_scriptorium.infrastructure.legacy import LegacyFileTracking

from .exercise import (
    TRACKER,
    fixtures_for_try_finally,
)


@fixtures_for_try_finally.broken()
class KeepsTheFirstSession(LegacyFileTracking):
    """Works on the session that the first test has given it."""

    def __init__(self, session: Session) -> None:
        cls = type(self)
        self.session = vars(cls).get("_first", session)
        cls._first = self.session  # type: ignore[attr-defined]  # the bug


@fixtures_for_try_finally.broken()
class CommitsNothing(LegacyFileTracking):
    """Flushes where it should commit."""

    def __init__(self, session: Session) -> None:
        self.session = session
        session.commit = session.flush  # type: ignore[method-assign]  # the bug


@fixtures_for_try_finally.broken(replaces=TRACKER)
class OneForAll:
    """Gives every tracker the same subtask."""

    def __init__(self, subtask_id: str, tracking: LegacyFileTracking) -> None:
        self._subtask_id = "subtask"
        self._session = tracking.session


@fixtures_for_try_finally.broken()
class OpensAnotherSession(LegacyFileTracking):
    """Opens a session of its own, beside the one that it is given."""

    def __init__(self, session: Session) -> None:
        self.session = Session(session.get_bind().engine)


@fixtures_for_try_finally.broken()
class StoresEveryStatement(LegacyFileTracking):
    """Stores every statement at once, so that there is nothing to roll back."""

    def __init__(self, session: Session) -> None:
        self.session = session
        session.rollback()
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


@fixtures_for_try_finally.broken()
class BeginsAgain(LegacyFileTracking):
    """Begins a new transaction whenever one ends, also the last one."""

    def __init__(self, session: Session) -> None:
        from sqlalchemy import event

        def begin(session: Session, transaction: object) -> None:
            if not session.in_transaction():
                session.begin()

        self.session = session
        event.listen(session, "after_transaction_end", begin)


@fixtures_for_try_finally.broken()
class OpensAnotherEngine(LegacyFileTracking):
    """Opens an engine of its own, of which nobody disposes."""

    def __init__(self, session: Session) -> None:
        from sqlalchemy import create_engine

        self.session = Session(create_engine(session.get_bind().engine.url))
        self.session.connection()


@pytest.fixture(autouse=True)
@fixtures_for_try_finally.probe_helper()
def probed_engines() -> Any:
    """Which engines have connections, which are disposed of; it runs around every fixture."""
    from types import SimpleNamespace

    from sqlalchemy import Engine, event
    from sqlalchemy.orm import close_all_sessions

    def note_opened(connection: Any) -> None:
        if connection.engine not in engines.opened:
            engines.opened.append(connection.engine)

    def note_disposed(engine: Any) -> None:
        engines.disposed.append(engine)
        if engine is engines.looked_into:  # soon its file may be gone
            engines.stored += probe_operations(engine)

    engines = SimpleNamespace(opened=[], disposed=[], afterwards=[], looked_into=None, stored=[])
    event.listen(Engine, "engine_connect", note_opened)
    event.listen(Engine, "engine_disposed", note_disposed)
    yield engines
    event.remove(Engine, "engine_connect", note_opened)
    event.remove(Engine, "engine_disposed", note_disposed)
    try:
        for check in engines.afterwards:  # the learner's fixtures are over
            check()
    finally:  # one probe tells of what is left open, and not all
        close_all_sessions()
        for engine in engines.opened:
            type(engine).dispose(engine)


@fixtures_for_try_finally.probe_helper()
def probe_operations(engine: Any) -> Any:
    """The operations that a connection of its own sees in the database behind an engine."""
    from sqlalchemy import create_engine, text

    other = create_engine(engine.url)
    with other.connect() as connection:
        rows = connection.execute(text("select id from legacy_file_operations")).all()
    other.dispose()
    return rows


@fixtures_for_try_finally.probe_helper()
def probe_adds_uncommitted(session: Any) -> None:
    """Add an operation to a session, and do not commit it."""
    table = vespera.Base.metadata.tables["legacy_file_operations"]
    values = {"kind": "creation", "file_path": "a.txt", "metadata": {}}
    session.execute(table.insert().values(id="probe", subtask_id="probed", **values))


@fixtures_for_try_finally.probe(promise="empty", broken="KeepsTheFirstSession")
@pytest.mark.parametrize("turn", [1, 2])
async def test_probe_every_test_begins_with_nothing(
    db_session: Any, make_tracker: Any, turn: int
) -> None:
    tracker = make_tracker("probed")
    assert (await tracker.verify_all_operations())["total"] == 0, (
        "a test finds what the test before it has tracked: give each one a file in `tmp_path`"
    )
    await tracker.track_file_create("a.txt")


@fixtures_for_try_finally.probe(promise="file", broken="CommitsNothing")
async def test_probe_another_connection_sees_what_is_committed(
    db_session: Any, make_tracker: Any
) -> None:
    engine = db_session.get_bind().engine
    assert engine.url.database not in (None, "", ":memory:"), (
        "the database is in memory, where nobody else can look: keep it in a file in `tmp_path`"
    )
    tracker = make_tracker("probed")
    assert probe_operations(engine) == [], "there are operations before the test has tracked any"
    await tracker.track_file_create("a.txt")
    assert len(probe_operations(engine)) == 1, (
        "another connection does not see an operation that was tracked and committed"
    )


@fixtures_for_try_finally.probe(promise="subtask", broken="OneForAll")
async def test_probe_a_tracker_belongs_to_its_subtask(make_tracker: Any) -> None:
    one, other = make_tracker("one"), make_tracker("other")
    await one.track_file_create("a.txt")
    assert (await make_tracker("one").verify_all_operations())["total"] == 1, (
        "a second tracker of a subtask does not find what the first one has tracked"
    )
    assert (await other.verify_all_operations())["total"] == 0, (
        "a tracker finds the operations of another subtask: pass on the id that it is given"
    )


@fixtures_for_try_finally.probe(promise="session", broken="OpensAnotherSession")
async def test_probe_trackers_work_on_the_session(db_session: Any, make_tracker: Any) -> None:
    tracker = make_tracker("probed")
    probe_adds_uncommitted(db_session)
    assert (await tracker.verify_all_operations())["total"] == 1, (
        "a tracker does not see what `db_session` has added: let it work on that session"
    )


@fixtures_for_try_finally.probe(promise="rolled-back", broken="StoresEveryStatement")
async def test_probe_what_is_not_committed_is_rolled_back(
    probed_engines: Any, db_session: Any, make_tracker: Any
) -> None:
    def nothing_is_stored() -> None:
        from pathlib import Path

        file = engine.url.database
        if file and Path(file).exists():
            probed_engines.stored += probe_operations(engine)
        assert probed_engines.stored == [], (
            "what the test did not commit is stored after it: close the session without `commit`"
        )

    make_tracker("probed")
    engine = probed_engines.looked_into = db_session.get_bind().engine
    probe_adds_uncommitted(db_session)
    probed_engines.afterwards.append(nothing_is_stored)


@fixtures_for_try_finally.probe(promise="closed", broken="BeginsAgain")
async def test_probe_the_session_is_closed(
    probed_engines: Any, db_session: Any, make_tracker: Any
) -> None:
    from vespera_scriptorium.infrastructure.tables import LegacyOperationRow

    def it_is_closed() -> None:
        assert row not in db_session, (
            "the session still holds what it has read: `close` it behind the `yield`"
        )
        assert not db_session.in_transaction(), (
            "the session is still open after the test: close it behind the `yield`"
        )

    await make_tracker("probed").track_file_create("a.txt")
    row = db_session.query(LegacyOperationRow).first()
    probe_adds_uncommitted(db_session)
    probed_engines.afterwards.append(it_is_closed)


@fixtures_for_try_finally.probe(promise="disposed", broken="OpensAnotherEngine")
async def test_probe_the_engine_is_disposed(
    probed_engines: Any, db_session: Any, make_tracker: Any
) -> None:
    def all_are_disposed() -> None:
        assert db_session.get_bind().engine in probed_engines.opened
        assert all(engine in probed_engines.disposed for engine in probed_engines.opened), (
            "an engine is not disposed after the test: call its `dispose` behind the `yield`"
        )

    make_tracker("probed")
    db_session.connection()
    probed_engines.afterwards.append(all_are_disposed)
