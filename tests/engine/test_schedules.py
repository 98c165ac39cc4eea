"""Schedules and clocks: in which order a loop runs what is ready, and what time it has."""

import asyncio
import time
from typing import Any

import pytest
from helpers.loops import FIFO, run, run_in

from grader.runner.loops import HAS_EAGER_TASKS, LATEST, CourseLoop, Schedule, schedules


async def order_of_tasks(count: int = 8) -> list[int]:
    """In which order tasks that are ready at the same time take their steps."""
    order: list[int] = []

    async def step(number: int) -> None:
        order.append(number)
        await asyncio.sleep(0)
        order.append(number)

    await asyncio.gather(*map(step, range(count)))
    return order


def test_fifo_is_asyncio_as_it_is() -> None:
    """The plain schedule changes nothing."""
    assert run(order_of_tasks()) == run_in(asyncio.SelectorEventLoop(), order_of_tasks())


def test_shuffled_reorders_tasks() -> None:
    """Each seed has an order of its own."""
    orders = [run(order_of_tasks(), Schedule("shuffled", seed)) for seed in range(1, 6)]
    assert len(set(map(tuple, orders))) == 5


@pytest.mark.parametrize("kind", ["shuffled", "late"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_seed_always_gives_the_same_order(kind: Any, seed: int) -> None:
    """An order can be seen again by whoever knows its seed."""
    clock = "real" if kind == "late" else "virtual"
    first, again = (run(order_of_tasks(), Schedule(kind, seed), clock) for _ in range(2))
    assert first == again


def test_shuffled_leaves_callbacks_in_their_order() -> None:
    """Only tasks are reordered: callbacks keep the places that asyncio promises them."""

    async def main() -> list[int]:
        order: list[int] = []
        loop = asyncio.get_running_loop()
        for number in range(20):
            loop.call_soon(order.append, number)
            loop.create_task(asyncio.sleep(0))
        await asyncio.sleep(0.1)
        return order

    for seed in range(1, 6):
        assert run(main(), Schedule("shuffled", seed)) == list(range(20))


def test_shuffled_keeps_the_steps_of_one_task_in_order() -> None:
    """A queue hands out what was put in, in order, under every schedule."""

    async def main() -> list[int]:
        queue: asyncio.Queue[int] = asyncio.Queue(1)

        async def put() -> None:
            for number in range(10):
                await queue.put(number)

        task = asyncio.create_task(put())
        found = [await queue.get() for _ in range(10)]
        await task
        return found

    for schedule in schedules("virtual"):
        assert run(main(), schedule) == list(range(10))


def test_late_schedules_come_in_pairs() -> None:
    """Where one of a pair is late the other is not, and none is later than the limit."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        start = loop.time()
        timers = [loop.call_at(start, lambda: None) for _ in range(10)]
        return [timer.when() - start for timer in timers]

    one, other = (run(main(), Schedule("late", seed), "real") for seed in (0, 1))
    assert all(0 <= delay <= LATEST for delay in one + other)
    assert [a + b for a, b in zip(one, other, strict=True)] == pytest.approx([LATEST] * 10)
    assert len(set(one)) == 10


def test_eager_tasks_begin_at_once() -> None:
    """Where Python has eager tasks, a task begins before `create_task` returns."""

    async def main() -> bool:
        begun = []

        async def begin() -> None:
            begun.append(True)

        task = asyncio.create_task(begin())
        found = bool(begun)
        await task
        return found

    assert not run(main())
    if HAS_EAGER_TASKS:
        assert run(main(), Schedule("eager"))


def test_which_schedules_a_clock_has() -> None:
    """First-in-first-out is the first; late timers belong to the real clock alone."""
    virtual, real = schedules("virtual"), schedules("real")
    assert virtual[0] == real[0] == FIFO
    assert sorted({schedule.kind for schedule in set(real) - set(virtual)}) == ["late"]
    assert ("eager" in {schedule.kind for schedule in virtual}) is HAS_EAGER_TASKS
    names = [str(schedule) for schedule in real]
    assert len(set(names)) == len(names)


# ------------------------------------------------------------------ whether order can matter


async def one_after_the_other() -> None:
    """Several tasks, timers and callbacks, and never two tasks that could take a step."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[None] = loop.create_future()
    for number in range(3):
        loop.call_soon(int)
        loop.call_later(number, int)
    loop.call_later(5, waiting.set_result, None)
    async with asyncio.timeout(60):
        await waiting
    await asyncio.create_task(asyncio.sleep(1))
    await asyncio.gather(asyncio.sleep(0))


async def two_at_once() -> None:
    await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))


async def two_at_the_same_time() -> None:
    await asyncio.gather(asyncio.sleep(3600), asyncio.sleep(3600))


async def with_a_thread() -> None:
    await asyncio.to_thread(time.monotonic)


async def with_a_thread_and_a_task() -> None:
    waiting = asyncio.create_task(asyncio.Event().wait())
    await asyncio.to_thread(time.monotonic)
    waiting.cancel()
    await asyncio.wait([waiting])


async def after_a_cancellation() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    tasks = [asyncio.create_task(wait())]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(asyncio.sleep(0)))
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("schedule", schedules("virtual")[:6], ids=str)
@pytest.mark.parametrize(
    ("main", "choices"),
    [
        (one_after_the_other, False),
        (two_at_once, True),
        (two_at_the_same_time, True),
        (with_a_thread, False),
        (with_a_thread_and_a_task, True),
        (after_a_cancellation, True),
    ],
)
def test_choices_are_noticed(main: Any, choices: bool, schedule: Schedule) -> None:
    """Where two tasks are ready at once, or could be as a thread comes in, order can matter."""
    before = CourseLoop.choices
    run(main(), schedule)
    assert (CourseLoop.choices > before) is choices


async def two_that_take_turns() -> None:
    turns = asyncio.Event()

    async def second() -> None:
        await asyncio.sleep(0)
        turns.set()

    task = asyncio.create_task(second())
    await turns.wait()
    await task


async def nothing_but_threads() -> None:
    async with asyncio.timeout(60):
        for _ in range(3):
            await asyncio.to_thread(time.monotonic)
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("main", "choices"), [(two_that_take_turns, True), (nothing_but_threads, False)]
)
@pytest.mark.parametrize("schedule", schedules("real"), ids=str)
def test_choices_under_the_real_clock(main: Any, choices: bool, schedule: Schedule) -> None:
    """Where time decides what is ready, order can matter for any two tasks that live at once."""
    before = CourseLoop.choices
    run(main(), schedule, "real")
    assert (CourseLoop.choices > before) is choices
