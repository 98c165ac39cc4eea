import pytest

from vespera_scriptorium import Container, TrackFileOperationsUseCase


@pytest.fixture
def use_case():
    return Container().get(TrackFileOperationsUseCase)


async def test_creation_is_verified(use_case, tmp_path):
    file = tmp_path / "a.txt"
    tracked = await use_case.track_file_creation(str(file))
    file.write_text("hello")
    result = await use_case.verify_operation(tracked.operation_id)
    assert result.success
    assert result.verified


async def test_modification_is_verified(use_case, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("hello")
    tracked = await use_case.track_file_modification(str(file))
    file.write_text("hello, modified world")
    result = await use_case.verify_operation(tracked.operation_id)
    assert result.success
    assert result.verified


async def test_missing_file_is_checked(use_case):
    tracked = await use_case.track_file_creation("missing.txt")
    result = await use_case.verify_operation(tracked.operation_id)
    assert result.success
    assert result.operation_id == tracked.operation_id


async def test_unknown_operation(use_case):
    result = await use_case.verify_operation("unknown")
    assert not result.success
    assert result.error
