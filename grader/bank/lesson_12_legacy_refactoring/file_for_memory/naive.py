"""What a hurried engineer writes first: everything on one session."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


@pytest.fixture
def session(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    with Session(engine) as session:
        yield session
    engine.dispose()


async def test_operations_are_verified(session, tmp_path):
    file = tmp_path / "a.txt"
    tracking = await initialize_file_tracking(session)
    tracker = create_file_tracker_for_subtask("one", tracking)
    await tracker.track_file_create(str(file))
    file.write_text("one")
    await tracker.track_file_modify(str(file))
    file.write_text("two")
    summary = await tracker.verify_all_operations()
    assert summary["all_verified"]
    assert summary["total"] == 2


async def test_a_second_check_finds_more(session, tmp_path):
    tracking = await initialize_file_tracking(session)
    tracker = create_file_tracker_for_subtask("one", tracking)
    for number in (1, 2):
        await tracker.track_file_create(str(tmp_path / f"{number}.txt"))
        assert (await tracker.verify_all_operations())["total"] == number
