from contextlib import asynccontextmanager
from unittest.mock import AsyncMock
from uuid import UUID

from vespera_scriptorium import (
    Container,
    FileOperationStore,
    LocalFileSystem,
    TrackFileOperationsUseCase,
)


class MockedStore:
    def __init__(self):
        self.mock = AsyncMock()

    @asynccontextmanager
    async def unit(self):
        yield self.mock


async def test_adds_once_and_commits_once():
    store = MockedStore()
    use_case = TrackFileOperationsUseCase(store, LocalFileSystem())
    await use_case.track_file_creation("a.txt")
    assert [name for name, *_ in store.mock.mock_calls] == ["add", "commit"]


async def test_the_id_is_a_uuid():
    use_case = Container().get(TrackFileOperationsUseCase)
    result = await use_case.track_file_creation("a.txt")
    assert UUID(hex=result.operation_id).version == 4


async def test_a_duplicate_is_refused_in_these_words():
    use_case = Container().get(TrackFileOperationsUseCase)
    await use_case.track_file_creation("a.txt")
    result = await use_case.track_file_creation("a.txt", operation_id="mine")
    assert result.error == ("the operation mine, or the creation of a.txt, is tracked already")


async def test_a_success_is_stored():
    container = Container()
    use_case = container.get(TrackFileOperationsUseCase)
    result = await use_case.track_file_creation("a.txt", metadata={"by": "me"})
    async with container.get(FileOperationStore).unit() as unit:
        operation = await unit.get(result.operation_id)
    assert operation.metadata == {"by": "me"}
