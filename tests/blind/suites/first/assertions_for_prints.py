import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


@pytest.fixture
async def make(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    session = Session(engine)
    tracking = await initialize_file_tracking(session)
    yield lambda subtask: create_file_tracker_for_subtask(subtask, tracking)
    session.close()
    engine.dispose()


@pytest.fixture
def tracker(make):
    return make("subtask")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.txt"


async def check(tracker, total, verified, unverified):
    answer = await tracker.verify_all_operations()
    assert answer["total"] == total
    assert answer["verified"] == verified
    assert answer["unverified"] == unverified
    assert answer["all_verified"] is (total > 0 and verified == total)


async def test_nothing(tracker):
    await check(tracker, 0, 0, [])


async def test_ids(tracker, path):
    ids = []
    for _ in range(3):
        ids.append(await tracker.track_file_create(str(path)))
        ids.append(await tracker.track_file_modify(str(path)))
    assert all(isinstance(i, str) for i in ids)
    assert len(set(ids)) == 6
    await check(tracker, 6, 0, ids)
    path.write_text("x")
    await check(tracker, 6, 6, [])


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\x00"])
async def test_creation(tracker, path, content):
    operation = await tracker.track_file_create(str(path))
    await check(tracker, 1, 0, [operation])
    path.write_bytes(content)
    await check(tracker, 1, 1, [])
    path.unlink()
    await check(tracker, 1, 0, [operation])


async def test_creation_of_what_is_there(tracker, path):
    path.write_text("same")
    await tracker.track_file_create(str(path))
    await check(tracker, 1, 1, [])


@pytest.mark.parametrize("new", [b"new", b"a longer one", b"", b"OLD"])
async def test_modification(tracker, path, new):
    path.write_bytes(b"old")
    operation = await tracker.track_file_modify(str(path))
    await check(tracker, 1, 0, [operation])
    path.write_bytes(new)
    await check(tracker, 1, 1, [])
    path.write_bytes(b"old")
    await check(tracker, 1, 0, [operation])
    path.unlink()
    await check(tracker, 1, 0, [operation])


@pytest.mark.parametrize("content", [b"", b"some"])
async def test_modification_without_a_file(tracker, path, content):
    operation = await tracker.track_file_modify(str(path))
    await check(tracker, 1, 0, [operation])
    path.write_bytes(content)
    await check(tracker, 1, 1, [])


async def test_each_modification_has_its_own_before(tracker, path):
    path.write_text("one")
    first = await tracker.track_file_modify(str(path))
    path.write_text("two")
    second = await tracker.track_file_modify(str(path))
    await check(tracker, 2, 1, [second])
    path.write_text("one")
    await check(tracker, 2, 1, [first])


@pytest.mark.parametrize("other", ["subtask-1", "sub", "SUBTASK", "my subtask", "x"])
async def test_other_subtasks(make, tracker, path, other):
    second = make(other)
    mine = await tracker.track_file_create(str(path))
    theirs = await second.track_file_modify(str(path))
    await check(tracker, 1, 0, [mine])
    await check(second, 1, 0, [theirs])


async def test_order(tracker, tmp_path):
    ids = []
    for n in [5, 1, 3, 2, 4, 9, 7]:
        track = tracker.track_file_create if n % 3 else tracker.track_file_modify
        ids.append(await track(str(tmp_path / f"f{n}")))
    await check(tracker, 7, 0, ids)
    (tmp_path / "f3").write_text("x")
    await check(tracker, 7, 1, [i for i in ids if i != ids[2]])
