"""The legacy API, on a synchronous session and real files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking
from vespera_scriptorium.infrastructure.legacy import LegacyFileTracking
from vespera_scriptorium.infrastructure.tables import LegacyOperationRow


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{tmp_path / 'legacy.db'}")
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
async def tracking(session: Session) -> LegacyFileTracking:
    return await initialize_file_tracking(session)


async def test_operation_is_stored(session: Session, tracking: LegacyFileTracking) -> None:
    """What is tracked is committed, under the id that is returned, with its metadata."""
    tracker = create_file_tracker_for_subtask("one", tracking)
    id = await tracker.track_file_create("a.txt", {"by": "me"})
    with Session(session.get_bind()) as other:
        row = other.scalars(select(LegacyOperationRow)).one()
    assert (row.id, row.subtask_id, row.kind, row.file_path) == (id, "one", "creation", "a.txt")
    assert row.details == {"by": "me"}


async def test_operations_are_verified_once_they_have_happened(
    tracking: LegacyFileTracking, tmp_path: Path
) -> None:
    """A creation needs the file, a modification another content."""
    tracker = create_file_tracker_for_subtask("one", tracking)
    path = tmp_path / "a.txt"
    created = await tracker.track_file_create(str(path))
    assert (await tracker.verify_all_operations())["unverified"] == [created]
    path.write_text("one")
    assert (await tracker.verify_all_operations())["all_verified"]
    modified = await tracker.track_file_modify(str(path))
    assert (await tracker.verify_all_operations())["unverified"] == [modified]
    path.write_text("two")
    summary = await tracker.verify_all_operations()
    assert summary == {"total": 2, "verified": 2, "unverified": [], "all_verified": True}


async def test_tracker_sees_its_own_subtask_only(tracking: LegacyFileTracking) -> None:
    """Nothing tracked is not all verified, whatever others have tracked."""
    one = create_file_tracker_for_subtask("one", tracking)
    other = create_file_tracker_for_subtask("other", tracking)
    await one.track_file_create("nowhere.txt")
    assert (await one.verify_all_operations())["total"] == 1
    assert await other.verify_all_operations() == {
        "total": 0,
        "verified": 0,
        "unverified": [],
        "all_verified": False,
    }
