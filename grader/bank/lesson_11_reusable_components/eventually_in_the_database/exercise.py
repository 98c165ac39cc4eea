"""The exercise `eventually-in-the-database`, and its contract."""

from typing import TYPE_CHECKING, Any

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager

if TYPE_CHECKING:
    pass


HELPER = "suite:eventually"


eventually_in_the_database = Exercise(
    id="eventually-in-the-database",
    lesson=lesson_of(__name__),
    title="Eventually in the database",
    points=8,
    subject=AsyncDatabaseManager,
    contract=(
        "`await eventually(sessions, find, timeout, pause, longest)` makes looks. A look awaits "
        "`find(session)` in the block of `async with sessions() as session`, and ends when the "
        "block has ended. The first value that is not `None` is returned; `0` and an empty list "
        "are such values.",
        "Every look has a session of its own, from a call of `sessions()` of its own.",
        "Before a pause, and before it returns or raises, the block of the session has ended. What "
        "`find` raises goes through the block, so that the session can roll back. (Nothing "
        "is promised for a block that swallows it.)",
        "The first look comes at once. The first pause lasts `pause` seconds, each further one "
        "twice as long as the one before. But no pause lasts longer than `longest` seconds. "
        "A pause begins when a look has ended.",
        "The deadline is `timeout` seconds after the call. A pause ends there at the latest, and "
        "a look follows. A look under way is not interrupted, and its value counts. A look that "
        "ends at the deadline, or after it, is the last one. When it finds nothing, `TimeoutError` "
        "comes.",
        "What `find`, `sessions()` or the block of a session raises, at its beginning or at its "
        "end, comes out at once, unchanged.",
        "Cancelled in a pause or in a look, it raises `CancelledError`, and looks no more. A "
        "cancellation in `find` goes through the block of the session like an error. (Nothing is "
        "promised for a `find` that swallows it.)",
    ),
    promises={
        1: {"falsy": "The first value that is not `None` is returned, also when it is false."},
        2: {"own-session": "Every look has a session of its own."},
        3: {
            "closed-to-wait": "The block of the session has ended before a pause.",
            "closed-on-error": "The block of the session ends when `find` raises.",
            "told": "The block of the session learns what `find` has raised.",
        },
        4: {
            "at-once": "The first look comes at once.",
            "doubled": "Each pause is twice as long as the one before.",
            "capped": "No pause is longer than `longest`.",
        },
        5: {
            "last-look": "There is a look at the deadline.",
            "cut": "A pause ends at the deadline.",
            "under-way": "A look that is under way at the deadline is not interrupted.",
            "no-more": "A look that ends at the deadline, or after it, is the last one.",
            "raises": "When the last look finds nothing, `TimeoutError` comes.",
        },
        6: {
            "find-error": "What `find` raises comes out at once.",
            "session-error": "What `sessions()` raises, or its block at the start, comes out.",
        },
        7: {
            "cancelled": "Cancelled in a pause, it raises `CancelledError`.",
            "closed-on-cancel": "Cancelled in a look, the block of its session ends.",
        },
    },
    kinds="too early, too late, only some values, too little at the end, one session for all, "
    "what is held while it waits, another growth, an error that is lost, a cancellation "
    "that is turned into something else, one that meets clean-up",
    hint="[async with](https://docs.python.org/3/reference/compound_stmts.html#async-with) says "
    "what a block hears of an error. For the tests, write `sessions` with "
    "[asynccontextmanager](https://docs.python.org/3/library/contextlib.html"
    "#contextlib.asynccontextmanager), and let it note when a block begins and how it ends.",
    worked="asks_inside_the_block",
)


@eventually_in_the_database.reference_for_suite(replaces=HELPER)
async def reference(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Looks, and sleeps longer each time."""
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
