"""The virtual clock: time that costs nothing, and what can never happen any more."""

import asyncio
import concurrent.futures
import itertools
import socket
import threading
import time
from typing import Any

import pytest
from helpers.loops import run

from grader.runner.loops import CourseLoop, Schedule, schedules
from grader.runner.stuck import Hang

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
