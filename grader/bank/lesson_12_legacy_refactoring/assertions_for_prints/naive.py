"""What a hurried engineer writes first: the listing again, with an assertion at its end."""

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


async def test_a_creation_and_a_modification_are_verified(tracker, tmp_path):
    file = tmp_path / "a.txt"
    await tracker.track_file_create(str(file), {"test": "creation"})
    file.write_text("Hello, file tracking system!")
    await tracker.track_file_modify(str(file), {"test": "modification"})
    file.write_text("Hello, modified file tracking system!")
    summary = await tracker.verify_all_operations()
    assert summary["all_verified"]
    assert summary["total"] == 2


async def test_a_missing_file_is_not_verified(tracker, tmp_path):
    await tracker.track_file_create(str(tmp_path / "a.txt"))
    assert not (await tracker.verify_all_operations())["all_verified"]
