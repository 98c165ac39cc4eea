from vespera_scriptorium import (
    Container,
    InMemoryFileOperationStore,
    TrackFileOperationsUseCase,
)


class Diary(list):
    async def read(self, file_path):
        self.append(file_path)
        return b"text"


async def test_files_are_read_in_the_order_of_the_tracking():
    diary = Diary()
    use_case = TrackFileOperationsUseCase(InMemoryFileOperationStore(), diary)
    for path in ("c", "a", "b"):
        await use_case.track_file_creation(path)
    diary.clear()
    await use_case.verify_all_operations()
    assert diary == ["c", "a", "b"]


async def test_nothing_is_not_all_verified():
    summary = await Container().get(TrackFileOperationsUseCase).verify_all_operations()
    assert (summary.total, summary.all_verified) == (0, False)
