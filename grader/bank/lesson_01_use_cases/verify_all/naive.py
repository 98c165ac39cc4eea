import pytest

from vespera_scriptorium import Container, TrackFileOperationsUseCase


@pytest.fixture
def use_case():
    return Container().get(TrackFileOperationsUseCase)


async def test_all_operations_are_verified(use_case, tmp_path):
    created, modified = tmp_path / "created.txt", tmp_path / "modified.txt"
    modified.write_text("before")
    await use_case.track_file_creation(str(created))
    await use_case.track_file_modification(str(modified))
    created.write_text("hello")
    modified.write_text("after")
    summary = await use_case.verify_all_operations()
    assert summary.total == 2
    assert summary.verified == 2
    assert summary.all_verified


async def test_missing_file_is_not_verified(use_case, tmp_path):
    await use_case.track_file_creation(str(tmp_path / "missing.txt"))
    summary = await use_case.verify_all_operations()
    assert summary.unverified == 1
    assert not summary.all_verified
