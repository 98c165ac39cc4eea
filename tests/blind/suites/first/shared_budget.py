import asyncio

import pytest

from vespera_scriptorium import DeadlineExceededError, TimeoutAwareService


def now():
    return asyncio.get_running_loop().time()


class Works(dict):
    """Works by name, and when each began and ended."""

    def __init__(self):
        self.began, self.ended = {}, {}

    def put(self, name, seconds, error=None, end="cancelled", after=0):
        async def work():
            self.began[name] = now()
            try:
                await asyncio.sleep(seconds)
            except asyncio.CancelledError:
                await asyncio.sleep(after)
                if end == "answer":
                    return "late"
                if end == "error":
                    raise ValueError("late") from None
                if end == "timeout":
                    raise TimeoutError("late") from None
                raise
            finally:
                self.ended[name] = now()
            if error is not None:
                raise error
            return f"output of {name}"

        self[name] = work
        return self


ENDS = ["cancelled", "answer", "error", "timeout"]


async def test_one_after_the_other():
    works = Works().put("z", 1).put("a", 2).put("m", 3)
    begin = now()
    outcome = await TimeoutAwareService().run_batch(works, 10)
    assert outcome.succeeded == {name: f"output of {name}" for name in "zam"}
    assert outcome.failed == {} and outcome.cancelled == []
    assert [works.began[n] - begin for n in "zam"] == pytest.approx([0, 1, 3])
    assert now() - begin == pytest.approx(6)


@pytest.mark.parametrize(
    "error", [ValueError("x"), TimeoutError("x"), DeadlineExceededError("x"), OSError("x")]
)
async def test_failures_are_kept_and_the_next_begins(error):
    works = Works().put("a", 1, error).put("b", 1).put("c", 1, error).put("d", 1)
    outcome = await TimeoutAwareService().run_batch(works, 10)
    assert set(outcome.failed) == {"a", "c"}
    assert outcome.failed["a"] is error and outcome.failed["c"] is error
    assert outcome.succeeded == {"b": "output of b", "d": "output of d"}
    assert outcome.cancelled == []


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("error", [None, ValueError("x"), TimeoutError("x")])
@pytest.mark.parametrize("after", [0, 5])
async def test_all_share_one_budget(end, error, after):
    works = Works().put("a", 4, error).put("b", 4).put("c", 4, end=end, after=after).put("d", 0).put("e", 1)
    begin = now()
    outcome = await TimeoutAwareService().run_batch(works, 10)
    assert sorted(outcome.cancelled) == ["c", "d", "e"]
    assert outcome.succeeded == {n: f"output of {n}" for n in ("b" if error else "ab")}
    assert outcome.failed == ({"a": error} if error else {})
    assert set(works.began) == {"a", "b", "c"}
    assert now() - begin == pytest.approx(10 + after)


@pytest.mark.parametrize("budget", [0, 0.0, -1, -1000])
async def test_no_budget(budget):
    works = Works().put("a", 0).put("b", 1)
    outcome = await TimeoutAwareService().run_batch(works, budget)
    assert works.began == {}
    assert sorted(outcome.cancelled) == ["a", "b"]
    assert outcome.succeeded == {} and outcome.failed == {}


async def test_no_works():
    outcome = await TimeoutAwareService().run_batch({}, 10)
    assert outcome.succeeded == {} and outcome.failed == {} and outcome.cancelled == []


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("number", [0, 1, 2])
async def test_cancelled_from_outside(end, number):
    works = Works()
    for name in "abc":
        works.put(name, 10, end=end, after=1)
    task = asyncio.create_task(TimeoutAwareService().run_batch(works, 100))
    await asyncio.sleep(10 * number + 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(100)
    assert list(works.began) == list("abc"[: number + 1])


@pytest.mark.parametrize("end", ENDS)
async def test_cancelled_while_late_work_ends(end):
    works = Works().put("a", 100, end=end, after=20).put("b", 1)
    task = asyncio.create_task(TimeoutAwareService().run_batch(works, 10))
    await asyncio.sleep(15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(100)
    assert list(works.began) == ["a"]
