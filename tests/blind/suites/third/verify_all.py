import pytest

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files:
    def __init__(self):
        self.contents = {}

    async def read(self, file_path):
        content = self.contents.get(file_path)
        if isinstance(content, Exception):
            raise content
        return content


def new():
    files = Files()
    return TrackFileOperationsUseCase(InMemoryFileOperationStore(), files), files


def counts(summary):
    return summary.total, summary.verified, summary.unverified, summary.failed


async def tracked(use_case, *paths):
    return [(await use_case.track_file_creation(path)).operation_id for path in paths]


async def test_every_operation_once_each_time():
    use_case, files = new()
    ids = await tracked(use_case, "d", "b", "c", "a")
    ids.append((await use_case.track_file_modification("b")).operation_id)
    files.contents.update(d=b"", b=b"x", c=OSError("broken"))
    for _ in range(2):
        summary = await use_case.verify_all_operations()
        assert counts(summary) == (5, 3, 1, 1)
        assert summary.all_verified is False
        assert [r.operation_id for r in summary.results] == ids
        assert list(summary.results) == [await use_case.verify_operation(i) for i in ids]
    del files.contents["d"]
    files.contents["c"] = b""
    ids += await tracked(use_case, "e")
    summary = await use_case.verify_all_operations()
    assert counts(summary) == (6, 3, 3, 0)
    assert [r.operation_id for r in summary.results] == ids


@pytest.mark.parametrize("error", [OSError("x"), ValueError("x"), RuntimeError("x")])
@pytest.mark.parametrize("bad", ["a", "b", "c"])
async def test_a_failed_check(error, bad):
    use_case, files = new()
    ids = await tracked(use_case, "a", "b", "c")
    files.contents.update(a=b"", b=b"", c=b"")
    files.contents[bad] = error
    summary = await use_case.verify_all_operations()
    assert counts(summary) == (3, 2, 0, 1)
    assert [r.operation_id for r in summary.results if not r.success] == [ids["abc".index(bad)]]
    assert summary.all_verified is False


@pytest.mark.parametrize("missing", ["a", "b", "c", None])
async def test_all_verified(missing):
    use_case, files = new()
    await tracked(use_case, "a", "b", "c")
    files.contents.update(a=b"", b=b"", c=b"")
    files.contents.pop(missing, None)
    summary = await use_case.verify_all_operations()
    assert summary.all_verified is (missing is None)


async def test_nothing():
    use_case, _ = new()
    summary = await use_case.verify_all_operations()
    assert counts(summary) == (0, 0, 0, 0)
    assert summary.results == ()
    assert summary.all_verified is False
