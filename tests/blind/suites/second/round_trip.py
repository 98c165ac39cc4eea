import os.path
import random

import pytest

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.infrastructure.memory import InMemoryFileOperationStore


class Files(dict):
    async def read(self, path):
        return self.get(os.path.normpath(path))


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def use_case(files):
    return TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)


async def counts(use_case):
    s = await use_case.verify_all_operations()
    assert s.total == s.verified + s.unverified
    assert s.all_verified is (s.total > 0 and s.verified == s.total)
    return s.verified, s.unverified


async def test_nothing(use_case):
    assert await counts(use_case) == (0, 0)
    assert (await use_case.verify_all_operations()).all_verified is False


async def test_several_of_the_same_path(use_case, files):
    assert (await use_case.track_file_creation("a")).success
    for _ in range(3):
        assert (await use_case.track_file_modification("a")).success
    assert await counts(use_case) == (0, 4)
    files["a"] = b"x"
    assert await counts(use_case) == (4, 0)
    await use_case.track_file_modification("a")
    assert await counts(use_case) == (4, 1)


CONTENTS = [None, b"", b"one", b"two", b"a longer one"]


@pytest.mark.parametrize("before", CONTENTS)
@pytest.mark.parametrize("after", CONTENTS)
async def test_modification(use_case, files, before, after):
    if before is not None:
        files["a"] = before
    assert (await use_case.track_file_modification("a")).success
    files.pop("a", None)
    if after is not None:
        files["a"] = after
    happened = after is not None and after != before
    assert await counts(use_case) == (int(happened), int(not happened))


@pytest.mark.parametrize("before", CONTENTS)
@pytest.mark.parametrize("after", CONTENTS)
async def test_creation(use_case, files, before, after):
    if before is not None:
        files["a"] = before
    assert (await use_case.track_file_creation("a")).success
    files.pop("a", None)
    if after is not None:
        files["a"] = after
    assert await counts(use_case) == (int(after is not None), int(after is None))


async def test_asked_again(use_case, files):
    files["m"] = b"one"
    await use_case.track_file_creation("c")
    await use_case.track_file_modification("m")
    assert await counts(use_case) == await counts(use_case) == (0, 2)
    files.update(c=b"", m=b"two")
    assert await use_case.verify_all_operations() == await use_case.verify_all_operations()
    assert await counts(use_case) == (2, 0)
    del files["c"]
    assert await counts(use_case) == (1, 1)
    files["m"] = b"one"
    assert await counts(use_case) == (0, 2)
    files["m"] = b"two"
    assert await counts(use_case) == (1, 1)


@pytest.mark.parametrize("there", [["a"], ["b"], ["c"], ["a", "b"], ["b", "c"], ["a", "b", "c"]])
async def test_all_verified(use_case, files, there):
    for name in "abc":
        await use_case.track_file_creation(name)
    files.update(dict.fromkeys(there, b""))
    assert await counts(use_case) == (len(there), 3 - len(there))


async def test_paths(use_case, files):
    assert (await use_case.track_file_creation("a")).success
    assert not (await use_case.track_file_creation("./a")).success
    assert not (await use_case.track_file_creation("a")).success
    assert (await use_case.track_file_creation("A")).success
    assert (await use_case.track_file_modification("./a")).success
    files["a"] = b"x"
    assert await counts(use_case) == (2, 1)


async def test_any_list(use_case, files):
    choice = random.Random(7)
    expected = []
    for _ in range(60):
        path = choice.choice("abcABC")
        if choice.random() < 0.3:
            files.pop(path, None)
        elif choice.random() < 0.6:
            files[path] = choice.choice([b"", b"1", b"2"])
        if choice.random() < 0.4:
            known = ("creation", path) in [(k, p) for k, p, _ in expected]
            assert (await use_case.track_file_creation(path)).success is not known
            if not known:
                expected.append(("creation", path, None))
        else:
            assert (await use_case.track_file_modification(path)).success
            expected.append(("modification", path, files.get(path)))
        happened = sum(
            files.get(p) is not None and (k == "creation" or files.get(p) != before)
            for k, p, before in expected
        )
        assert await counts(use_case) == (happened, len(expected) - happened)
