import itertools

import pytest

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files:
    def __init__(self, **contents):
        self.contents = contents

    async def read(self, file_path):
        return self.contents.get(file_path)


def new(**contents):
    files = Files(**contents)
    return TrackFileOperationsUseCase(InMemoryFileOperationStore(), files), files


async def counted(use_case):
    summary = await use_case.verify_all_operations()
    assert summary.failed == 0
    assert summary.total == summary.verified + summary.unverified
    assert await use_case.verify_all_operations() == summary
    return summary.total, summary.verified, summary.all_verified


async def test_several_on_one_path():
    use_case, files = new(a=b"old")
    await use_case.track_file_creation("a")
    await use_case.track_file_modification("a")
    files.contents["a"] = b"new"
    await use_case.track_file_modification("a")
    await use_case.track_file_modification("a")
    assert await counted(use_case) == (4, 2, False)
    files.contents["a"] = b"old"
    assert await counted(use_case) == (4, 3, False)
    files.contents["a"] = b"last"
    assert await counted(use_case) == (4, 4, True)


CONTENTS = [None, b"", b"a", b"b", b"ab", b"a\n", b"\xff\x00"]


@pytest.mark.parametrize(("before", "after"), itertools.product(CONTENTS, CONTENTS))
async def test_modification(before, after):
    use_case, files = new(x=before)
    assert (await use_case.track_file_modification("x")).success
    files.contents["x"] = after
    verified = after is not None and after != before
    assert await counted(use_case) == (1, int(verified), verified)


@pytest.mark.parametrize(("before", "after"), itertools.product(CONTENTS, CONTENTS))
async def test_creation(before, after):
    use_case, files = new(x=before)
    assert (await use_case.track_file_creation("x")).success
    files.contents["x"] = after
    verified = after is not None
    assert await counted(use_case) == (1, int(verified), verified)


async def test_answers_for_the_files_as_they_are():
    use_case, files = new()
    await use_case.track_file_creation("a")
    await use_case.track_file_modification("b")
    for content, verified in [(b"x", 2), (None, 0), (b"y", 2), (None, 0)]:
        files.contents.update(a=content, b=content)
        assert await counted(use_case) == (2, verified, verified == 2)


async def test_all_verified():
    use_case, files = new(a=b"", b=b"")
    assert await counted(use_case) == (0, 0, False)
    await use_case.track_file_creation("a")
    assert await counted(use_case) == (1, 1, True)
    await use_case.track_file_creation("c")
    await use_case.track_file_creation("b")
    assert await counted(use_case) == (3, 2, False)


@pytest.mark.parametrize(("first", "second"), [("a", "./a"), ("./a", "a"), ("a", "a")])
async def test_one_path(first, second):
    use_case, files = new()
    assert (await use_case.track_file_creation(first)).success is True
    assert (await use_case.track_file_creation(second)).success is False
    files.contents["a"] = b"x"
    assert await counted(use_case) == (1, 1, True)


async def test_two_paths():
    use_case, files = new()
    assert (await use_case.track_file_creation("a")).success is True
    assert (await use_case.track_file_creation("A")).success is True
    files.contents["A"] = b"x"
    assert await counted(use_case) == (2, 1, False)
