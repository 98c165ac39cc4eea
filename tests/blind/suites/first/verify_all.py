import pytest

from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Files:
    """Files in memory; an exception in the place of a content is raised."""

    def __init__(self):
        self.contents = {}

    async def read(self, file_path):
        content = self.contents.get(file_path)
        if isinstance(content, Exception):
            raise content
        return content


@pytest.fixture
async def files():
    return Files()


@pytest.fixture
async def tracking(files):
    return TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)


async def track(tracking, files, plan):
    """Track what the plan says, in its order: `m1 verified` is a modification that happens."""
    after = {}
    for line in plan:
        name, outcome = line.split()
        if name.startswith("m"):
            files.contents[name] = b"old"
            await tracking.track_file_modification(name, operation_id=name)
        else:
            await tracking.track_file_creation(name, operation_id=name)
        if outcome == "verified":
            after[name] = b"new"
        elif outcome == "failed":
            after[name] = ValueError("splinter")
    files.contents.update(after)


MIXED = [
    "m9 verified",
    "c5 failed",
    "c8 verified",
    "m2 unverified",
    "c3 unverified",
    "m1 failed",
    "c1 verified",
    "c7 unverified",
    "m4 verified",
    "m6 unverified",
]


async def test_everything_counts_once_each_time(tracking, files):
    await track(tracking, files, MIXED)
    for _ in range(3):
        summary = await tracking.verify_all_operations()
        assert summary.total == 10
        assert summary.verified == 4
        assert summary.unverified == 4
        assert summary.failed == 2
        assert summary.all_verified is False


async def test_results_in_the_order_of_tracking(tracking, files):
    await track(tracking, files, MIXED)
    summary = await tracking.verify_all_operations()
    assert isinstance(summary.results, tuple)
    assert [result.operation_id for result in summary.results] == [l.split()[0] for l in MIXED]
    for result in summary.results:
        assert result == await tracking.verify_operation(result.operation_id)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("kind", [OSError, ValueError, TimeoutError, KeyError])
async def test_a_check_that_fails(tracking, files, place, kind):
    names = ["c1", "m2", "c3", "m4"]
    await track(tracking, files, [f"{name} verified" for name in names])
    files.contents[names[place]] = kind("splinter")
    summary = await tracking.verify_all_operations()
    assert (summary.total, summary.verified, summary.unverified, summary.failed) == (4, 3, 0, 1)
    assert [r.success for r in summary.results] == [n != place for n in range(4)]
    assert "splinter" in summary.results[place].error
    assert summary.all_verified is False


@pytest.mark.parametrize("place", range(4))
async def test_one_that_is_unverified(tracking, files, place):
    names = ["c1", "m2", "c3", "m4"]
    await track(tracking, files, [f"{name} verified" for name in names])
    del files.contents[names[place]]
    summary = await tracking.verify_all_operations()
    assert (summary.total, summary.verified, summary.unverified, summary.failed) == (4, 3, 1, 0)
    assert summary.all_verified is False


@pytest.mark.parametrize("plan", [["c1 verified"], ["m1 verified"], ["m1 verified", "c2 verified"]])
async def test_all_verified(tracking, files, plan):
    await track(tracking, files, plan)
    summary = await tracking.verify_all_operations()
    assert summary.verified == summary.total == len(plan)
    assert summary.unverified == summary.failed == 0
    assert summary.all_verified is True


@pytest.mark.parametrize("outcome", ["unverified", "failed"])
async def test_a_single_one(tracking, files, outcome):
    await track(tracking, files, [f"c1 {outcome}"])
    summary = await tracking.verify_all_operations()
    assert summary.total == 1
    assert getattr(summary, outcome) == 1
    assert summary.all_verified is False


async def test_nothing_tracked(tracking):
    summary = await tracking.verify_all_operations()
    assert summary.total == summary.verified == summary.unverified == summary.failed == 0
    assert summary.results == ()
    assert isinstance(summary.results, tuple)
    assert summary.all_verified is False
