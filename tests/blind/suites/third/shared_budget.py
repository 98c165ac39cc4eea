import asyncio

import pytest

from vespera_scriptorium import TimeoutAwareService


def now():
    return asyncio.get_running_loop().time()


class Works:
    def __init__(self):
        self.log = []

    def work(self, name, seconds, what="fine"):
        async def work():
            self.log.append(name)
            await asyncio.sleep(seconds)
            if isinstance(what, BaseException):
                raise what
            return what

        return work

    def stubborn(self, name, what):
        async def work():
            self.log.append(name)
            try:
                await asyncio.sleep(1000)
            except asyncio.CancelledError:
                self.log.append(f"{name} cancelled")
                if what == "raise":
                    raise
                if what == "answer":
                    return "late"
                raise what from None

        return work


async def test_one_after_the_other():
    works, start = Works(), now()
    outcome = await TimeoutAwareService().run_batch(
        {"b": works.work("b", 3), "a": works.work("a", 4, ""), "c": works.work("c", 2)}, 10
    )
    assert works.log == ["b", "a", "c"]
    assert outcome.succeeded == {"b": "fine", "a": "", "c": "fine"}
    assert outcome.failed == {} and outcome.cancelled == []
    assert now() - start == pytest.approx(9)


@pytest.mark.parametrize("kind", [ValueError, TimeoutError, OSError])
async def test_failures_take_time_and_stop_nobody(kind):
    works, error = Works(), kind("mine")
    outcome = await TimeoutAwareService().run_batch(
        {
            "a": works.work("a", 4, error),
            "b": works.work("b", 3),
            "c": works.work("c", 4),
            "d": works.work("d", 0),
        },
        10,
    )
    assert list(outcome.failed) == ["a"] and outcome.failed["a"] is error
    assert outcome.succeeded == {"b": "fine"}
    assert sorted(outcome.cancelled) == ["c", "d"]
    assert works.log == ["a", "b", "c"]


@pytest.mark.parametrize("what", ["raise", "answer", ValueError("late"), TimeoutError("late")])
async def test_spent(what):
    works, start = Works(), now()
    outcome = await TimeoutAwareService().run_batch(
        {"a": works.work("a", 1), "b": works.stubborn("b", what), "c": works.work("c", 0)}, 10
    )
    assert outcome.succeeded == {"a": "fine"} and outcome.failed == {}
    assert sorted(outcome.cancelled) == ["b", "c"]
    assert works.log == ["a", "b", "b cancelled"]
    assert now() - start == pytest.approx(10)


@pytest.mark.parametrize("budget", [0, -1])
async def test_no_budget(budget):
    works = Works()
    outcome = await TimeoutAwareService().run_batch(
        {"a": works.work("a", 0), "b": works.work("b", 0)}, budget
    )
    assert sorted(outcome.cancelled) == ["a", "b"]
    assert outcome.succeeded == {} and outcome.failed == {}
    assert works.log == []


@pytest.mark.parametrize("what", ["raise", "answer", ValueError("late"), TimeoutError("late")])
async def test_cancelled_from_outside(what):
    works = Works()
    call = asyncio.create_task(
        TimeoutAwareService().run_batch(
            {"a": works.work("a", 1), "b": works.stubborn("b", what), "c": works.work("c", 0)}, 100
        )
    )
    await asyncio.sleep(10)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert works.log == ["a", "b", "b cancelled"]
