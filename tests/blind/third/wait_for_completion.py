"""Own variants of wait-for-completion, written from the contract and the application alone."""

from grader.bank import wait_for_completion


@wait_for_completion.mutant(clause=1, replaces="suite:wait_until")
async def true_itself(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Wants True itself."""
    import asyncio
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


@wait_for_completion.mutant(clause=2, replaces="suite:wait_until")
async def async_def_only(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Awaits what an `async def` answers, and no other coroutine."""
    import asyncio
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


@wait_for_completion.mutant(clause=3, replaces="suite:wait_until")
async def steady_looks(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Counts the interval from the beginning of a look."""
    import asyncio
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
        await asyncio.sleep(max(0.0, min(begun + interval - clock(), left)))


@wait_for_completion.mutant(clause=4, replaces="suite:wait_until")
async def no_look_at_the_deadline(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Raises when the deadline is nearer than the next look."""
    import asyncio
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
        if left < interval:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(clause=5, replaces="suite:wait_until")
async def words_for_the_value(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """The message has the text of the value, not its repr."""
    import asyncio
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
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.mutant(clause=6, replaces="suite:wait_until")
async def timeouts_are_tried_again(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """A look that raises a `TimeoutError` is tried again until the deadline."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        try:
            value = look()
            if inspect.isawaitable(value):
                value = await value
        except TimeoutError:
            if clock() >= deadline:
                raise
            await asyncio.sleep(min(interval, deadline - clock()))
            continue
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.alternative(replaces="suite:wait_until")
async def other_words(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Says the timeout in other words."""
    import asyncio
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
            raise TimeoutError(f"{value!r} is what we saw at last")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.alternative(replaces="suite:wait_until")
async def has_await(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Asks for `__await__`."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if hasattr(value, "__await__") or inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@wait_for_completion.alternative(replaces="suite:wait_until")
async def a_loop_for_the_pause(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Sleeps until a time."""
    import asyncio
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
        until = min(clock() + interval, deadline)
        while (rest := until - clock()) > 0:
            await asyncio.sleep(rest)
