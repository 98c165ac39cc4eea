import pytest

from vespera_scriptorium import Container, FileOperationStore, TrackFileOperationsUseCase

SHA_256 = "6db7d803e74f1ffa7d8f5adc0bf95b3e15bf4c8373fffadf546227cc6c6742cb"


@pytest.fixture
def container():
    return Container()


async def test_the_checksum_is_the_sha256_of_the_content(container, tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"before")
    use_case = container.get(TrackFileOperationsUseCase)
    tracked = await use_case.track_file_modification(str(file))
    async with container.get(FileOperationStore).unit() as unit:
        operation = await unit.get(tracked.operation_id)
    assert operation.checksum_before == SHA_256


async def test_a_creation_is_verified_once_the_file_exists(container, tmp_path):
    use_case = container.get(TrackFileOperationsUseCase)
    tracked = await use_case.track_file_creation(str(tmp_path / "a.txt"))
    before = await use_case.verify_operation(tracked.operation_id)
    (tmp_path / "a.txt").touch()
    after = await use_case.verify_operation(tracked.operation_id)
    assert (before.verified, after.verified) == (False, True)
