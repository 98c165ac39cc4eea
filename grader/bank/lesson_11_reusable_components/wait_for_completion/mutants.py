"""The mutants of `wait-for-completion`: each has one bug, and breaks one clause."""

from typing import Any

from .exercise import (
    HELPER,
    wait_for_completion,
)


@wait_for_completion.mutant(promise="value", replaces=HELPER)
async def looks_once_more(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Looks again when it is done, and returns what it sees then."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            value = look()
            return await value if inspect.isawaitable(value) else value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="truthy", replaces=HELPER)
async def wants_true(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Goes on unless `done` answers with `True` itself."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value) is True:
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="plain", replaces=HELPER)
async def always_awaits(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Awaits whatever `look` returns, a plain value too."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = await look()
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="awaitable", replaces=HELPER)
async def awaits_async_defs(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Awaits only what an `async def` returns, and not the coroutine that a lambda returns."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.iscoroutinefunction(look):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="at-once", replaces=HELPER)
async def sleeps_first(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Waits one interval before it looks for the first time."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    await asyncio.sleep(min(interval, timeout))
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="interval", replaces=HELPER)
async def fixed_interval(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Looks every tenth of a second, whatever the interval."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(0.1, left))


@wait_for_completion.mutant(promise="interval", replaces=HELPER)
async def counts_from_the_start(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Begins the next look `interval` seconds after the last one began, however long that took."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        begun = clock()
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(max(min(begun + interval - clock(), left), 0))


@wait_for_completion.mutant(promise="last-look", replaces=HELPER)
async def gives_up_early(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Raises at the deadline without a last look: what was done since the one before is missed."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))
        if clock() >= deadline:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")


@wait_for_completion.mutant(promise="rest", replaces=HELPER)
async def oversleeps(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Sleeps for a whole interval at the end, too, and ends after the deadline."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(interval)


@wait_for_completion.mutant(promise="under-way", replaces=HELPER)
async def interrupts_a_look(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Interrupts a look that is under way at the deadline."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            left = max(deadline - clock(), 0)
            if left:
                value = await asyncio.wait_for(value, left)
            else:
                value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="no-more", replaces=HELPER)
async def looks_too_late(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Looks once more when a look has ended after the deadline."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        last_look = clock() >= deadline
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if last_look:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(max(min(interval, left), 0))


@wait_for_completion.mutant(promise="raises", replaces=HELPER)
async def answers_anyway(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Returns the last value at the deadline, and trusts the caller to look at it."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            return value
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="last-value", replaces=HELPER)
async def tells_the_first_value(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Tells the first value that it saw, not the last one."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    seen = []
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        seen.append(value)
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {seen[0]!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="look-error", replaces=HELPER)
async def forgives_timeouts(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Goes on after a look that raises `TimeoutError`, as if it had seen nothing."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        late = False
        try:
            value = look()
            if inspect.isawaitable(value):
                value = await value
        except TimeoutError as error:
            value, late = error, True
        if not late and done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="done-error", replaces=HELPER)
async def forgives_done(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Goes on when `done` raises, as if it had answered with `False`."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        try:
            if done(value):
                return value
        except Exception:
            pass
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="cancelled", replaces=HELPER)
async def renames_cancellation(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Raises `TimeoutError` when it is cancelled in a pause."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        try:
            await asyncio.sleep(min(interval, left))
        except asyncio.CancelledError:
            raise TimeoutError(f"cancelled: the last value was {value!r}") from None


@wait_for_completion.mutant(promise="look-cancelled", replaces=HELPER)
async def leaves_its_look(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Shields its looks, so that one goes on when it is cancelled."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await asyncio.shield(value)
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(promise="look-error", replaces=HELPER)
async def not_yet(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Takes a look that raises for one that is not done, until the deadline."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        left = deadline - clock()
        try:
            value = look()
            if inspect.isawaitable(value):
                value = await value
            if done(value):
                return value
        except Exception:
            if left <= 0:
                raise
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))
