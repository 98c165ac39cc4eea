"""The mutants of `eventually-in-the-database`: each has one bug, and breaks one clause."""

from typing import Any

from .exercise import (
    HELPER,
    eventually_in_the_database,
)


@eventually_in_the_database.mutant(promise="falsy", replaces=HELPER)
async def wants_truth(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Goes on while what it finds is false: a count of 0, an empty list."""
    import asyncio  # the learner's module may lack it

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


@eventually_in_the_database.mutant(promise="own-session", replaces=HELPER)
async def keeps_its_session(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Opens one session, and makes all its looks through it."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    async with sessions() as session:
        found = await find(session)
    while True:
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2
        found = await find(session)


@eventually_in_the_database.mutant(promise="closed-to-wait", replaces=HELPER)
async def asks_inside_the_block(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Sleeps inside the block, and holds its session open while it waits."""
    import asyncio  # the learner's module may lack it

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


@eventually_in_the_database.mutant(promise="closed-on-error", replaces=HELPER)
async def closes_after_success(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Closes the session by hand, and not when `find` raises an error."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        block = sessions()
        session = await block.__aenter__()
        try:
            found = await find(session)
        except asyncio.CancelledError as error:
            await block.__aexit__(type(error), error, error.__traceback__)
            raise
        await block.__aexit__(None, None, None)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(promise="told", replaces=HELPER)
async def tells_the_session_nothing(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Ends the block in a `finally`, as if all were well: the session commits."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        block = sessions()
        session = await block.__aenter__()
        try:
            found = await find(session)
        finally:
            await block.__aexit__(None, None, None)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(promise="at-once", replaces=HELPER)
async def sleeps_first(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Pauses before it looks for the first time."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    await asyncio.sleep(min(pause, longest, timeout))
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(promise="doubled", replaces=HELPER)
async def adds_instead(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Makes each pause longer by the first one: 1, 2, 3 and not 1, 2, 4."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    first = pause
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause += first


@eventually_in_the_database.mutant(promise="capped", replaces=HELPER)
async def stops_doubling_too_late(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Stops doubling after it has exceeded `longest` once."""
    import asyncio  # the learner's module may lack it

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
        if pause < longest:
            pause *= 2


@eventually_in_the_database.mutant(promise="last-look", replaces=HELPER)
async def gives_up_early(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Raises at the deadline without a last look."""
    import asyncio  # the learner's module may lack it

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
        if clock() >= deadline:
            raise TimeoutError(f"nothing was found in {timeout:g} s")


@eventually_in_the_database.mutant(promise="cut", replaces=HELPER)
async def oversleeps(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Makes the last pause as long as the others, and ends after the deadline."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if clock() >= deadline:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest))
        pause *= 2


@eventually_in_the_database.mutant(promise="under-way", replaces=HELPER)
async def interrupts_a_look(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Interrupts a look that is under way at the deadline."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            left = deadline - clock()
            if left > 0:
                found = await asyncio.wait_for(find(session), left)
            else:
                found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(promise="no-more", replaces=HELPER)
async def looks_too_late(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Looks once more when a look has ended after the deadline."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        last_look = clock() >= deadline
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        left = max(deadline - clock(), 0)
        if last_look:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(promise="raises", replaces=HELPER)
async def finds_nothing_quietly(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Returns `None` at the deadline."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            return None
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(promise="find-error", replaces=HELPER)
async def forgives_find(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Takes any error of `find` for nothing found, and goes on."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        found, entered = None, False
        try:
            async with sessions() as session:
                entered = True
                found = await find(session)
        except Exception:
            if not entered:
                raise
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(promise="session-error", replaces=HELPER)
async def forgives_sessions(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Takes a database that cannot be reached for nothing found, and goes on."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        found, entered = None, False
        try:
            async with sessions() as session:
                entered = True
                found = await find(session)
        except Exception:
            if entered:
                raise
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.mutant(promise="cancelled", replaces=HELPER)
async def renames_cancellation(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Raises `TimeoutError` when it is cancelled in a pause."""
    import asyncio  # the learner's module may lack it

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
            raise TimeoutError("cancelled while nothing was found") from None
        pause *= 2


@eventually_in_the_database.mutant(promise="closed-on-cancel", replaces=HELPER)
async def closes_on_errors_only(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Ends the block by hand in `except Exception`, which no cancellation meets."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        block = sessions()
        session = await block.__aenter__()
        try:
            found = await find(session)
        except Exception as error:
            await block.__aexit__(type(error), error, error.__traceback__)
            raise
        await block.__aexit__(None, None, None)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2
