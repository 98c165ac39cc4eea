import asyncio

import pytest

from vespera_scriptorium import DeadlineExceededError, TimeoutAwareService


def now():
    return asyncio.get_running_loop().time()


async def forever():
    await asyncio.sleep(100_000)


class Cleanup:
    def __init__(self, seconds=0.0, error=None, answers=False, late_error=None, after=0.0):
        self.calls, self.ended, self.cancelled_at = [], [], []
        self.seconds, self.error, self.answers = seconds, error, answers
        self.late_error, self.after = late_error, after

    async def __call__(self):
        self.calls.append(now())
        try:
            await asyncio.sleep(self.seconds)
            if self.error is not None:
                raise self.error
        except asyncio.CancelledError:
            self.cancelled_at.append(now())
            await asyncio.sleep(self.after)
            if self.late_error is not None:
                raise self.late_error from None
            if not self.answers:
                raise
        finally:
            self.ended.append(now())


async def test_work_in_time():
    cleanup = Cleanup()

    async def work():
        await asyncio.sleep(1)
        return 42

    assert await TimeoutAwareService().run_with_cleanup(work, cleanup, 5) == 42
    assert cleanup.calls == []


@pytest.mark.parametrize("kind", [ValueError, TimeoutError, DeadlineExceededError])
async def test_error_in_time(kind):
    cleanup, error = Cleanup(), kind("mine")

    async def work():
        raise error

    with pytest.raises(kind) as caught:
        await TimeoutAwareService().run_with_cleanup(work, cleanup, 5)
    assert caught.value is error
    assert cleanup.calls == []


async def test_missed_deadline():
    cleanup, ended = Cleanup(1), []

    async def work():
        try:
            await forever()
        finally:
            await asyncio.sleep(3)
            ended.append(now())

    start = now()
    with pytest.raises(DeadlineExceededError) as caught:
        await TimeoutAwareService().run_with_cleanup(work, cleanup, 5)
    assert ended == [pytest.approx(start + 8)]
    assert cleanup.calls == [pytest.approx(start + 8)]
    assert now() == pytest.approx(start + 9)
    assert cleanup.cancelled_at == []
    assert caught.value.cleanup_abandoned is False


async def test_two_seconds_from_its_own_beginning():
    async def work():
        try:
            await forever()
        finally:
            await asyncio.sleep(3)

    for seconds, abandoned in [(1.9, False), (2.1, True)]:
        cleanup = Cleanup(seconds)
        with pytest.raises(DeadlineExceededError) as caught:
            await TimeoutAwareService().run_with_cleanup(work, cleanup, 5)
        assert caught.value.cleanup_abandoned is abandoned


async def test_other_cleanup_timeout_and_wait_for_its_end():
    cleanup = Cleanup(100, after=4)
    start = now()
    with pytest.raises(DeadlineExceededError) as caught:
        await TimeoutAwareService().run_with_cleanup(forever, cleanup, 5, cleanup_timeout=10)
    assert caught.value.cleanup_abandoned is True
    assert cleanup.cancelled_at == [pytest.approx(start + 15)]
    assert cleanup.ended == [pytest.approx(start + 19)]
    assert now() == pytest.approx(start + 19)


@pytest.mark.parametrize("options", [{"answers": True}, {"late_error": ValueError("late")}])
async def test_abandoned_whatever_it_makes_of_it(options):
    cleanup = Cleanup(100, **options)
    with pytest.raises(DeadlineExceededError) as caught:
        await TimeoutAwareService().run_with_cleanup(forever, cleanup, 5)
    assert caught.value.cleanup_abandoned is True


@pytest.mark.parametrize("kind", [ValueError, TimeoutError, OSError])
async def test_error_of_the_cleanup_is_a_note(kind):
    with pytest.raises(DeadlineExceededError) as caught:
        await TimeoutAwareService().run_with_cleanup(forever, Cleanup(1, kind("no broom")), 5)
    assert any("no broom" in note for note in caught.value.__notes__)
    assert caught.value.cleanup_abandoned is False


@pytest.mark.parametrize("options", [{}, {"answers": True}, {"late_error": ValueError("late")}])
async def test_cancelled_in_the_cleanup(options):
    cleanup = Cleanup(100, after=3, **options)
    task = asyncio.create_task(
        TimeoutAwareService().run_with_cleanup(forever, cleanup, 5, cleanup_timeout=50)
    )
    await asyncio.sleep(10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(cleanup.ended) == 1


@pytest.mark.parametrize("answers", [True, False])
async def test_cancelled_in_the_work(answers):
    cleanup, ended = Cleanup(), []

    async def work():
        try:
            await forever()
        except asyncio.CancelledError:
            await asyncio.sleep(1)
            ended.append(1)
            if not answers:
                raise

    task = asyncio.create_task(TimeoutAwareService().run_with_cleanup(work, cleanup, 50))
    await asyncio.sleep(10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [1]
    assert cleanup.calls == []
