"""Asserts what stands in the store, where a checksum is one way of many."""

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files(dict):
    async def read(self, file_path):
        return self.get(file_path)


async def test_a_checksum_is_stored():
    store = InMemoryFileOperationStore()
    tracker = TrackFileOperationsUseCase(store, Files(a=b"before"))
    await tracker.track_file_modification("a")
    async with store.unit() as unit:
        (operation,) = await unit.all()
    assert len(operation.checksum_before) == 64


async def test_one_operation_is_counted():
    tracker = TrackFileOperationsUseCase(InMemoryFileOperationStore(), Files())
    await tracker.track_file_creation("a")
    assert (await tracker.verify_all_operations()).total == 1
