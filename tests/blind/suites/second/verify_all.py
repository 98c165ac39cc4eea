import asyncio

import pytest

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files:
    """A file system in a dictionary: an error in the place of a content is raised."""

    def __init__(self):
        self.contents = {}

    async def read(self, file_path):
        await asyncio.sleep(0)
        content = self.contents.get(file_path)
        if isinstance(content, Exception):
            raise content
        return content


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def tracking(files):
    return TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)


def counts(summary):
    return summary.total, summary.verified, summary.unverified, summary.failed


async def track(tracking, *names):
    for name in names:
        assert (await tracking.track_file_creation(name, operation_id=f"id-{name}")).success


async def test_counts_and_order(tracking, files):
    await track(tracking, "z", "b", "y", "a", "m")
    files.contents.update(z=b"", a=b"1", b=OSError("locked"), m=b"2")
    for _ in range(2):
        summary = await tracking.verify_all_operations()
        assert counts(summary) == (5, 3, 1, 1)
        assert summary.all_verified is False
        assert [result.operation_id for result in summary.results] == [
            "id-z", "id-b", "id-y", "id-a", "id-m"
        ]
        assert summary.results == tuple(
            [await tracking.verify_operation(f"id-{name}") for name in "zbyam"]
        )


async def test_anew_each_time(tracking, files):
    await track(tracking, "a", "b")
    assert counts(await tracking.verify_all_operations()) == (2, 0, 2, 0)
    files.contents.update(a=b"", b=b"")
    assert counts(await tracking.verify_all_operations()) == (2, 2, 0, 0)
    await track(tracking, "c")
    assert counts(await tracking.verify_all_operations()) == (3, 2, 1, 0)


async def test_creation_and_modifications_of_one_path(tracking, files):
    await tracking.track_file_creation("a", operation_id="1")
    files.contents["a"] = b"one"
    await tracking.track_file_modification("a", operation_id="2")
    files.contents["a"] = b"two"
    await tracking.track_file_modification("a", operation_id="3")
    summary = await tracking.verify_all_operations()
    assert counts(summary) == (3, 2, 1, 0)
    assert [(r.operation_id, r.verified) for r in summary.results] == [
        ("1", True), ("2", True), ("3", False)
    ]


@pytest.mark.parametrize("bad", ["a", "b", "c"])
@pytest.mark.parametrize("kind", [OSError, ValueError, KeyError])
async def test_one_failed_check(tracking, files, bad, kind):
    await track(tracking, "a", "b", "c")
    files.contents.update(a=b"", b=b"", c=b"")
    files.contents[bad] = kind("locked")
    summary = await tracking.verify_all_operations()
    assert counts(summary) == (3, 2, 0, 1)
    assert summary.all_verified is False
    assert [result.success for result in summary.results] == [name != bad for name in "abc"]


@pytest.mark.parametrize("missing", ["a", "b", "c"])
async def test_one_unverified(tracking, files, missing):
    await track(tracking, "a", "b", "c")
    files.contents.update(a=b"", b=b"", c=b"")
    del files.contents[missing]
    summary = await tracking.verify_all_operations()
    assert counts(summary) == (3, 2, 1, 0)
    assert summary.all_verified is False


@pytest.mark.parametrize("names", ["a", "abc"])
async def test_all_verified(tracking, files, names):
    await track(tracking, *names)
    files.contents.update(a=b"", b=b"", c=b"")
    summary = await tracking.verify_all_operations()
    assert counts(summary) == (len(names), len(names), 0, 0)
    assert summary.all_verified is True


async def test_nothing_tracked(tracking):
    summary = await tracking.verify_all_operations()
    assert counts(summary) == (0, 0, 0, 0)
    assert summary.results == ()
    assert summary.all_verified is False
