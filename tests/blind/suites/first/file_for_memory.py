import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


@pytest.fixture
def connect(tmp_path):
    """Sessions on connections of their own, to the same file."""
    opened = []

    def connect():
        engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
        session = Session(engine)
        opened.append((session, engine))
        return session

    yield connect
    for session, engine in opened:
        session.close()
        engine.dispose()


def tables(session):
    with session.get_bind().connect() as connection:
        return set(inspect(connection).get_table_names())


async def tracker(session, subtask="s", migrate=True):
    return create_file_tracker_for_subtask(
        subtask, await initialize_file_tracking(session, run_migration=migrate)
    )


async def test_makes_all_tables(connect):
    await initialize_file_tracking(connect())
    assert "legacy_file_operations" in tables(connect())


async def test_makes_what_is_missing(connect):
    await initialize_file_tracking(connect())
    everything = tables(connect())
    session = connect()
    session.execute(text("DROP TABLE legacy_file_operations"))
    session.commit()
    session.close()
    await initialize_file_tracking(connect())
    assert tables(connect()) == everything
    assert (await (await tracker(connect())).verify_all_operations())["total"] == 0


async def test_a_foreign_table_is_there(connect):
    session = connect()
    session.execute(text("CREATE TABLE other (x INTEGER)"))
    session.commit()
    session.close()
    mine = await tracker(connect())
    await mine.track_file_create("/nowhere")
    assert (await mine.verify_all_operations())["total"] == 1
    assert "other" in tables(connect())


async def test_rows_stay(connect, tmp_path):
    await (await tracker(connect())).track_file_create(str(tmp_path / "a"))
    again = await tracker(connect())
    assert (await again.verify_all_operations())["total"] == 1


async def test_no_migration(connect):
    await initialize_file_tracking(connect(), run_migration=False)
    assert tables(connect()) == set()


async def test_no_migration_keeps_working(connect, tmp_path):
    await (await tracker(connect())).track_file_create(str(tmp_path / "a"))
    other = await tracker(connect(), migrate=False)
    assert (await other.verify_all_operations())["total"] == 1


@pytest.mark.parametrize(
    "kinds", [["create"], ["modify"], ["create", "modify"], ["modify", "modify"]]
)
async def test_committed_and_counted_by_others(connect, tmp_path, kinds):
    writer = await tracker(connect())
    reader = await tracker(connect())
    for number, kind in enumerate(kinds):
        assert (await reader.verify_all_operations())["total"] == number
        track = writer.track_file_create if kind == "create" else writer.track_file_modify
        await track(str(tmp_path / f"{number}"))
        assert (await reader.verify_all_operations())["total"] == number + 1
        late = await tracker(connect())
        assert (await late.verify_all_operations())["total"] == number + 1


async def test_survives_rollback(connect, tmp_path):
    session = connect()
    mine = await tracker(session)
    await mine.track_file_modify(str(tmp_path / "a"))
    session.rollback()
    assert (await mine.verify_all_operations())["total"] == 1


async def test_removed_by_others(connect, tmp_path):
    mine = await tracker(connect())
    await mine.track_file_create(str(tmp_path / "a"))
    await mine.verify_all_operations()
    session = connect()
    session.execute(text("DELETE FROM legacy_file_operations"))
    session.commit()
    assert (await mine.verify_all_operations())["total"] == 0


async def test_changes_nothing(connect, tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    mine = await tracker(connect())
    await mine.track_file_create(str(path))
    await mine.track_file_modify(str(path))
    path.write_text("new")

    def stored():
        session = connect()
        return session.execute(text("SELECT * FROM legacy_file_operations")).all()

    before = stored()
    first = await mine.verify_all_operations()
    assert first["verified"] == 2
    assert stored() == before
    assert (await mine.verify_all_operations()) == first
    assert stored() == before


@pytest.mark.parametrize("same", ["mine", "later", "earlier"])
async def test_any_tracker_verifies_a_modification(connect, tmp_path, same):
    path = tmp_path / "a"
    path.write_text("old")
    earlier = await tracker(connect())
    mine = await tracker(connect())
    operation = await mine.track_file_modify(str(path))
    later = await tracker(connect())
    checker = {"mine": mine, "later": later, "earlier": earlier}[same]
    answer = await checker.verify_all_operations()
    assert answer["verified"] == 0 and answer["unverified"] == [operation]
    path.write_text("new")
    assert (await checker.verify_all_operations())["verified"] == 1
    path.write_text("old")
    assert (await checker.verify_all_operations())["verified"] == 0
