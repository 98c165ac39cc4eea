"""Own variants of eventually-in-the-database, written from the contract and the application alone."""

from grader.bank import eventually_in_the_database


@eventually_in_the_database.mutant(clause=1, replaces="suite:eventually")
async def falsy_is_nothing(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Takes an empty value for nothing."""
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


@eventually_in_the_database.mutant(clause=3, replaces="suite:eventually")
async def pauses_in_the_block(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Keeps the session open while it pauses."""
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
        pause *= 2


@eventually_in_the_database.mutant(clause=4, replaces="suite:eventually")
async def ever_longer(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """No longest pause."""
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
        pause *= 2


@eventually_in_the_database.mutant(clause=5, replaces="suite:eventually")
async def interrupts_a_look(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Ends a look at the deadline."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            async with asyncio.timeout_at(max(deadline, clock() + 0.001)):
                found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(clause=6, replaces="suite:eventually")
async def errors_are_nothing(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Takes an error of `find` for nothing found, and looks again."""
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


@eventually_in_the_database.mutant(clause=7, replaces="suite:eventually")
async def a_cancelled_look_goes_on(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """A look that is cancelled goes on in the background."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await asyncio.shield(asyncio.ensure_future(find(session)))
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.alternative(replaces="suite:eventually")
async def other_words(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Says the timeout in other words, with the number of looks."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    looks = 0
    while True:
        looks += 1
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"{looks} looks, and nothing there")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.alternative(replaces="suite:eventually")
async def counts_the_pauses(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Computes each pause from its number."""
    import asyncio

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    number = 0
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause * 2**number, longest, left))
        number += 1


@eventually_in_the_database.alternative(replaces="suite:eventually")
async def caps_early(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Caps the pause when it doubles it, and sleeps until a time."""
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
        until = min(deadline, clock() + min(pause, longest))
        while clock() < until:
            await asyncio.sleep(until - clock())
        pause = min(longest, pause + pause)
