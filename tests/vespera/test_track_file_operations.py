"""Tracking of file operations, and their verification."""

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from vespera_scriptorium import (
    Container,
    FileOperationStore,
    FileOperationUnit,
    InMemoryFileOperationStore,
    LocalFileSystem,
    TrackFileOperationsUseCase,
)


@pytest.fixture
def use_case(container: Container) -> TrackFileOperationsUseCase:
    return container.get(TrackFileOperationsUseCase)


class BrokenStore:
    """Stores nothing: its commit fails."""

    def unit(self) -> AbstractAsyncContextManager[FileOperationUnit]:
        return self._unit()

    @asynccontextmanager
    async def _unit(self) -> Any:
        async with InMemoryFileOperationStore().unit() as unit:
            unit.commit = self.fail
            yield unit

    async def fail(self) -> None:
        raise OSError("the disk is full")


async def test_tracked_creation_is_stored(
    container: Container, use_case: TrackFileOperationsUseCase
) -> None:
    """A success is found through another unit of work, with context and metadata."""
    result = await use_case.track_file_creation("a.txt", {"task_id": "t"}, {"by": ["me"]})
    assert result.success
    async with container.get(FileOperationStore).unit() as unit:
        stored = await unit.get(result.operation_id)
    assert stored.file_path == "a.txt"
    assert (stored.context, stored.metadata) == ({"task_id": "t"}, {"by": ["me"]})


@pytest.mark.parametrize("spelling", ["./a.txt", "b/../a.txt", ".//a.txt"])
async def test_paths_are_normalised(use_case: TrackFileOperationsUseCase, spelling: str) -> None:
    """Every spelling of a path is one path: its second creation is refused."""
    first = await use_case.track_file_creation(spelling)
    second = await use_case.track_file_creation("a.txt")
    assert first.file_path == "a.txt"
    assert not second.success
    assert second.operation_id is None
    assert "a.txt" in second.error


async def test_id_that_is_taken_is_refused(use_case: TrackFileOperationsUseCase) -> None:
    """An id is used once, whatever the path and the kind; nothing is stored of the second."""
    await use_case.track_file_creation("a", operation_id="mine")
    second = await use_case.track_file_modification("b", operation_id="mine")
    assert (second.success, second.operation_id) == (False, None)
    assert "mine" in second.error
    assert (await use_case.verify_all_operations()).total == 1


async def test_store_that_fails_is_an_error_result() -> None:
    """What the store raises is the reason in the result."""
    result = await TrackFileOperationsUseCase(BrokenStore(), LocalFileSystem()).track_file_creation(
        "a"
    )
    assert (result.success, result.operation_id, result.error) == (False, None, "the disk is full")


async def test_creation_is_verified_once_the_file_exists(
    use_case: TrackFileOperationsUseCase, tmp_path: Path
) -> None:
    """The check runs before, too, and finds nothing."""
    path = tmp_path / "a"
    id = (await use_case.track_file_creation(str(path))).operation_id
    before = await use_case.verify_operation(id)
    path.touch()
    after = await use_case.verify_operation(id)
    assert (before.success, before.verified) == (True, False)
    assert (after.success, after.verified) == (True, True)


@pytest.mark.parametrize(
    ("content", "verified"),
    [("before", False), ("BEFORE", True), ("longer than before", True), (None, False)],
    ids=["same", "same length", "longer", "gone"],
)
async def test_modification_is_verified_once_the_content_differs(
    use_case: TrackFileOperationsUseCase, tmp_path: Path, content: str | None, verified: bool
) -> None:
    """It is the content that counts, not its length; a file that is gone is not modified."""
    path = tmp_path / "a"
    path.write_text("before")
    id = (await use_case.track_file_modification(str(path))).operation_id
    path.unlink() if content is None else path.write_text(content)
    result = await use_case.verify_operation(id)
    assert (result.success, result.verified) == (True, verified)


async def test_unknown_id_is_an_error_result(use_case: TrackFileOperationsUseCase) -> None:
    """An id that nobody tracked is named in the error."""
    result = await use_case.verify_operation("nobody")
    assert (result.success, result.verified) == (False, False)
    assert "nobody" in result.error


async def test_file_that_cannot_be_read_is_an_error_result(
    use_case: TrackFileOperationsUseCase, tmp_path: Path
) -> None:
    """A folder in the place of the file fails the check, and the tracking of a modification."""
    created = await use_case.track_file_creation(str(tmp_path / "a"))
    (tmp_path / "a").mkdir()
    checked = await use_case.verify_operation(created.operation_id)
    modified = await use_case.track_file_modification(str(tmp_path / "a"))
    assert (checked.success, modified.success) == (False, False)
    assert "directory" in checked.error


async def test_summary_counts_every_operation_once(
    use_case: TrackFileOperationsUseCase, tmp_path: Path
) -> None:
    """One check that fails hides no other; the results stand in the order of the tracking."""
    failing, created, missing = tmp_path / "f", tmp_path / "c", tmp_path / "m"
    ids = [
        (await use_case.track_file_creation(str(failing))).operation_id,
        (await use_case.track_file_creation(str(created))).operation_id,
        (await use_case.track_file_modification(str(created))).operation_id,
        (await use_case.track_file_creation(str(missing))).operation_id,
    ]
    failing.mkdir()
    created.touch()
    summary = await use_case.verify_all_operations()
    assert [result.operation_id for result in summary.results] == ids
    assert (summary.total, summary.verified, summary.unverified, summary.failed) == (4, 2, 1, 1)
    assert not summary.all_verified


async def test_all_verified(use_case: TrackFileOperationsUseCase, tmp_path: Path) -> None:
    """Nothing tracked is not all verified; one that has happened is; one more to come is not."""
    assert not (await use_case.verify_all_operations()).all_verified
    await use_case.track_file_creation(str(tmp_path / "a"))
    (tmp_path / "a").touch()
    assert (await use_case.verify_all_operations()).all_verified
    await use_case.track_file_creation(str(tmp_path / "b"))
    assert not (await use_case.verify_all_operations()).all_verified
