import asyncio
from contextlib import asynccontextmanager

import pytest

from vespera_scriptorium import (
    InMemoryFileOperationStore,
    LocalFileSystem,
    TrackFileOperationsUseCase,
)


class Store(InMemoryFileOperationStore):
    """Raises `error` at `place`, once there is one."""

    place = error = None

    @asynccontextmanager
    async def unit(self):
        if self.place == "unit":
            raise self.error
        async with super().unit() as unit:

            async def broken(*arguments):
                raise self.error

            if self.place is not None:
                setattr(unit, self.place, broken)
            yield unit


class Files(LocalFileSystem):
    error = None

    async def read(self, file_path):
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return await super().read(file_path)


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def tracking(store, files):
    return TrackFileOperationsUseCase(store, files)


@pytest.mark.parametrize("content", [b"", b"text", b"\x00\xff"])
async def test_creation(tracking, tmp_path, content):
    path = tmp_path / "a.txt"
    await tracking.track_file_creation(str(path), operation_id="one")
    before = await tracking.verify_operation("one")
    assert (before.success, before.verified, before.operation_id) == (True, False, "one")
    path.write_bytes(content)
    after = await tracking.verify_operation("one")
    assert (after.success, after.verified) == (True, True)
    path.unlink()
    gone = await tracking.verify_operation("one")
    assert (gone.success, gone.verified) == (True, False)


async def test_creation_of_what_was_there(tracking, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    await tracking.track_file_creation(str(path), operation_id="one")
    assert (await tracking.verify_operation("one")).verified is True


async def test_its_own_operation_alone(tracking, tmp_path):
    for name in "ab":
        await tracking.track_file_creation(str(tmp_path / name), operation_id=name)
    (tmp_path / "a").write_text("there")
    assert (await tracking.verify_operation("b")).verified is False
    assert (await tracking.verify_operation("a")).verified is True


LONG = bytes(100_000)


@pytest.mark.parametrize(("before", "after"), [
    (b"text", b"Text"), (b"text", b"text\n"), (b"text", b""), (b"", b"text"), (None, b"text"),
    (None, b""), (LONG, LONG[:-1] + b"x"), (LONG, b"x" + LONG[1:]), (LONG, LONG[:-1]),
    (LONG, LONG[:50_000] + b"x" + LONG[50_001:]), (b"ab", b"ba"), (b"a\r\n", b"a\n"),
    (b"\xff", b"\xfe"),
])
async def test_modification(tracking, tmp_path, before, after):
    path = tmp_path / "a.txt"
    if before is not None:
        path.write_bytes(before)
    await tracking.track_file_modification(str(path), operation_id="one")
    unchanged = await tracking.verify_operation("one")
    assert (unchanged.success, unchanged.verified) == (True, False)
    path.write_bytes(after)
    changed = await tracking.verify_operation("one")
    assert (changed.success, changed.verified) == (True, True)
    if before is not None:
        path.write_bytes(before)
        assert (await tracking.verify_operation("one")).verified is False
    path.unlink()
    gone = await tracking.verify_operation("one")
    assert (gone.success, gone.verified) == (True, False)


async def test_unknown_id(tracking):
    result = await tracking.verify_operation("nobody-42")
    assert result.success is False
    assert result.verified is False
    assert "nobody-42" in result.error


@pytest.mark.parametrize("kind", [OSError, ValueError, KeyError, RuntimeError])
@pytest.mark.parametrize("place", ["unit", "read"])
async def test_errors(tracking, store, files, tmp_path, kind, place):
    path = tmp_path / "a.txt"
    await tracking.track_file_creation(str(path), operation_id="one")
    path.write_text("there")
    if place == "read":
        files.error = kind("it is broken")
    else:
        store.place, store.error = place, kind("it is broken")
    result = await tracking.verify_operation("one")
    assert result.success is False
    assert result.verified is False
    assert "it is broken" in result.error


@pytest.mark.parametrize("kind", ["creation", "modification"])
async def test_folder(tracking, tmp_path, kind):
    path = tmp_path / "a"
    track = getattr(tracking, f"track_file_{kind}")
    await track(str(path), operation_id="one")
    path.mkdir()
    result = await tracking.verify_operation("one")
    assert result.success is False
    assert result.error
