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

# %% [markdown] tags=["draft"]
# # Error handling
#
# You will prove what comes out when work fails.
#
# **40 minutes.** Before: [Concurrent operations](04-concurrent-operations.ipynb).
#
# **Draft.**

# %%
# %load_ext grader

# %% [markdown]
# ## What comes out
#
# ### Exercise: what comes out
#
# {contract error-propagation}
#
# {worked error-propagation}

# %% exercise="error-propagation"
# %%ipytest --mutants error-propagation
import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


### BEGIN SOLUTION
async def what_comes_out_of(error, expected):
    """Runs an upload that raises `error`, and answers with the `expected` exception."""

    async def work():
        raise error

    service = AsyncService()
    with pytest.raises(expected) as caught:
        await service.run("upload", work)
    return caught.value


@pytest.mark.parametrize("kind", [OSError, PermissionError, ConnectionError, TimeoutError])
async def test_trouble_of_any_kind_is_translated(kind):
    """Permanent or transient, callers need to know one exception. Clause 1."""
    await what_comes_out_of(kind("no luck"), AsyncServiceError)


async def test_the_message_says_what_failed_and_why():
    """In whatever words, the name and the reason are there. Clause 2."""
    raised = await what_comes_out_of(OSError("disk full"), AsyncServiceError)
    assert "upload" in str(raised)
    assert "disk full" in str(raised)


async def test_the_cause_is_the_error_itself():
    """The traceback leads to where it began. Clause 3."""
    error = OSError("disk full")
    raised = await what_comes_out_of(error, AsyncServiceError)
    assert raised.__cause__ is error


@pytest.mark.parametrize("bug", [TypeError("no such argument"), KeyError("user")])
async def test_a_bug_comes_out_as_it_is(bug):
    """Dressed up as trouble outside, nobody would look for it here. Clause 4."""
    assert await what_comes_out_of(bug, type(bug)) is bug


async def test_a_cancellation_comes_out_as_it_is():
    """Whoever cancelled waits for just that. Clause 5."""
    await what_comes_out_of(asyncio.CancelledError(), asyncio.CancelledError)


### END SOLUTION

# %% [markdown]
# {hint error-propagation}

# %% [markdown]
# ### Exercise: life after the error
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
async def fail(service):
    """Makes an upload fail, and with it the service."""
    with pytest.raises(AsyncServiceError):
        await service.run("upload", AsyncMock(side_effect=OSError("disk full")))


@pytest.fixture
async def failed():
    """A service that has failed."""
    service = AsyncService()
    await fail(service)
    return service


@pytest.mark.parametrize("operation", ["upload", "download"])
async def test_a_failed_service_refuses_to_run(failed, operation):
    """What failed, what did not, and what it has built in; nothing is called. Clauses 1 and 2."""
    work = AsyncMock()
    with pytest.raises(AsyncServiceError):
        await failed.run(operation, work)
    with pytest.raises(AsyncServiceError):
        await failed.normal_operation()
    work.assert_not_called()


async def test_the_status_keeps_the_failure_and_not_the_refusals(failed):
    """Who looks later still finds what began it. Clause 3."""
    with pytest.raises(AsyncServiceError):
        await failed.run("download", AsyncMock())
    assert failed.status.failed_operation == "upload"
    assert failed.status.last_error == "disk full"


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


async def test_a_recovered_service_works(failed):
    """As often as it fails. Clause 5."""
    assert (await failed.recover_from_error()).success
    assert (await failed.normal_operation()).success
    await fail(failed)
    await failed.recover_from_error()
    assert await failed.run("upload", AsyncMock(return_value="stored")) == "stored"


async def test_a_recovered_service_has_no_past(failed):
    """Compared with a new one, whose status never knew a failure. Clause 6."""
    await failed.recover_from_error()
    assert failed.status == AsyncService().status


async def test_to_recover_is_always_possible(failed):
    """Twice, and on a service that never failed. Clause 7."""
    for service in (failed, failed, AsyncService()):
        assert (await service.recover_from_error()).success
        assert (await service.normal_operation()).success


### END SOLUTION

# %% [markdown]
# {hint recovery}

# %% [markdown]
# ### Exercise: when to try again
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


async def test_it_tries_until_it_gets_an_answer(service):
    """Two kinds of transient error, then an answer, then no more. Clause 1."""
    work = AsyncMock(side_effect=[ConnectionError(), TimeoutError(), "stored"])
    assert await service.run_with_retry("upload", work, attempts=5) == "stored"


@pytest.mark.parametrize("attempts", [1, 2, 4])
async def test_it_gives_up_after_the_last_attempt(service, attempts):
    """So many attempts, and the error of the last. Clauses 1 and 4."""
    errors = [ConnectionError(f"attempt {n}") for n in range(1, 9)]
    work = AsyncMock(side_effect=errors)
    with pytest.raises(AsyncServiceError) as caught:
        await service.run_with_retry("upload", work, attempts)
    assert work.await_count == attempts
    assert caught.value.__cause__ is errors[attempts - 1]


async def test_what_will_not_pass_is_not_tried_again(service):
    """A second attempt would find the same closed door. Clause 2."""
    work = AsyncMock(side_effect=[ConnectionError(), PermissionError("closed"), "stored"])
    with pytest.raises(AsyncServiceError):
        await service.run_with_retry("upload", work, attempts=5)
    assert work.await_count == 2


async def test_it_waits_between_attempts_only(service):
    """Three attempts have two pauses. Clause 3."""
    loop = asyncio.get_running_loop()
    work = AsyncMock(side_effect=ConnectionError())
    before = loop.time()
    with pytest.raises(AsyncServiceError):
        await service.run_with_retry("upload", work, attempts=3, delay=60)
    assert loop.time() - before == pytest.approx(120)


@pytest.mark.parametrize("seconds", [5, 30], ids=["in an attempt", "between two"])
async def test_a_cancellation_ends_it(service, seconds):
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
    assert work.await_count == 1


async def test_others_work_while_it_pauses(service):
    """What may still succeed has not failed. Clause 6."""
    work = AsyncMock(side_effect=[ConnectionError(), "stored"])
    call = asyncio.create_task(service.run_with_retry("upload", work, attempts=2, delay=60))
    await asyncio.sleep(30)
    assert (await service.normal_operation()).success
    assert await call == "stored"
    assert service.status.healthy


### END SOLUTION

# %% [markdown]
# {hint retry}
