"""Answers to the exercises of lesson 11, as people write them, and the probes that each fails."""

from helpers.course import suite_of
from helpers.fixture_answers import Answers

AT_ONCE = "returns_at_once_when_the_task_is_completed"
LONG = "waits_for_a_task_that_takes_long"
CANCELLED = "is_cancelled_in_a_pause_and_in_a_look"
COMES_OUT_AS_IT_IS = "an_error_comes_out_as_it_is"
KINDS = "looks_with_functions_of_every_kind"
RAISES = "raises_for_a_task_that_never_completes"
HELPER = suite_of("wait-for-completion").partition("class Looks")[0]
HELPERS: Answers = {
    "the solution": (HELPER, {}),
    "a sleep before the first look": (
        HELPER.replace("    while True:\n", "    await asyncio.sleep(interval)\n    while True:\n"),
        {AT_ONCE: "it waits 1 s for a task that is completed already"},
    ),
    "no last look": (
        HELPER.replace("if left <= 0:", "if left < interval:"),
        {
            LONG: "it gives up on a task that is completed half a second before the timeout",
            RAISES: "it gives up after 28 s, and not after 30",
        },
    ),
    "no error": (
        HELPER.replace("raise TimeoutError(", "return value  # ("),
        {RAISES: "it returns, though the task is not completed in time"},
    ),
    "an error that says little": (
        HELPER.replace('f"still {value!r} after {timeout} s"', '"too late"'),
        {RAISES: "the message does not hold the last state: 'too late'"},
    ),
    "nothing returned": (
        HELPER.replace("return value", "return"),
        {
            AT_ONCE: "it returns None, and no state",
            LONG: "it returns None, and no state",
            KINDS: "a plain function as `look` answers with None",
        },
    ),
    "every value awaited": (
        HELPER.replace("if inspect.isawaitable(value):", "if True:"),
        {KINDS: "a plain function as `look` ends in TypeError"},
    ),
    "errors that are turned into others": (
        HELPER.replace("value = look()", "value = await turned(look)")
        + "async def turned(look):\n    try:\n        value = look()\n        return await value "
        "if inspect.isawaitable(value) else value\n    except OSError as error:\n"
        "        raise RuntimeError from error\n",
        {COMES_OUT_AS_IT_IS: "OSError('disk full') of a look comes out as RuntimeError()"},
    ),
    "a look that is shielded": (
        HELPER.replace("await value", "await asyncio.shield(value)"),
        {CANCELLED: "cancelled in a look, its looks are ['begins']"},
    ),
}
OWN = "every_look_has_a_session_of_its_own"
COMES_OUT = "an_error_of_the_database_comes_out"
ROLLED_BACK = "a_failed_look_is_rolled_back"
EVENTUALLY = suite_of("eventually-in-the-database").partition("class Database")[0]
LOOK = """\
        async with sessions() as session:
            found = await find(session)
"""
LOOKS: Answers = {
    "the solution": (EVENTUALLY, {}),
    "one session for all looks": (
        EVENTUALLY.replace(
            LOOK,
            """\
        if timeout:
            async with sessions() as session:
                timeout, found = 0, await find(session)
        else:
            found = await find(session)
""",
        ),
        {OWN: "two of its looks share a session"},
    ),
    "errors are forgiven": (
        EVENTUALLY.replace(
            LOOK,
            """\
        found = None
        try:
            async with sessions() as session:
                found = await find(session)
        except Exception:
            pass
""",
        ),
        {
            COMES_OUT: "an OperationalError comes out as TimeoutError",
            ROLLED_BACK: "TimeoutError",
        },
    ),
    "a session that hears of no error": (
        EVENTUALLY.replace(
            LOOK,
            """\
        block = sessions()
        session = await block.__aenter__()
        try:
            found = await find(session)
        finally:
            await block.__aexit__(None, None, None)
""",
        ),
        {
            COMES_OUT: "it does not notice that the application keeps what goes wrong",
            ROLLED_BACK: "what a failed look has written is stored",
        },
    ),
}
IN_BLOCK = "the_container_is_open_in_the_block"
AFTER_ERROR = "the_container_is_cleaned_up_after_an_error"
AFTER_CANCEL = "the_container_is_cleaned_up_after_a_cancellation"
STOPS_NOTHING = "a_clean_up_that_fails_stops_nothing"
HAS_DATA = "a_task_has_what_the_test_says"
ASKS_NOT = "TestProbeATestNeedsToAskForNothing::test_it"
CLASS = suite_of("test-base").partition("class Logged")[0]
BASES: Answers = {
    "the solution": (CLASS, {}),
    "a set-up that nobody calls": (
        CLASS.replace("            await self.set_up()\n", ""),
        {
            IN_BLOCK: "before the block came: start",
            STOPS_NOTHING: "in the end came: start, stop",
        },
    ),
    "a cleanup after success only": (
        CLASS.replace(
            "            self.stack.push_async_callback(self.container.cleanup_async_services)\n",
            "",
        ).replace(
            "            yield\n\n",
            "            yield\n        await self.container.cleanup_async_services()\n\n",
            1,
        ),
        {
            AFTER_ERROR: "the container is not cleaned up after a block that fails",
            AFTER_CANCEL: "the container is not cleaned up after a cancellation",
            STOPS_NOTHING: "in the end came: start, set up, clean up",
        },
    ),
    "data that is lost": (
        CLASS.replace("defaults | task_data", "defaults"),
        {
            HAS_DATA: "the title is 'Test Task'",
            ASKS_NOT: "the title is 'Test Task'",
        },
    ),
    "a fixture that has to be asked for": (
        CLASS.replace("(autouse=True)", ""),
        {ASKS_NOT: "a test that asks for nothing has no container"},
    ),
}
