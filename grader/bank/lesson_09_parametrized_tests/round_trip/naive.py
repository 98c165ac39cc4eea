"""What a hurried engineer writes first: two files, one after the other, each as expected."""

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files(dict):
    async def read(self, file_path):
        return self.get(file_path)


async def test_files_are_verified():
    files = Files(b=b"before")
    tracker = TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)
    await tracker.track_file_creation("a")
    await tracker.track_file_modification("b")
    files.update(a=b"content", b=b"afterwards")
    summary = await tracker.verify_all_operations()
    assert summary.all_verified
    assert summary.total == 2


async def test_a_missing_file_is_not_verified():
    tracker = TrackFileOperationsUseCase(InMemoryFileOperationStore(), Files())
    await tracker.track_file_creation("a")
    assert not (await tracker.verify_all_operations()).all_verified
