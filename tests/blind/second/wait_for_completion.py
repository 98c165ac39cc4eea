"""Own variants of wait-for-completion, written from the contract and the application alone."""

from grader.bank import WAIT_FOR_COMPLETION


@WAIT_FOR_COMPLETION.mutant(clause=1, replaces="suite:wait_until")
async def only_true_is_true(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Takes only True itself for an answer of `done` that is true."""
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


@WAIT_FOR_COMPLETION.mutant(clause=2, replaces="suite:wait_until")
async def only_async_def(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Awaits only what an `async def` returns, not what a lambda does."""
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


@WAIT_FOR_COMPLETION.mutant(clause=3, replaces="suite:wait_until")
async def counts_from_the_beginning(
    look: "Any", done: "Any", timeout: float, interval: float
) -> "Any":
    """The interval counts from the beginning of a look to that of the next."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        began = clock()
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(max(0.0, min(began + interval, deadline) - clock()))


@WAIT_FOR_COMPLETION.mutant(clause=4, replaces="suite:wait_until")
async def interrupts_a_look(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """A look that is under way at the deadline is cancelled, and its value lost."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    value = None
    while True:
        fresh = look()
        if inspect.isawaitable(fresh):
            waiting = asyncio.ensure_future(fresh)
            try:
                await asyncio.wait([waiting], timeout=max(deadline - clock(), 0.001))
            except asyncio.CancelledError:
                waiting.cancel()
                await asyncio.wait([waiting])
                raise
            if not waiting.done():
                waiting.cancel()
                await asyncio.wait([waiting])
                raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
            fresh = waiting.result()
        value = fresh
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@WAIT_FOR_COMPLETION.mutant(clause=5, replaces="suite:wait_until")
async def tells_the_first_value(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """The message tells the value of the first look."""
    import asyncio
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


@WAIT_FOR_COMPLETION.mutant(clause=6, replaces="suite:wait_until")
async def a_timeout_is_not_done(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Takes a `TimeoutError` of a look for a look that is not done."""
    import asyncio
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        try:
            value = look()
            if inspect.isawaitable(value):
                value = await value
            if done(value):
                return value
        except TimeoutError as error:
            value = error
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))


@WAIT_FOR_COMPLETION.alternative(replaces="suite:wait_until")
async def looks_in_a_function(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Makes each look in a function of its own, and tells the number of looks."""
    import asyncio

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout

    async def one():
        answer = look()
        return await answer if hasattr(answer, "__await__") else answer

    looks = 1
    value = await one()
    while not done(value):
        now = loop.time()
        if now >= end:
            raise TimeoutError(f"{value!r} after {looks} looks")
        await asyncio.sleep(min(interval, end - now))
        value = await one()
        looks += 1
    return value


@WAIT_FOR_COMPLETION.alternative(replaces="suite:wait_until")
async def an_error_of_its_own(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Raises an own kind of `TimeoutError`, and takes the last value into its notes, too."""
    import asyncio
    import inspect

    class NotDone(TimeoutError):
        pass

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        if clock() >= deadline:
            error = NotDone("gave up at " + repr(value))
            error.add_note(f"the timeout was {timeout:g} s")
            raise error
        await asyncio.sleep(min(interval, deadline - clock()))


@WAIT_FOR_COMPLETION.alternative(replaces="suite:wait_until")
async def waits_for_an_event(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Pauses with an event that a callback of the loop sets."""
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
        if (now := loop.time()) >= deadline:
            break
        wake = asyncio.Event()
        handle = loop.call_at(min(now + interval, deadline), wake.set)
        try:
            await wake.wait()
        finally:
            handle.cancel()
    raise TimeoutError(f"last value: {value!r}")
