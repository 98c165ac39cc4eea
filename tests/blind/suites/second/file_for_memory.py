import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session

from vespera_scriptorium.infrastructure.legacy import (
    create_file_tracker_for_subtask,
    initialize_file_tracking,
)
from vespera_scriptorium.infrastructure.tables import Base, LegacyOperationRow


@pytest.fixture
def connect(tmp_path):
    """Sessions on connections of their own to the same file."""
    opened = []

    def new():
        engine = create_engine(f"sqlite:///{tmp_path / 'tracking.db'}")
        session = Session(engine)
        opened.append((engine, session))
        return session

    yield new
    for engine, session in opened:
        session.close()
        engine.dispose()


async def tracker(session, subtask="s"):
    return create_file_tracker_for_subtask(subtask, await initialize_file_tracking(session))


def tables(session):
    return set(inspect(session.get_bind()).get_table_names())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.txt"


async def test_makes_all_tables(connect):
    await initialize_file_tracking(connect())
    assert tables(connect()) >= set(Base.metadata.tables)


async def test_makes_the_missing_tables(connect):
    session = connect()
    Base.metadata.tables["tasks"].create(session.connection())
    session.commit()
    await initialize_file_tracking(session)
    assert tables(connect()) >= set(Base.metadata.tables)


async def test_makes_no_table(connect):
    await initialize_file_tracking(connect(), run_migration=False)
    assert tables(connect()) == set()


async def test_rows_stay(connect, path):
    first = await tracker(connect())
    await first.track_file_create(str(path))
    session = connect()
    session.execute(text("insert into task_numbers default values"))
    session.commit()
    again = await tracker(connect())
    assert (await again.verify_all_operations())["total"] == 1
    assert connect().scalar(text("select count(*) from task_numbers")) == 1


@pytest.mark.parametrize("method", ["track_file_create", "track_file_modify"])
async def test_committed_at_once(connect, path, method):
    mine, other = await tracker(connect()), await tracker(connect())
    for n in (1, 2):
        await getattr(mine, method)(str(path))
        summary = await other.verify_all_operations()
        assert summary["total"] == n
        assert len(summary["unverified"]) == n


async def test_counts_what_others_have_committed(connect, path):
    mine, other = await tracker(connect()), await tracker(connect())
    assert (await mine.verify_all_operations())["total"] == 0
    await other.track_file_create(str(path))
    assert (await mine.verify_all_operations())["total"] == 1
    await mine.track_file_create(str(path))
    await other.track_file_modify(str(path))
    assert (await mine.verify_all_operations())["total"] == 3


async def test_does_not_count_what_others_have_not_committed(connect, path):
    mine = await tracker(connect())
    session = connect()
    session.add(
        LegacyOperationRow(
            id="x", subtask_id="s", kind="creation", file_path=str(path), details={}
        )
    )
    session.flush()
    assert (await mine.verify_all_operations())["total"] == 0
    session.commit()
    assert (await mine.verify_all_operations())["total"] == 1


async def test_changes_nothing_that_is_stored(connect, path):
    mine = await tracker(connect())
    path.write_text("x")
    await mine.track_file_create(str(path))
    await mine.track_file_modify(str(path))
    query = text("select * from legacy_file_operations order by number")
    before = connect().execute(query).all()
    first = await mine.verify_all_operations()
    assert await mine.verify_all_operations() == first
    assert connect().execute(query).all() == before
    assert first["total"] == 2


async def test_another_tracker_knows_what_the_content_was(connect, path):
    mine, other = await tracker(connect()), await tracker(connect())
    path.write_text("one")
    await mine.track_file_modify(str(path))
    later = await tracker(connect())
    for content, verified in [("one", 0), ("two", 1), ("one", 0)]:
        path.write_text(content)
        for each in (mine, other, later):
            assert (await each.verify_all_operations())["verified"] == verified
