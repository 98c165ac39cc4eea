"""Own variants of eventually-in-the-database, written from the contract and the application alone."""

from grader.bank import THE_EVENTUALLY_IN_THE_DATABASE


@THE_EVENTUALLY_IN_THE_DATABASE.mutant(clause=1, replaces="suite:eventually")
async def truthy(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Only what is truthy counts as found."""
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


@THE_EVENTUALLY_IN_THE_DATABASE.mutant(clause=3, replaces="suite:eventually")
async def pauses_inside(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Pauses in the block of the session, which stays open meanwhile."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
            if found is not None:
                return found
            if (left := deadline - clock()) > 0:
                await asyncio.sleep(min(pause, longest, left))
        if left <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        pause *= 2


@THE_EVENTUALLY_IN_THE_DATABASE.mutant(clause=4, replaces="suite:eventually")
async def first_uncapped(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """The first pause may last longer than `longest`."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 2, longest)


@THE_EVENTUALLY_IN_THE_DATABASE.mutant(clause=5, replaces="suite:eventually")
async def no_last_look(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """At the deadline it gives up without a last look."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        if clock() >= deadline:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        pause *= 2


@THE_EVENTUALLY_IN_THE_DATABASE.mutant(clause=6, replaces="suite:eventually")
async def database_is_busy(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """An error in a session is taken for nothing found, until the deadline."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        found = None
        try:
            async with sessions() as session:
                found = await find(session)
        except Exception:
            if clock() >= deadline:
                raise
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@THE_EVENTUALLY_IN_THE_DATABASE.mutant(clause=7, replaces="suite:eventually")
async def cancellation_ends_the_pause(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """A cancellation in a pause only ends the pause."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        try:
            await asyncio.sleep(min(pause, longest, left))
        except asyncio.CancelledError:
            pass
        pause *= 2


@THE_EVENTUALLY_IN_THE_DATABASE.alternative(replaces="suite:eventually")
async def exit_stack(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Enters the sessions through an exit stack."""
    import asyncio

    import contextlib

    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    pauses = 0
    while True:
        async with contextlib.AsyncExitStack() as stack:
            found = await find(await stack.enter_async_context(sessions()))
        if found is not None:
            return found
        now = loop.time()
        if now >= deadline:
            raise TimeoutError
        await asyncio.sleep(min(pause * 2**pauses, longest, deadline - now))
        pauses += 1


@THE_EVENTUALLY_IN_THE_DATABASE.alternative(replaces="suite:eventually")
async def inner_look(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Looks in a function of its own, and returns inside the block."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout

    async def look():
        async with sessions() as session:
            return await find(session)

    pause = min(pause, longest)
    while (found := await look()) is None:
        left = deadline - clock()
        if not left > 0:
            raise TimeoutError(f"waited {timeout} s in vain")
        await asyncio.sleep(pause if pause < left else left)
        pause = min(2 * pause, longest)
    return found


@THE_EVENTUALLY_IN_THE_DATABASE.alternative(replaces="suite:eventually")
async def alarm(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Pauses on a future that the loop sets."""
    import asyncio

    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if loop.time() >= deadline:
            raise TimeoutError("the database holds nothing of the kind")
        alarm = loop.create_future()
        handle = loop.call_at(
            min(loop.time() + min(pause, longest), deadline),
            lambda f=alarm: f.done() or f.set_result(None),
        )
        try:
            await alarm
        finally:
            handle.cancel()
        pause += pause
