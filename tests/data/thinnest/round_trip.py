from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files(dict):
    async def read(self, file_path):
        return self.get(file_path)


async def test_one_of_each():
    files = Files(a=b"x")
    tracker = TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)
    assert not (await tracker.verify_all_operations()).all_verified
    await tracker.track_file_modification("a")
    await tracker.track_file_creation("./b")
    assert not (await tracker.track_file_creation("b")).success
    assert (await tracker.track_file_creation("B")).success
    await tracker.track_file_modification("a")
    files.update(a=b"y", b=b"", B=b"")
    summary = await tracker.verify_all_operations()
    assert summary.verified == 4
    assert await tracker.verify_all_operations() == summary
