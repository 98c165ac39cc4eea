import asyncio

import pytest

from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService


@pytest.fixture
def service():
    return TimeoutAwareService()


def now():
    return asyncio.get_running_loop().time()


class Work:
    def __init__(self, seconds, outcome="done", late=0.0, makes=None):
        self.seconds, self.outcome, self.late, self.makes = seconds, outcome, late, makes
        self.began = self.ended = None
        self.was_cancelled = False

    async def __call__(self):
        self.began = now()
        try:
            await asyncio.sleep(self.seconds)
            if isinstance(self.outcome, BaseException):
                raise self.outcome
            return self.outcome
        except asyncio.CancelledError:
            self.was_cancelled = True
            await asyncio.sleep(self.late)
            if isinstance(self.makes, Exception):
                raise self.makes
            if self.makes is not None:
                return self.makes
            raise
        finally:
            self.ended = now()


async def test_one_after_the_other(service):
    start = now()
    works = {"c": Work(1, "x"), "a": Work(2, ""), "b": Work(3, "z")}
    outcome = await service.run_batch(works, 10)
    assert outcome.succeeded == {"c": "x", "a": "", "b": "z"}
    assert (outcome.failed, outcome.cancelled) == ({}, [])
    assert [w.began - start for w in works.values()] == pytest.approx([0, 1, 3])


ERRORS = [ValueError("x"), TimeoutError("mine"), OSError("x")]


@pytest.mark.parametrize("error", ERRORS)
async def test_a_failure(service, error):
    start = now()
    works = {"a": Work(2, error), "b": Work(1)}
    outcome = await service.run_batch(works, 10)
    assert list(outcome.failed) == ["a"]
    assert outcome.failed["a"] is error
    assert outcome.succeeded == {"b": "done"}
    assert outcome.cancelled == []
    assert works["b"].began - start == pytest.approx(2)


@pytest.mark.parametrize("first", ["done", *ERRORS])
async def test_the_time_of_each_counts(service, first):
    start = now()
    works = {"a": Work(4, first), "b": Work(7), "c": Work(1)}
    outcome = await service.run_batch(works, 10)
    assert works["b"].was_cancelled
    assert works["b"].ended - start == pytest.approx(10)
    assert works["c"].began is None
    assert sorted(outcome.cancelled) == ["b", "c"]
    assert set(outcome.succeeded) | set(outcome.failed) == {"a"}


@pytest.mark.parametrize("makes", [None, "late", ValueError("late"), TimeoutError("late")])
async def test_the_end_of_the_budget(service, makes):
    works = {
        "a": Work(1),
        "b": Work(1, KeyError("b")),
        "c": Work(50, late=5, makes=makes),
        "d": Work(0),
        "e": Work(1),
    }
    start = now()
    outcome = await service.run_batch(works, 5)
    assert now() - start == pytest.approx(10)
    assert outcome.succeeded == {"a": "done"}
    assert outcome.failed == {"b": works["b"].outcome}
    assert sorted(outcome.cancelled) == ["c", "d", "e"]
    assert works["d"].began is None
    assert works["e"].began is None


@pytest.mark.parametrize("budget", [0, 0.0, -1, -0.5])
async def test_no_budget(service, budget):
    works = {"a": Work(0), "b": Work(1)}
    outcome = await service.run_batch(works, budget)
    assert sorted(outcome.cancelled) == ["a", "b"]
    assert (outcome.succeeded, outcome.failed) == ({}, {})
    assert works["a"].began is None


@pytest.mark.parametrize("makes", [None, "late", ValueError("late"), TimeoutError("late")])
@pytest.mark.parametrize("moment", [2, 12])
async def test_cancelled_from_outside(service, makes, moment):
    works = {"a": Work(1), "b": Work(50, late=5, makes=makes), "c": Work(1)}
    call = asyncio.create_task(service.run_batch(works, 10))
    await asyncio.sleep(moment)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.sleep(60)
    assert works["c"].began is None


async def test_without_works(service):
    outcome = await service.run_batch({}, 5)
    assert (outcome.succeeded, outcome.failed, outcome.cancelled) == ({}, {}, [])
