import pytest

from vespera_scriptorium import Container, TrackFileOperationsUseCase


async def test_creation(tmp_path):
    use_case = Container().get(TrackFileOperationsUseCase)
    file = tmp_path / "a.txt"
    tracked = await use_case.track_file_creation(str(file))
    file.touch()
    assert (await use_case.verify_operation(tracked.operation_id)).verified


@pytest.mark.parametrize(("after", "verified"), [("b", False), ("a", True), (None, False)])
async def test_modification(tmp_path, after, verified):
    use_case = Container().get(TrackFileOperationsUseCase)
    file = tmp_path / "a.txt"
    file.write_text("b")
    tracked = await use_case.track_file_modification(str(file))
    file.unlink()
    if after is not None:
        file.write_text(after)
    assert (await use_case.verify_operation(tracked.operation_id)).verified is verified


async def test_errors(tmp_path):
    use_case = Container().get(TrackFileOperationsUseCase)
    tracked = await use_case.track_file_creation(str(tmp_path / "a"))
    (tmp_path / "a").mkdir()
    for operation_id in ("nobody", tracked.operation_id):
        assert not (await use_case.verify_operation(operation_id)).success
