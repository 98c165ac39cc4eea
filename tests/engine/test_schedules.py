"""Schedules and clocks: in which order a loop runs what is ready, and what time it has."""

import asyncio
import concurrent.futures
import itertools
import socket
import threading
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from grader.runner.loops import HAS_EAGER_TASKS, LATEST, CourseLoop, Hang, Schedule, schedules

FIFO = Schedule()


def run(
    main: Coroutine[Any, Any, Any],
    schedule: Schedule = FIFO,
    clock: str = "virtual",
    *,
    alone: bool = True,
) -> Any:
    """Run a coroutine in a loop of the course."""
    return run_in(CourseLoop(schedule, clock, alone=alone), main)


def run_in(loop: asyncio.AbstractEventLoop, main: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine, and close the loop; which loop is the current one stays as it is."""
    try:
        return loop.run_until_complete(main)
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()


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


# ------------------------------------------------------------------ the virtual clock


@pytest.mark.parametrize("schedule", schedules("virtual"), ids=str)
def test_virtual_time_is_exact(schedule: Schedule) -> None:
    """An hour of waiting takes an hour on the loop's clock, to the last digit, and no real one."""

    async def main() -> tuple[float, list[float]]:
        start = asyncio.get_running_loop().time()
        ends = []

        async def wait(seconds: float) -> None:
            await asyncio.sleep(seconds)
            ends.append(asyncio.get_running_loop().time() - start)

        await asyncio.gather(*map(wait, [3600, 0.25, 60]))
        return asyncio.get_running_loop().time() - start, ends

    assert run(main(), schedule) == (3600, [0.25, 60, 3600])


def test_virtual_timeout() -> None:
    """A deadline of a day ends a wait that would never end."""

    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(86_400):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run(main()) == 86_400


def test_real_time_passes() -> None:
    """Under the real clock the loop's time is that of the machine."""

    async def main() -> float:
        return asyncio.get_running_loop().time() - time.monotonic()

    assert run(main(), clock="real") == pytest.approx(0, abs=60)


# ------------------------------------------------------------------ deadlocks


async def wait_for_ever() -> None:
    await asyncio.Event().wait()


async def wait_for_each_other() -> None:
    one, other = asyncio.Event(), asyncio.Event()

    async def wait_then_set(first: asyncio.Event, second: asyncio.Event) -> None:
        await first.wait()
        second.set()

    await asyncio.gather(wait_then_set(one, other), wait_then_set(other, one))


async def wait_with_a_cancelled_timer() -> None:
    asyncio.get_running_loop().call_later(3600, print).cancel()
    await asyncio.Event().wait()


@pytest.mark.parametrize("clock", ["virtual", "real"])
@pytest.mark.parametrize("schedule", schedules("real"), ids=str)
@pytest.mark.parametrize(
    "deadlock", [wait_for_ever, wait_for_each_other, wait_with_a_cancelled_timer]
)
def test_a_deadlock_is_noticed_at_once(deadlock: Any, schedule: Schedule, clock: str) -> None:
    """Where every task waits and nothing can wake one, the test has hung: no time is spent."""
    with pytest.raises(Hang, match="nothing is left that could wake it"):
        run(deadlock(), schedule, clock)


def test_a_hang_is_not_caught_by_accident() -> None:
    """A test that catches every `Exception` still hangs."""
    assert not issubclass(Hang, Exception)


def test_what_another_thread_may_wake_is_no_deadlock() -> None:
    """A loop that waits for a thread is left waiting."""

    async def main() -> int:
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            event = threading.Event()
            found = asyncio.get_running_loop().run_in_executor(executor, event.wait)
            await asyncio.sleep(0)
            event.set()
            return await found

    assert run(main(), clock="real") is True


@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_the_end_of_threads_is_waited_for(clock: str) -> None:
    """A loop that closes waits for its threads in real time, whatever its clock says."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, threading.Event().wait, 0.05)
        await loop.shutdown_default_executor(300)  # type: ignore[call-arg]  # as `Runner.close`

    run(main(), clock=clock)


def test_what_a_socket_may_wake_is_no_deadlock() -> None:
    """A loop that waits for a socket is left waiting."""

    async def main() -> bytes:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            received = loop.create_task(loop.sock_recv(ours, 10))
            await asyncio.sleep(0)
            theirs.send(b"awake")
            return await received

    assert run(main(), clock="real") == b"awake"


def test_a_kernel_is_never_alone() -> None:
    """Where threads of others may wake the loop, waiting is no deadlock."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        event = asyncio.Event()
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(event.set,))
        loop.call_soon(thread.start)
        await event.wait()
        thread.join()

    run(main(), clock="real", alone=False)


def test_time_passes_for_those_who_poll() -> None:
    """Where somebody polls without a pause, virtual time would stand still; it passes, in time."""

    async def main() -> float:
        late = asyncio.create_task(asyncio.sleep(60))
        while not late.done():
            await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert run(main()) == 60


# ------------------------------------------------------------------ what is lost


def test_lost_exceptions_are_noted() -> None:
    """What a task raised and nobody saw is noted by the loop."""

    async def fail() -> None:
        raise OSError("lost")

    async def main() -> None:
        asyncio.create_task(fail())
        await asyncio.sleep(1)

    CourseLoop.noted.clear()
    run(main())
    assert [sentence for sentence, _ in CourseLoop.noted] == ["loses an exception: OSError: lost"]


def test_all_loops_count_apart() -> None:
    """Each loop begins at time zero."""
    loops = [CourseLoop(Schedule("shuffled", 1), "virtual", alone=True) for _ in range(2)]
    for one, other in itertools.pairwise(loops):
        assert one.time() == other.time() == 0
    for loop in loops:
        loop.close()
