# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Error handling
#
# You will test the unhappy path as carefully as the happy one: what comes out, what is left of the
# service, and how often it tries again.
#
# **100 minutes**, 25 of them to read. Before: [Concurrent operations](04-concurrent-operations.ipynb), for the virtual
# clock and the gate.
#
# **Pattern:** Async Error Handling, from *Advanced Async Patterns*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *catch* the one exception that is promised;
# - *read* its message and its cause, without pinning its words;
# - *ask* a failed service for work that would succeed;
# - *count* attempts up to the edge, and time the pauses between them;
# - *cancel* work that has really begun.
#
# **Questions.** Which lines of a `with pytest.raises` block never run? What does `raise … from`
# keep? Why does a mocked `sleep` fail correct code?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, and what it proves
#
# The pattern as it stands in many code bases: an operation fails, the service recovers, and works
# again. The panel shows the same test, unchanged, on mutants that treat an error
# badly, each in its own way.
#
# **Predict:** how many does it kill?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest --mutants error-propagation
import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError, Container


@pytest.mark.asyncio
async def test_async_error_handling():
    """Test proper async error handling and recovery."""
    container = Container()
    service = container.get(AsyncService)

    # Test error propagation
    with pytest.raises(AsyncServiceError) as exc_info:
        await service.operation_that_fails()

    assert "Expected error message" in str(exc_info.value)

    # Test error recovery
    recovery_result = await service.recover_from_error()
    assert recovery_result.success, "Error recovery should succeed"

    # Test service is functional after recovery
    normal_result = await service.normal_operation()
    assert normal_result.success, "Service should work after recovery"

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>What you have seen</summary>
#
# Two. It does much right: it awaits inside the block, names the exception, and reads its message.
# But its operation fails in one way only, with a lost connection. **The cure:** bring your own
# failure. `run(operation, work)` runs any coroutine function under a name, so the test decides how
# it ends.
# </details>
#
# ## Which exception?
#
# The next test brings a full disk.
#
# **Predict:** it passes. Where does the exception come from?

# %%
# %%ipytest --mutants error-propagation
import pytest

from vespera_scriptorium import AsyncService


async def test_a_full_disk_is_an_error():
    with pytest.raises(Exception):
        await AsyncService().run("upload", OSError("disk full"))


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# From the test itself. The service calls `work`, and an `OSError` cannot be called: a `TypeError`,
# which is an `Exception`, too. The disk never was full. **The cure:** catch the exception that the
# contract names, and no wider one.
# </details>
#
# ## Lines that never run
#
# Two tests, the same assertions, another indentation.
#
# **Predict:** which mutants die of the second one only?

# %%
# %%ipytest --mutants error-propagation
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError

full = AsyncMock(side_effect=OSError("disk full"))


async def test_the_message_within_the_block():
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("upload", full)
        assert "upload" in str(caught.value)
        assert "disk full" in str(caught.value)


async def test_the_message_below_the_block():
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("upload", full)
    assert "upload" in str(caught.value)
    assert "disk full" in str(caught.value)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Those that lose half of the message. The exception ends the block, and what stands below the
# `await` in there is decoration. **The cure:** one line in the block, all assertions after it.
#
# They ask with `in`, not with `==`: a contract promises what a message holds, not how it is worded.
# </details>
#
# ## Where an error comes from
#
# A translated error should lead back to the first one. Python ties exceptions together in two ways:
# `__cause__` and `__context__`.
#
# **Predict:** what is left of the `OSError` in each of the three?

# %%
import asyncio


async def translate(how):
    try:
        raise OSError("disk full")
    except OSError as error:
        failure = RuntimeError("upload failed")
        if how == "raise from":
            raise failure from error
        if how == "raise":
            raise failure
    raise failure


for how in ("raise from", "raise", "raise after the block"):
    [raised] = await asyncio.gather(translate(how), return_exceptions=True)
    print(f"{how:22} cause: {raised.__cause__!r:21} context: {raised.__context__!r}")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Only `raise … from` says *because of*. A `raise` within the block says *while handling*, as a bug
# in the handler would. After the block nothing is left, and whoever is called at night reads a
# traceback without its beginning.
# </details>
#
# ### Exercise: what comes out
#
# **20 minutes.** Test `run(operation, work)` with work of your own.
#
# {contract error-propagation}
#
# {worked error-propagation}

# %% exercise="error-propagation"
# %%ipytest --mutants error-propagation
import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError

### BEGIN SOLUTION
KINDS = [
    OSError,
    FileNotFoundError,
    PermissionError,
    ConnectionError,
    BrokenPipeError,
    TimeoutError,
]
BUGS = [TypeError, ValueError, KeyError, AttributeError, RuntimeError, AsyncServiceError]


@pytest.fixture
def service():
    return AsyncService()


async def what_comes_out(service, error, expected):
    """Runs an upload that raises `error`, and answers with the `expected` exception."""
    with pytest.raises(expected) as caught:
        await service.run("upload", AsyncMock(side_effect=error))
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
async def test_trouble_of_any_kind_is_translated(service, kind):
    """Permanent or transient, callers need to know one exception. Clause 1."""
    await what_comes_out(service, kind("no luck"), AsyncServiceError)


@pytest.mark.parametrize(
    "error, reason", [(OSError("disk full"), "disk full"), (PermissionError(), "PermissionError")]
)
async def test_the_message_says_what_failed_and_why(service, error, reason):
    """In whatever words, the name and the reason are there. Clause 2."""
    raised = await what_comes_out(service, error, AsyncServiceError)
    assert "upload" in str(raised)
    assert reason in str(raised)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_cause_is_the_error_itself(service, kind):
    """The traceback leads to where it began, step by step. Clause 3."""
    error = kind("disk full")
    error.__cause__ = OSError("quota")
    raised = await what_comes_out(service, error, AsyncServiceError)
    assert raised.__cause__ is error


@pytest.mark.parametrize("cause", [None, OSError("disk full")])
@pytest.mark.parametrize("kind", BUGS)
async def test_a_bug_comes_out_as_it_is(service, kind, cause):
    """Dressed up as trouble outside, nobody would look for it here. Clause 4."""
    bug = kind("no such argument")
    bug.__cause__ = cause
    assert await what_comes_out(service, bug, kind) is bug
    assert (await service.normal_operation()).success


async def test_a_cancellation_that_the_work_raises_comes_out(service):
    """Nobody has cancelled the call, and yet it is no failure. Clause 5."""
    await what_comes_out(service, asyncio.CancelledError(), asyncio.CancelledError)
    assert (await service.normal_operation()).success


@pytest.mark.parametrize(
    "end", [asyncio.CancelledError(), OSError("aborted"), "stored"], ids=["out", "error", "answer"]
)
async def test_a_cancellation_comes_out(service, end):
    """Whoever cancelled waits for just that, whatever the upload makes of it. Clause 5."""
    last_words = AsyncMock(side_effect=[end])

    async def work():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return await last_words()

    call = asyncio.create_task(service.run("upload", work))
    await asyncio.sleep(5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await service.normal_operation()).success


### END SOLUTION

# %% [markdown]
# {hint error-propagation}

# %% [markdown]
# ## Recovered, or only told so
#
# The second half of the listing, on mutants of the service's *state*: fail, recover, work.
#
# **Predict:** how many of these die?

# %%
# %%ipytest --mutants recovery
import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def test_the_service_works_after_recovery():
    service = AsyncService()
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    assert (await service.recover_from_error()).success
    assert (await service.normal_operation()).success


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# One: the service that says it has recovered and has not. Of the time between error and recovery
# the test asks nothing.
# </details>
#
# ## Refused, or failed again
#
# So ask a failed service to do something.
#
# **Predict:** would this test notice a service that refuses nothing?

# %%
# %%ipytest --mutants recovery
import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def test_a_failed_service_refuses():
    service = AsyncService()
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()
    with pytest.raises(AsyncServiceError):
        await service.operation_that_fails()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It would not. An operation that always fails raises the same exception, refused or run.
# </details>
#
# **The cure:** ask for what would succeed, so that only a refusal can raise, and look at whether it
# was run: an `AsyncMock` knows.
#
# ## Who was at work
#
# A download is at work when an upload fails. It ends well, three seconds later. A watcher looks at
# `status`.
#
# **Predict:** does the good end of the download heal the service?

# %%
import asyncio

from grader import timeline
from vespera_scriptorium import AsyncService


async def transfer(name, seconds, error=None):
    with timeline.span(name):
        await asyncio.sleep(seconds)
        if error:
            raise error


async def watch(service):
    while service.status.healthy:
        await asyncio.sleep(0.3)
    with timeline.span("status: failed"):
        while not service.status.healthy:
            await asyncio.sleep(0.3)


# %%
async def overlap():
    service = AsyncService()
    download = service.run("download", lambda: transfer("download", 5))
    upload = service.run("upload", lambda: transfer("upload", 2, OSError("disk full")))
    watcher = asyncio.create_task(watch(service))
    await asyncio.gather(download, upload, return_exceptions=True)
    await asyncio.sleep(3)
    await service.recover_from_error()
    await watcher


timeline.draw({"one service": timeline.run(overlap())}, title="Failed until it recovers")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It does not: nobody has mended the disk. Only `recover_from_error`, at second 8, ends the failure.
# A test that runs one operation after the other never comes here. **The cure:** hold one at a gate,
# and let the other fail.
# </details>
#
# ### Exercise: life after the error
#
# **25 minutes.** Test what a failed service does, and what a recovered one remembers.
#
# {contract recovery}
#
# {worked recovery}

# %% exercise="recovery"
# %%ipytest --mutants recovery
import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


### BEGIN SOLUTION
async def fail(service, error=OSError("disk full")):
    """Makes an upload fail, and with it the service."""
    with pytest.raises(AsyncServiceError):
        await service.run_with_retry("upload", AsyncMock(side_effect=error))


@pytest.fixture(params=[OSError("disk full"), ConnectionError("gone")])
async def failed(request):
    """A service that has failed, for good or after three attempts."""
    service = AsyncService()
    await fail(service, request.param)
    return service


@pytest.mark.parametrize("operation", ["upload", "download"])
async def test_a_failed_service_refuses_to_run(failed, operation):
    """By every door, again and again; nothing is called. Clauses 1, 2 and 4."""
    work = AsyncMock()
    with pytest.raises(AsyncServiceError):
        await failed.run(operation, work)
    with pytest.raises(AsyncServiceError):
        await failed.run_with_retry(operation, work)
    with pytest.raises(AsyncServiceError):
        await failed.normal_operation()
    work.assert_not_called()


@pytest.mark.parametrize(
    "error, message", [(TimeoutError("late"), "late"), (PermissionError(), "PermissionError")]
)
async def test_the_status_keeps_the_failure_and_not_the_refusals(error, message):
    """Who looks later still finds what failed. Clause 3."""
    service = AsyncService()
    await fail(service, error)
    with pytest.raises(AsyncServiceError):
        await service.run("download", AsyncMock())
    assert service.status.failed_operation == "upload"
    assert service.status.last_error == message


async def test_an_operation_that_ends_well_heals_nothing():
    """It began before the failure, and ends after it. Clause 4."""
    service, gate = AsyncService(), asyncio.Event()
    slow = asyncio.create_task(service.run("download", gate.wait))
    await asyncio.sleep(1)
    await fail(service)
    gate.set()
    assert await slow
    with pytest.raises(AsyncServiceError):
        await service.normal_operation()


async def test_an_operation_between_two_attempts_goes_on():
    """It was begun before the failure. Clause 4."""
    service, work = AsyncService(), AsyncMock(side_effect=[ConnectionError(), "stored"])
    slow = asyncio.create_task(service.run_with_retry("download", work, delay=10))
    await asyncio.sleep(5)
    await fail(service)
    assert await slow == "stored"


async def test_the_status_tells_of_the_last_failure():
    """The download began before the upload failed, and fails after it. Clauses 3 and 4."""
    service, gate = AsyncService(), asyncio.Event()

    async def work():
        await gate.wait()
        raise OSError("cable pulled")

    slow = asyncio.create_task(service.run("download", work))
    await asyncio.sleep(1)
    await fail(service)
    gate.set()
    with pytest.raises(AsyncServiceError):
        await slow
    assert service.status.failed_operation == "download"
    assert service.status.last_error == "cable pulled"


async def test_a_recovered_service_works(failed):
    """As often as it fails. Clause 5."""
    for _ in range(2):
        assert (await failed.recover_from_error()).success
        assert (await failed.normal_operation()).success
        await fail(failed)


async def test_a_recovered_service_has_no_past(failed):
    """Its status is that of a new one, and the next failure is its first. Clauses 3 and 6."""
    await failed.recover_from_error()
    assert failed.status == AsyncService().status
    with pytest.raises(AsyncServiceError):
        await failed.run("download", AsyncMock(side_effect=OSError("cable pulled")))
    assert failed.status.failed_operation == "download"
    assert failed.status.last_error == "cable pulled"


async def test_to_recover_is_always_possible(failed):
    """Twice, and on a service that never failed. Clause 7."""
    for service in (failed, failed, AsyncService()):
        assert (await service.recover_from_error()).success
        assert (await service.normal_operation()).success


### END SOLUTION

# %% [markdown]
# {hint recovery}

# %% [markdown]
# ## Count up to the edge
#
# `run_with_retry` tries again after a transient error. Here the second attempt succeeds, and both
# are counted.
#
# **Predict:** how many of its mutants die?

# %%
# %%ipytest --mutants retry
from unittest.mock import AsyncMock

from vespera_scriptorium import AsyncService


async def test_the_second_attempt_succeeds():
    work = AsyncMock(side_effect=[ConnectionError("gone"), "stored"])
    assert await AsyncService().run_with_retry("upload", work, attempts=3) == "stored"
    assert work.await_count == 2


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# None. Retries go wrong at the edges: at the last attempt, and at errors that are not transient.
# Two attempts out of three reach neither. **The cure:** let work fail as often as it is tried, and
# count.
# </details>
#
# ## A pause that is mocked
#
# Between attempts the service waits. Many suites mock `asyncio.sleep` to save that time, and ask
# the mock afterwards.
#
# **Predict:** the service is correct. What does the panel say?

# %%
# %%ipytest --mutants retry
import asyncio
from unittest.mock import AsyncMock

from vespera_scriptorium import AsyncService


async def test_it_pauses_with_sleep(monkeypatch):
    sleep = AsyncMock()
    monkeypatch.setattr(asyncio, "sleep", sleep)
    work = AsyncMock(side_effect=[ConnectionError("gone"), "stored"])
    await AsyncService().run_with_retry("upload", work, attempts=3, delay=60)
    sleep.assert_awaited_once_with(60)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Over-specified: it tests *how* the service waits, and there are other ways. **The cure:** read the
# loop's clock. It is virtual here, and the minutes cost nothing.
# </details>
#
# **Predict:** which pause does this test never see?

# %%
# %%ipytest --mutants retry
import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService


async def test_two_pauses_take_two_minutes():
    clock = asyncio.get_running_loop().time
    work = AsyncMock(side_effect=[ConnectionError("gone"), TimeoutError("late"), "stored"])
    before = clock()
    await AsyncService().run_with_retry("upload", work, attempts=3, delay=60)
    assert clock() - before == pytest.approx(120)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The one that must not be there, after the last failure.
# </details>
#
# ## Cancelled at second 0
#
# Retries are where cancellation gets lost: one `except` too wide, and what you cancelled starts
# again. Here is the service, cancelled at four moments. Attempts take two seconds, pauses three.
#
# **Predict:** what has happened when it is cancelled at second 0?

# %%
import asyncio

from grader import timeline
from vespera_scriptorium import AsyncService


async def upload(second):
    task = asyncio.create_task(AsyncService().run_with_retry("upload", attempt, 3, delay=3))
    if second:
        await asyncio.sleep(second)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def attempt():
    with timeline.span("attempt"):
        await asyncio.sleep(2)
        raise ConnectionError


runs = {f"cancelled at second {second}": timeline.run(upload(second)) for second in (0, 1, 4, 6)}
timeline.draw(runs, title="A retry, cancelled at four moments")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Nothing: cancelled at once, a task never runs its first line (unless tasks are eager), and the test
# proves nothing. **The cure:** let the work begin, then cancel: once within an attempt, once between
# two.
# </details>
#
# ### Exercise: when to try again
#
# **30 minutes.** Test `run_with_retry`, at every edge.
#
# {contract retry}
#
# {worked retry}

# %% exercise="retry"
# %%ipytest --mutants retry
import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


### BEGIN SOLUTION
@pytest.fixture
def service():
    return AsyncService()


@pytest.mark.parametrize("answer", ["stored", None])
async def test_it_tries_until_it_gets_an_answer(service, answer):
    """A transient error is of one of two types, or of a subclass. Clause 1."""
    errors = [ConnectionError(), TimeoutError(), ConnectionResetError()]
    work = AsyncMock(side_effect=[*errors, answer, "too much"])
    assert await service.run_with_retry("upload", work, attempts=9) == answer
    assert work.await_count == 4


@pytest.mark.parametrize("attempts", [1, 2, 3])
async def test_it_gives_up_after_the_last_attempt(service, attempts):
    """So many attempts, and the error of the last. Clauses 1 and 4."""
    errors = [kind() for kind in (TimeoutError, ConnectionError) * 4]
    work = AsyncMock(side_effect=errors)
    with pytest.raises(AsyncServiceError) as caught:
        await service.run_with_retry("upload", work, attempts)
    assert work.await_count == attempts
    assert caught.value.__cause__ is errors[attempts - 1]


@pytest.mark.parametrize("transient", [0, 1], ids=["at first", "after a transient error"])
@pytest.mark.parametrize(
    "error, expected",
    [
        (OSError(), AsyncServiceError),
        (PermissionError(), AsyncServiceError),
        (KeyError(), KeyError),
    ],
)
async def test_what_will_not_pass_is_not_tried_again(service, error, expected, transient):
    """It comes out at once. Clause 2."""
    loop = asyncio.get_running_loop()
    work = AsyncMock(side_effect=[ConnectionError()] * transient + [error, "stored"])
    before = loop.time()
    with pytest.raises(expected):
        await service.run_with_retry("upload", work, attempts=5, delay=60)
    assert work.await_count == transient + 1
    assert loop.time() - before == pytest.approx(60 * transient)


async def test_it_waits_between_attempts_only(service):
    """Three attempts have two pauses, of the same length. Clause 3."""
    loop, times = asyncio.get_running_loop(), []

    async def attempt():
        times.append(loop.time())
        raise ConnectionError

    before = loop.time()
    with pytest.raises(AsyncServiceError):
        await service.run_with_retry("upload", attempt, attempts=3, delay=60)
    times.append(loop.time())
    assert [time - before for time in times] == pytest.approx([0, 60, 120, 120])


@pytest.mark.parametrize("seconds, attempts", [(5, 1), (30, 1), (75, 2), (100, 2)])
async def test_a_cancellation_ends_it(service, seconds, attempts):
    """An attempt takes 10 seconds, a pause 60. Clause 5."""

    async def attempt():
        await asyncio.sleep(10)
        raise ConnectionError

    work = AsyncMock(side_effect=attempt)
    call = asyncio.create_task(service.run_with_retry("upload", work, attempts=3, delay=60))
    await asyncio.sleep(seconds)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert work.await_count == attempts


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("end", [ConnectionError("aborted"), "stored"], ids=["error", "answer"])
async def test_a_cancellation_ends_it_whatever_the_attempt_makes_of_it(service, end, attempts):
    """The attempt catches it, and ends in another way. Clause 5."""
    last_words = AsyncMock(side_effect=[end])

    async def attempt():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return await last_words()

    work = AsyncMock(side_effect=attempt)
    call = asyncio.create_task(service.run_with_retry("upload", work, attempts))
    await asyncio.sleep(5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert work.await_count == 1


async def test_others_work_while_it_pauses_and_afterwards(service):
    """What may still succeed has not failed. Clause 6."""
    work = AsyncMock(side_effect=[ConnectionError(), "stored"])
    call = asyncio.create_task(service.run_with_retry("upload", work, attempts=2, delay=60))
    await asyncio.sleep(30)
    assert (await service.normal_operation()).success
    assert await call == "stored"
    assert (await service.normal_operation()).success


### END SOLUTION

# %% [markdown]
# {hint retry}

# %% [markdown]
# ## What failure messages mean
#
# | You read | It means | Do this |
# | --- | --- | --- |
# | `DID NOT RAISE` | Nothing came out, or the `await` is missing. | Await within the block. |
# | **wrong**: … `Regex pattern did not match` | `match` is a regular expression. | Use `in`, or `re.escape`. |
# | **over-specified**: a correct implementation that … fails here | You pinned words, or how it waits. | Assert what the contract says. |
# | **Survived**, though you raise its error | The assertion never runs. | Move it below the block. |
# | **wrong**: `StopAsyncIteration` | The mock has no answer left. | Give it one for each attempt. |
# | **wrong**: `CancelledError` | It came out of an `await` of yours. | Catch it where it is expected. |

# %% [markdown]
# ## In your own project
#
# An error is a result: type, message and cause are one test, in plain pytest.
#
# ```sh
# pip install pytest pytest-asyncio
# ```
#
# ```ini
# # pytest.ini
# [pytest]
# asyncio_mode = auto
# asyncio_default_fixture_loop_scope = function
# filterwarnings = error
# ```
#
# ```python
# # upload.py
# class UploadError(Exception):
#     """A file was not uploaded."""
#
#
# async def upload(name, send):
#     try:
#         return await send(name)
#     except OSError as error:
#         raise UploadError(f"{name}: {error}") from error
# ```
#
# ```python
# # test_upload.py
# from unittest.mock import AsyncMock
#
# import pytest
# from upload import UploadError, upload
#
#
# async def test_the_error_says_what_and_why():
#     error = OSError("disk full")
#     with pytest.raises(UploadError, match="a.txt: disk full") as caught:
#         await upload("a.txt", AsyncMock(side_effect=error))
#     assert caught.value.__cause__ is error
# ```
#
# The mutant by hand: the traceback ends at the wrong place.
#
# ```diff
# --- a/upload.py
# +++ b/upload.py
# @@ -7,4 +7,4 @@
#      try:
#          return await send(name)
#      except OSError as error:
# -        raise UploadError(f"{name}: {error}") from error
# +        raise UploadError(f"{name}: {error}") from None
# ```

# %% [markdown]
# ## Recap
#
# - **Catch** what is promised: `Exception` catches your own mistakes, too. Lines below the one that
#   raises never run.
# - **Read** the message with `in`, and the cause, which `raise … from` keeps, with `is`.
# - **Ask** a failed service for what would succeed.
# - **Count** attempts where all fail. Time pauses by the loop's clock; a mocked `sleep` fails code
#   that waits in another way.
# - **Cancel** what has begun, wherever it may stand.
#
# **Next:** [Timeouts](06-timeouts.ipynb): from the wall clock to loop time.
#
# **Further reading:**
# [Errors and exceptions](https://docs.python.org/3/tutorial/errors.html#exception-chaining) in the
# Python tutorial, [task cancellation](https://docs.python.org/3/library/asyncio-task.html#task-cancellation),
# and [pytest.raises](https://docs.pytest.org/en/stable/reference/reference.html#pytest-raises).
