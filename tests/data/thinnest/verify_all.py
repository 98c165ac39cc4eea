from vespera_scriptorium import Container, TrackFileOperationsUseCase


async def test_one_of_each(tmp_path):
    use_case = Container().get(TrackFileOperationsUseCase)
    (tmp_path / "good").touch()
    await use_case.track_file_creation(str(tmp_path / "z"), operation_id="z")
    await use_case.track_file_creation(str(tmp_path / "good"), operation_id="good")
    await use_case.track_file_modification(str(tmp_path / "good"), operation_id="a")
    summary = await use_case.verify_all_operations()
    assert (summary.total, summary.verified, summary.unverified) == (3, 1, 2)
    assert summary.results[0].operation_id == "z"


async def test_a_failure(tmp_path):
    use_case = Container().get(TrackFileOperationsUseCase)
    for name in ("c", "b", "a"):
        await use_case.track_file_creation(str(tmp_path / name), operation_id=name)
    (tmp_path / "c").touch()
    (tmp_path / "b").mkdir()
    (tmp_path / "a").touch()
    summary = await use_case.verify_all_operations()
    assert summary.verified == 2
    assert summary.unverified == 0
    assert not summary.all_verified


async def test_nothing():
    use_case = Container().get(TrackFileOperationsUseCase)
    assert not (await use_case.verify_all_operations()).all_verified
