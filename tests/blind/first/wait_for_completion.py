"""Own variants of wait-for-completion, written from the contract and the application alone."""

from grader.bank import THE_WAIT_FOR_COMPLETION


@THE_WAIT_FOR_COMPLETION.mutant(clause=1, replaces="suite:wait_until")
async def only_true(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Only `True` itself is done."""
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


@THE_WAIT_FOR_COMPLETION.mutant(clause=2, replaces="suite:wait_until")
async def no_lambdas(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Only what an `async def` gives is awaited."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = await look() if inspect.iscoroutinefunction(look) else look()
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@THE_WAIT_FOR_COMPLETION.mutant(clause=3, replaces="suite:wait_until")
async def by_the_clock(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """The interval counts from the beginning of a look, not from its end."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        begin = clock()
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(max(begin + interval - clock(), 0), left))


@THE_WAIT_FOR_COMPLETION.mutant(clause=4, replaces="suite:wait_until")
async def too_late_to_count(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """The value of a look that ends after the deadline does not count."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        left = deadline - clock()
        if left >= 0 and done(value):
            return value
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@THE_WAIT_FOR_COMPLETION.mutant(clause=6, replaces="suite:wait_until")
async def not_there_yet(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """A look that raises is taken for one that is not done, until the deadline."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        left = 0.0
        try:
            value = look()
            if inspect.isawaitable(value):
                value = await value
        except Exception:
            left = deadline - clock()
            if left <= 0:
                raise
        else:
            if done(value):
                return value
            left = deadline - clock()
            if left <= 0:
                raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@THE_WAIT_FOR_COMPLETION.mutant(clause=7, replaces="suite:wait_until")
async def look_goes_on(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """A look under way goes on when the wait is cancelled."""
    import asyncio
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


@THE_WAIT_FOR_COMPLETION.alternative(replaces="suite:wait_until")
async def duck(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Knows an awaitable by its `__await__`, and says it in other words."""
    import asyncio

    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout

    async def one_look():
        value = look()
        return await value if hasattr(value, "__await__") else value

    while not done(value := await one_look()):
        now = loop.time()
        if now >= deadline:
            raise TimeoutError(repr(value))
        await asyncio.sleep(min(now + interval, deadline) - now)
    return value


@THE_WAIT_FOR_COMPLETION.alternative(replaces="suite:wait_until")
async def own_alarm(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Pauses on an event that the loop sets."""
    import asyncio
    import inspect

    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        if loop.time() >= deadline:
            raise TimeoutError(f"{value!r} is all there is, after {timeout} s")
        alarm = asyncio.Event()
        handle = loop.call_at(min(loop.time() + interval, deadline), alarm.set)
        try:
            await alarm.wait()
        finally:
            handle.cancel()


@THE_WAIT_FOR_COMPLETION.alternative(replaces="suite:wait_until")
async def look_in_a_task(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Awaits each look in a task of its own."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):

            async def awaited(given=value):
                return await given

            value = await asyncio.create_task(awaited())
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"the last value was {value!r}")
        await asyncio.sleep(min(interval, left))
