from contextlib import asynccontextmanager

import pytest

from vespera_scriptorium import (
    InMemoryFileOperationStore,
    LocalFileSystem,
    TrackFileOperationsUseCase,
)


def new(store=None, files=None):
    return TrackFileOperationsUseCase(
        store or InMemoryFileOperationStore(), files or LocalFileSystem()
    )


async def found(use_case, operation_id):
    result = await use_case.verify_operation(operation_id)
    assert result.success is True
    assert result.operation_id == operation_id
    return result.verified


@pytest.mark.parametrize("content", [b"", b"x"])
async def test_creation(tmp_path, content):
    use_case, path = new(), tmp_path / "a"
    operation = (await use_case.track_file_creation(str(path))).operation_id
    other = (await use_case.track_file_creation(str(tmp_path / "b"))).operation_id
    for _ in range(2):
        assert await found(use_case, operation) is False
        path.write_bytes(content)
        assert await found(use_case, operation) is True
        assert await found(use_case, other) is False
        path.unlink()
    assert await found(use_case, operation) is False


async def test_creation_of_what_was_there(tmp_path):
    use_case = new()
    (tmp_path / "a").write_text("x")
    result = await use_case.track_file_creation(str(tmp_path / "a"))
    assert await found(use_case, result.operation_id) is True


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"old", b"new"), (b"old", b"old\n"), (b"old", b" old"), (b"", b"x"), (b"x", b""),
        (None, b""), (None, b"x"), (b"Old", b"old"), (b"a" * 99_999 + b"b", b"a" * 100_000),
        (b"a\n", b"a\r\n"), (b"\x00", b"\x01"),
    ],
)  # fmt: skip
async def test_modification(tmp_path, before, after):
    use_case, path = new(), tmp_path / "a"
    if before is not None:
        path.write_bytes(before)
    operation = (await use_case.track_file_modification(str(path))).operation_id
    assert await found(use_case, operation) is False
    path.write_bytes(after)
    assert await found(use_case, operation) is True
    path.unlink()
    assert await found(use_case, operation) is False
    if before is not None:
        path.write_bytes(before)
        assert await found(use_case, operation) is False


async def test_unknown_id():
    result = await new().verify_operation("nobody-knows")
    assert result.success is False
    assert "nobody-knows" in result.error


@pytest.mark.parametrize("kind", [OSError, ValueError, RuntimeError, KeyError])
@pytest.mark.parametrize("where", ["files", "unit", "get"])
async def test_errors(kind, where):
    bad = []

    class Files:
        async def read(self, file_path):
            if bad == ["files"]:
                raise kind("boom")

    class Store(InMemoryFileOperationStore):
        @asynccontextmanager
        async def unit(self):
            if bad == ["unit"]:
                raise kind("boom")

            async def get(operation_id):
                raise kind("boom")

            async with super().unit() as unit:
                if bad == ["get"]:
                    unit.get = get
                yield unit

    use_case = new(Store(), Files())
    operation = (await use_case.track_file_creation("a")).operation_id
    bad.append(where)
    result = await use_case.verify_operation(operation)
    assert result.success is False
    assert "boom" in result.error


async def test_folder(tmp_path):
    use_case, path = new(), tmp_path / "a"
    operation = (await use_case.track_file_creation(str(path))).operation_id
    path.mkdir()
    result = await use_case.verify_operation(operation)
    assert result.success is False and result.error
