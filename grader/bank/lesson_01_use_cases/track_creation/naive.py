from contextlib import asynccontextmanager

import pytest

from vespera_scriptorium import Container, LocalFileSystem, TrackFileOperationsUseCase


class BrokenStore:
    @asynccontextmanager
    async def unit(self):
        raise OSError("no connection")
        yield


@pytest.fixture
def use_case():
    return Container().get(TrackFileOperationsUseCase)


async def test_track_file_creation(use_case):
    result = await use_case.track_file_creation(
        "a.txt", operation_context={"task_id": "t-1"}, metadata={"created_by": "me"}
    )
    assert result.success
    assert result.operation_id is not None
    assert result.file_path == "a.txt"
    assert result.error is None


async def test_track_with_id(use_case):
    result = await use_case.track_file_creation("a.txt", operation_id="mine")
    assert result.operation_id == "mine"


async def test_path_is_normalised(use_case):
    result = await use_case.track_file_creation("./a.txt")
    assert result.file_path == "a.txt"


async def test_two_files_have_two_ids(use_case):
    first = await use_case.track_file_creation("a.txt")
    second = await use_case.track_file_creation("b.txt")
    assert first.operation_id != second.operation_id


async def test_duplicate_path_fails(use_case):
    await use_case.track_file_creation("a.txt")
    result = await use_case.track_file_creation("a.txt")
    assert not result.success


async def test_store_fails():
    use_case = TrackFileOperationsUseCase(BrokenStore(), LocalFileSystem())
    result = await use_case.track_file_creation("a.txt")
    assert not result.success
    assert "no connection" in result.error
