from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session

from vespera_scriptorium import Base, create_file_tracker_for_subtask, initialize_file_tracking


class Database:
    def __init__(self, path):
        self.url, self.opened = f"sqlite:///{path}", []

    def session(self):
        engine = create_engine(self.url)
        session = Session(engine)
        self.opened.append((engine, session))
        return session

    async def tracker(self, subtask="one", migrate=True):
        tracking = await initialize_file_tracking(self.session(), run_migration=migrate)
        return create_file_tracker_for_subtask(subtask, tracking)

    def tables(self):
        with self.connection() as connection:
            return set(inspect(connection).get_table_names())

    @contextmanager
    def connection(self):
        engine = create_engine(self.url)
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def close(self):
        for engine, session in self.opened:
            session.close()
            engine.dispose()


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "legacy.db")
    yield database
    database.close()


async def test_makes_all_tables(database):
    await database.tracker()
    assert set(Base.metadata.tables) <= database.tables()


async def test_makes_no_table(database):
    await initialize_file_tracking(database.session(), run_migration=False)
    assert database.tables() == set()


async def test_makes_what_is_missing(database):
    session = database.session()
    Base.metadata.tables["tasks"].create(session.connection())
    session.commit()
    tracker = await database.tracker()
    await tracker.track_file_create("a")
    assert (await tracker.verify_all_operations())["total"] == 1


async def test_rows_stay(database):
    first = await database.tracker()
    await first.track_file_create("a")
    second = await database.tracker()
    assert (await second.verify_all_operations())["total"] == 1


@pytest.mark.parametrize("method", ["track_file_create", "track_file_modify"])
async def test_committed_at_once(database, method, tmp_path):
    tracker, other = await database.tracker(), await database.tracker()
    for number in (1, 2):
        await getattr(tracker, method)(str(tmp_path / f"no file {number}"))
        summary = await other.verify_all_operations()
        assert summary["total"] == number
        with database.connection() as connection:
            rows = connection.execute(text("select count(*) from legacy_file_operations"))
            assert rows.scalar() == number


async def test_verify_changes_nothing(database, tmp_path):
    tracker, other = await database.tracker(), await database.tracker()
    (tmp_path / "a").write_text("a")
    await tracker.track_file_create(str(tmp_path / "a"))
    for who in (tracker, other, tracker):
        summary = await who.verify_all_operations()
        assert summary["total"] == 1 and summary["verified"] == 1


async def test_another_tracker_verifies(database, tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    tracker = await database.tracker()
    await tracker.track_file_modify(str(path))
    later = await database.tracker()
    assert (await later.verify_all_operations())["verified"] == 0
    path.write_text("new")
    assert (await later.verify_all_operations())["verified"] == 1
    assert (await tracker.verify_all_operations())["verified"] == 1
    path.write_text("old")
    assert (await (await database.tracker()).verify_all_operations())["verified"] == 0
