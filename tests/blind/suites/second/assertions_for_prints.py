import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium.infrastructure.legacy import (
    create_file_tracker_for_subtask,
    initialize_file_tracking,
)


@pytest.fixture
async def tracking(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'legacy.db'}")
    with Session(engine) as session:
        yield await initialize_file_tracking(session)
    engine.dispose()


@pytest.fixture
def tracker(tracking):
    return create_file_tracker_for_subtask("s-1", tracking)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.txt"


async def test_each_call_is_an_operation_of_its_own(tracker, path):
    ids = [await tracker.track_file_create(str(path)) for _ in range(2)]
    ids += [await tracker.track_file_modify(str(path)) for _ in range(2)]
    assert all(isinstance(i, str) for i in ids)
    assert len(set(ids)) == 4
    summary = await tracker.verify_all_operations()
    assert summary["total"] == 4
    assert summary["verified"] == 0
    assert summary["unverified"] == ids


async def test_a_creation_is_verified_while_the_file_exists(tracker, path):
    created = await tracker.track_file_create(str(path))
    assert (await tracker.verify_all_operations())["unverified"] == [created]
    path.write_text("")
    summary = await tracker.verify_all_operations()
    assert (summary["total"], summary["verified"], summary["unverified"]) == (1, 1, [])
    assert summary["all_verified"] is True
    path.unlink()
    assert (await tracker.verify_all_operations())["unverified"] == [created]


async def test_a_modification_of_the_same_length(tracker, path):
    path.write_text("one")
    modified = await tracker.track_file_modify(str(path))
    assert (await tracker.verify_all_operations())["unverified"] == [modified]
    path.write_text("two")
    assert (await tracker.verify_all_operations())["verified"] == 1
    path.write_text("one")
    assert (await tracker.verify_all_operations())["verified"] == 0
    path.write_text("longer")
    assert (await tracker.verify_all_operations())["verified"] == 1
    path.unlink()
    assert (await tracker.verify_all_operations())["verified"] == 0


async def test_each_modification_is_compared_with_its_own_content(tracker, path):
    path.write_text("one")
    await tracker.track_file_modify(str(path))
    path.write_text("two")
    second = await tracker.track_file_modify(str(path))
    summary = await tracker.verify_all_operations()
    assert summary["verified"] == 1
    assert summary["unverified"] == [second]


async def test_a_modification_of_a_file_that_was_not_there(tracker, path):
    await tracker.track_file_modify(str(path))
    assert (await tracker.verify_all_operations())["verified"] == 0
    path.write_text("")
    assert (await tracker.verify_all_operations())["verified"] == 1


async def test_only_its_own_subtask(tracking, tracker, path):
    path.write_text("")
    mine = await tracker.track_file_modify(str(path))
    for name in ("s-10", "s", "S-1", "other"):
        await create_file_tracker_for_subtask(name, tracking).track_file_create(str(path))
    summary = await tracker.verify_all_operations()
    assert summary["total"] == 1
    assert summary["unverified"] == [mine]


async def test_unverified_in_the_order_of_tracking(tracker, tmp_path):
    ids = [await tracker.track_file_create(str(tmp_path / name)) for name in "cabed"]
    (tmp_path / "b").write_text("")
    summary = await tracker.verify_all_operations()
    assert summary["unverified"] == [ids[0], ids[1], ids[3], ids[4]]
    assert summary["verified"] == 1
    assert summary["all_verified"] is False


async def test_nothing_is_not_all(tracker):
    summary = await tracker.verify_all_operations()
    assert (summary["total"], summary["verified"], summary["unverified"]) == (0, 0, [])
    assert summary["all_verified"] is False
