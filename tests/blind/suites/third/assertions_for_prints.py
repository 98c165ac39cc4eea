import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


@pytest.fixture
async def tracking(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'legacy.db'}")
    with Session(engine) as session:
        yield await initialize_file_tracking(session)
    engine.dispose()


@pytest.fixture
def tracker(tracking):
    return create_file_tracker_for_subtask("one", tracking)


async def test_each_call_is_an_operation_of_its_own(tracker, tmp_path):
    path = str(tmp_path / "a.txt")
    ids = [await tracker.track_file_create(path) for _ in range(2)]
    ids += [await tracker.track_file_modify(path) for _ in range(2)]
    assert all(isinstance(i, str) for i in ids)
    assert len(set(ids)) == 4
    summary = await tracker.verify_all_operations()
    assert summary["total"] == 4
    assert summary["unverified"] == ids
    assert summary["verified"] == 0


@pytest.mark.parametrize("content", [b"", b"text", b"\x00\xff"])
async def test_creation_is_verified_whatever_the_file_holds(tracker, tmp_path, content):
    path = tmp_path / "a.txt"
    await tracker.track_file_create(str(path))
    assert (await tracker.verify_all_operations())["verified"] == 0
    path.write_bytes(content)
    summary = await tracker.verify_all_operations()
    assert summary["verified"] == 1 and summary["unverified"] == []
    path.unlink()
    assert (await tracker.verify_all_operations())["verified"] == 0


async def test_modification_of_the_same_length(tracker, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    await tracker.track_file_modify(str(path))
    assert (await tracker.verify_all_operations())["verified"] == 0
    path.write_text("new")
    assert (await tracker.verify_all_operations())["verified"] == 1
    path.write_text("old")
    assert (await tracker.verify_all_operations())["verified"] == 0


async def test_modification_of_a_file_that_is_gone_is_not_verified(tracker, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    await tracker.track_file_modify(str(path))
    path.unlink()
    assert (await tracker.verify_all_operations())["verified"] == 0


async def test_modification_where_there_was_no_file(tracker, tmp_path):
    path = tmp_path / "a.txt"
    await tracker.track_file_modify(str(path))
    assert (await tracker.verify_all_operations())["verified"] == 0
    path.write_text("")
    assert (await tracker.verify_all_operations())["verified"] == 1


async def test_unverified_in_order_and_of_this_subtask_alone(tracker, tracking, tmp_path):
    other = create_file_tracker_for_subtask("two", tracking)
    await other.track_file_create(str(tmp_path / "other"))
    ids = [await tracker.track_file_create(str(tmp_path / name)) for name in "dbcae"]
    (tmp_path / "c").write_text("")
    summary = await tracker.verify_all_operations()
    assert summary["total"] == 5
    assert summary["verified"] == 1
    assert summary["unverified"] == [ids[0], ids[1], ids[3], ids[4]]
    assert summary["all_verified"] is False


async def test_all_verified(tracker, tmp_path):
    assert (await tracker.verify_all_operations())["all_verified"] is False
    (tmp_path / "a").write_text("")
    await tracker.track_file_create(str(tmp_path / "a"))
    assert (await tracker.verify_all_operations())["all_verified"] is True
    await tracker.track_file_create(str(tmp_path / "b"))
    assert (await tracker.verify_all_operations())["all_verified"] is False
