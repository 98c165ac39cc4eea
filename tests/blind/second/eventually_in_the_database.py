"""Own variants of eventually-in-the-database, written from the contract and the application alone."""

from grader.bank import EVENTUALLY_IN_THE_DATABASE


@EVENTUALLY_IN_THE_DATABASE.mutant(clause=1, replaces="suite:eventually")
async def only_what_is_true(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Goes on to look when the value is 0 or an empty list."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@EVENTUALLY_IN_THE_DATABASE.mutant(clause=2, replaces="suite:eventually")
async def one_session_for_all(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Opens one session, and makes all looks in it."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    async with sessions() as session:
        while True:
            found = await find(session)
            if found is not None:
                break
            if (left := deadline - clock()) <= 0:
                raise TimeoutError(f"nothing was found in {timeout:g} s")
            await asyncio.sleep(min(pause, longest, left))
            pause *= 2
    return found


@EVENTUALLY_IN_THE_DATABASE.mutant(clause=3, replaces="suite:eventually")
async def waits_with_an_open_session(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Pauses inside of the block of the session."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
            left = deadline - clock()
            if found is None and left > 0:
                await asyncio.sleep(min(pause, longest, left))
                pause *= 2
        if found is not None:
            return found
        if left <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")


@EVENTUALLY_IN_THE_DATABASE.mutant(clause=4, replaces="suite:eventually")
async def grows_by_the_first_pause(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Each pause is longer by the first one, not twice as long."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    step = pause
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause += step


@EVENTUALLY_IN_THE_DATABASE.mutant(clause=5, replaces="suite:eventually")
async def no_look_at_the_deadline(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Raises at the deadline without the last look."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        left = deadline - clock()
        if left > 0:
            await asyncio.sleep(min(pause, longest, left))
            pause *= 2
        if clock() >= deadline:
            raise TimeoutError(f"nothing was found in {timeout:g} s")


@EVENTUALLY_IN_THE_DATABASE.mutant(clause=6, replaces="suite:eventually")
async def errors_may_pass(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Takes an error for a look that found nothing, and raises the last one at the deadline."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        problem, found = None, None
        try:
            async with sessions() as session:
                found = await find(session)
        except Exception as error:
            problem = error
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise problem or TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@EVENTUALLY_IN_THE_DATABASE.alternative(replaces="suite:eventually")
async def pauses_from_a_generator(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Takes the lengths of the pauses from a generator."""
    import asyncio

    def lengths():
        length = pause
        while True:
            yield min(length, longest)
            length = min(length * 2, max(longest, length))

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    for length in lengths():
        async with sessions() as session:
            value = await find(session)
        if value is not None:
            return value
        if loop.time() >= end:
            break
        await asyncio.sleep(min(length, end - loop.time()))
    raise TimeoutError


@EVENTUALLY_IN_THE_DATABASE.alternative(replaces="suite:eventually")
async def looks_in_a_function(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Makes each look in a function, and returns out of the block."""
    import asyncio

    async def look():
        async with sessions() as session:
            return await find(session)

    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    count = 0
    while (found := await look()) is None:
        now = loop.time()
        if now >= deadline:
            raise TimeoutError(f"looked {count + 1} times for nothing")
        await asyncio.sleep(min(pause * 2**count, longest, deadline - now))
        count += 1
    return found


@EVENTUALLY_IN_THE_DATABASE.alternative(replaces="suite:eventually")
async def waits_for_an_event(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Pauses with an event that nobody sets, and a callback of the loop."""
    import asyncio

    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    length = pause
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if loop.time() >= deadline:
            raise TimeoutError("the deadline has passed") from None
        wake = asyncio.Event()
        handle = loop.call_at(min(loop.time() + min(length, longest), deadline), wake.set)
        try:
            await wake.wait()
        finally:
            handle.cancel()
        length = length + length
