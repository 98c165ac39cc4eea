import itertools
import os.path

import pytest

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files(dict):
    """Files in memory."""

    async def read(self, file_path):
        return self.get(os.path.normpath(file_path))


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def case(files):
    return TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)


async def counts(case):
    summary = await case.verify_all_operations()
    assert summary.total == summary.verified + summary.unverified
    return summary.total, summary.verified, summary.unverified, summary.all_verified


CONTENTS = [None, b"", b"a", b"b", b"a\n", b"x" * 9_999 + b"y", b"x" * 10_000]


async def test_nothing_tracked(case):
    assert await counts(case) == (0, 0, 0, False)


@pytest.mark.parametrize("before, after", list(itertools.product(CONTENTS, CONTENTS)))
async def test_modification(case, files, before, after):
    if before is not None:
        files["f"] = before
    assert (await case.track_file_modification("f")).success
    files.pop("f", None)
    if after is not None:
        files["f"] = after
    verified = after is not None and after != before
    assert await counts(case) == (1, int(verified), int(not verified), verified)


@pytest.mark.parametrize("before, after", list(itertools.product(CONTENTS, CONTENTS)))
async def test_creation(case, files, before, after):
    if before is not None:
        files["f"] = before
    assert (await case.track_file_creation("f")).success
    files.pop("f", None)
    if after is not None:
        files["f"] = after
    verified = after is not None
    assert await counts(case) == (1, int(verified), int(not verified), verified)


async def test_several_operations_of_one_path(case, files):
    assert (await case.track_file_creation("f")).success
    assert (await case.track_file_modification("f")).success
    files["f"] = b"one"
    assert (await case.track_file_modification("f")).success
    assert (await case.track_file_modification("f")).success
    assert await counts(case) == (4, 2, 2, False)
    files["f"] = b"two"
    assert await counts(case) == (4, 4, 0, True)


@pytest.mark.parametrize("present", list(itertools.product([0, 1], repeat=3)))
async def test_any_list_of_files(case, files, present):
    for number in range(3):
        assert (await case.track_file_creation(f"f{number}")).success
    for number in range(3):
        if present[number]:
            files[f"f{number}"] = b"x"
    verified = sum(present)
    assert await counts(case) == (3, verified, 3 - verified, verified == 3)


async def test_asked_twice_and_after_a_change(case, files):
    files["m"] = b"old"
    await case.track_file_creation("c")
    await case.track_file_modification("m")
    assert await counts(case) == await counts(case) == (2, 0, 2, False)
    files["c"], files["m"] = b"", b"new"
    for _ in range(3):
        assert await counts(case) == (2, 2, 0, True)
    files["m"] = b"old"
    assert await counts(case) == (2, 1, 1, False)
    del files["c"]
    assert await counts(case) == (2, 0, 2, False)
    files["c"], files["m"] = b"x", b"newer"
    assert await counts(case) == (2, 2, 0, True)


@pytest.mark.parametrize("first, second", [("a", "./a"), ("./a", "a"), ("a", "a"), ("./d/a", "d/a")])
async def test_one_path(case, files, first, second):
    assert (await case.track_file_creation(first)).success
    result = await case.track_file_creation(second)
    assert result.success is False
    assert await counts(case) == (1, 0, 1, False)
    files[os.path.normpath(first)] = b"x"
    assert await counts(case) == (1, 1, 0, True)


async def test_upper_and_lower_case_are_two(case, files):
    assert (await case.track_file_creation("a")).success
    assert (await case.track_file_creation("A")).success
    files["A"] = b"x"
    assert await counts(case) == (2, 1, 1, False)
    files["a"] = b"x"
    assert await counts(case) == (2, 2, 0, True)
