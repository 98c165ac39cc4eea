from contextlib import asynccontextmanager
from unittest.mock import AsyncMock

from vespera_scriptorium import (
    Container,
    FileOperationStore,
    InMemoryFileOperationStore,
    TrackFileOperationsUseCase,
)


async def test_stored():
    container = Container()
    use_case = container.get(TrackFileOperationsUseCase)
    await use_case.track_file_creation("b/../a", metadata={"by": "me"}, operation_id="mine")
    for path, name in (("./a", None), ("c", "mine")):
        assert not (await use_case.track_file_creation(path, operation_id=name)).success
    async with container.get(FileOperationStore).unit() as unit:
        [operation] = await unit.all()
    assert operation.metadata == {"by": "me"}
    assert operation.file_path == "a"


async def test_disk_full():
    class Full(InMemoryFileOperationStore):
        @asynccontextmanager
        async def unit(self):
            async with super().unit() as unit:
                unit.commit = AsyncMock(side_effect=OSError("disk full"))
                yield unit

    container = Container()
    container.override(FileOperationStore, Full())
    result = await container.get(TrackFileOperationsUseCase).track_file_creation("a")
    assert not result.success


async def test_folder(tmp_path):
    use_case = Container().get(TrackFileOperationsUseCase)
    assert not (await use_case.track_file_creation(str(tmp_path))).success
