import asyncio

import pytest

from vespera_scriptorium import DeadlineExceededError, TimeoutAwareService


def now():
    return asyncio.get_running_loop().time()


class Job:
    """Takes some seconds, and when it is cancelled some more; notes what happens, and when."""

    def __init__(self, seconds, after=0, end="cancelled", answer="answer", error=None):
        self.seconds, self.after, self.end = seconds, after, end
        self.answer, self.error = answer, error
        self.begins, self.cancels, self.ends = [], [], []

    async def __call__(self):
        self.begins.append(now())
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancels.append(now())
            await asyncio.sleep(self.after)
            if self.end == "answer":
                return "late"
            if self.end == "error":
                raise ValueError("late") from None
            if self.end == "timeout":
                raise TimeoutError("late") from None
            raise
        finally:
            self.ends.append(now())
        if self.error is not None:
            raise self.error
        return self.answer


ENDS = ["cancelled", "answer", "error", "timeout"]


@pytest.mark.parametrize("answer", ["answer", None, ""])
async def test_work_in_time(answer):
    cleanup = Job(1)
    assert await TimeoutAwareService().run_with_cleanup(Job(5, answer=answer), cleanup, 10) == answer
    assert cleanup.begins == []


@pytest.mark.parametrize(
    "error", [ValueError("x"), TimeoutError("x"), DeadlineExceededError("x"), OSError("x")]
)
async def test_error_in_time_needs_no_cleanup(error):
    cleanup = Job(1)
    with pytest.raises(type(error)) as caught:
        await TimeoutAwareService().run_with_cleanup(Job(5, error=error), cleanup, 10)
    assert caught.value is error
    assert cleanup.begins == []


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("after", [0, 5])
async def test_late_work_ends_then_cleanup(end, after):
    work, cleanup = Job(100, after, end), Job(1)
    begin = now()
    with pytest.raises(DeadlineExceededError) as caught:
        await TimeoutAwareService().run_with_cleanup(work, cleanup, 10)
    assert [t - begin for t in work.cancels] == pytest.approx([10])
    assert [t - begin for t in work.ends] == pytest.approx([10 + after])
    assert [t - begin for t in cleanup.begins] == pytest.approx([10 + after])
    assert cleanup.cancels == []
    assert caught.value.cleanup_abandoned is False
    assert now() - begin == pytest.approx(11 + after)


@pytest.mark.parametrize("options, seconds", [({}, 2), ({"cleanup_timeout": 7}, 7), ({"cleanup_timeout": 0.5}, 0.5)])
@pytest.mark.parametrize("work_after", [0, 4])
@pytest.mark.parametrize("end", ENDS)
async def test_cleanup_has_its_own_time(options, seconds, work_after, end):
    work, cleanup = Job(100, work_after), Job(100, 3, end)
    begin = now()
    with pytest.raises(DeadlineExceededError) as caught:
        await TimeoutAwareService().run_with_cleanup(work, cleanup, 10, **options)
    assert caught.value.cleanup_abandoned is True
    start = 10 + work_after
    assert [t - begin for t in cleanup.begins] == pytest.approx([start])
    assert [t - begin for t in cleanup.cancels] == pytest.approx([start + seconds])
    assert [t - begin for t in cleanup.ends] == pytest.approx([start + seconds + 3])
    assert now() - begin == pytest.approx(start + seconds + 3)


async def test_cleanup_just_in_time():
    cleanup = Job(1.9)
    with pytest.raises(DeadlineExceededError) as caught:
        await TimeoutAwareService().run_with_cleanup(Job(100), cleanup, 1)
    assert caught.value.cleanup_abandoned is False
    assert cleanup.cancels == []


@pytest.mark.parametrize("error", [ValueError("no rights"), TimeoutError("no rights"), OSError("no rights"),
                                   DeadlineExceededError("no rights")])
async def test_error_of_the_cleanup_is_a_note(error):
    with pytest.raises(DeadlineExceededError) as caught:
        await TimeoutAwareService().run_with_cleanup(Job(100), Job(1, error=error), 10)
    assert caught.value is not error
    assert caught.value.cleanup_abandoned is False
    assert any("no rights" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("end", ENDS)
async def test_cancelled_while_the_work_is_in_time(end):
    work, cleanup = Job(100, 3, end), Job(1)
    task = asyncio.create_task(TimeoutAwareService().run_with_cleanup(work, cleanup, 10))
    await asyncio.sleep(5)
    begin = now()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert now() - begin == pytest.approx(3)
    assert cleanup.begins == []


@pytest.mark.parametrize("end", ENDS)
async def test_cancelled_while_it_cleans_up(end):
    work, cleanup = Job(100), Job(100, 3, end)
    task = asyncio.create_task(
        TimeoutAwareService().run_with_cleanup(work, cleanup, 10, cleanup_timeout=50)
    )
    await asyncio.sleep(15)
    begin = now()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleanup.cancels == pytest.approx([begin])
    assert cleanup.ends == pytest.approx([begin + 3])
    assert len(cleanup.begins) == 1


@pytest.mark.parametrize("end", ENDS)
async def test_cancelled_while_late_work_ends(end):
    work = Job(100, 20, end)
    task = asyncio.create_task(TimeoutAwareService().run_with_cleanup(work, Job(1), 10))
    await asyncio.sleep(15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(work.ends) == 1


@pytest.mark.parametrize("end", ENDS)
async def test_cancelled_while_an_abandoned_cleanup_ends(end):
    cleanup = Job(100, 20, end)
    task = asyncio.create_task(TimeoutAwareService().run_with_cleanup(Job(100), cleanup, 10))
    await asyncio.sleep(15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(cleanup.ends) == 1
