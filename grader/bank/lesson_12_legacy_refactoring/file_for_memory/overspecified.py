"""Asserts how a row is written, and that a summary holds four things."""

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


async def test_the_summary_is_this(session, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    tracker = create_file_tracker_for_subtask("one", await initialize_file_tracking(session))
    await tracker.track_file_create(str(tmp_path / "a.txt"))
    summary = await tracker.verify_all_operations()
    assert summary == {"total": 1, "verified": 1, "unverified": [], "all_verified": True}


async def test_nothing_is_tracked_at_first(session):
    tracker = create_file_tracker_for_subtask("one", await initialize_file_tracking(session))
    assert (await tracker.verify_all_operations())["total"] == 0
