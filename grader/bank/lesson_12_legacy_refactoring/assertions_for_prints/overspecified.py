"""Asserts the whole summary, and what an id looks like."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


@pytest.fixture
async def tracker():
    engine = create_engine("sqlite://")
    with Session(engine) as session:
        tracking = await initialize_file_tracking(session)
        yield create_file_tracker_for_subtask("one", tracking)
    engine.dispose()


async def test_the_summary_is_this(tracker, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    await tracker.track_file_create(str(tmp_path / "a.txt"))
    summary = await tracker.verify_all_operations()
    assert summary == {"total": 1, "verified": 1, "unverified": [], "all_verified": True}


async def test_an_id_has_32_letters(tracker, tmp_path):
    assert len(await tracker.track_file_create(str(tmp_path / "a.txt"))) == 32
