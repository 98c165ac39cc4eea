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
# # Mocks
#
# You will find out what a mock notices and what it agrees to, and hold a fake to the contract of
# the real thing.
#
# **105 minutes**, 15 of them to read. Before: [Fixtures](07-fixtures.ipynb). You have written a test with a mock, and it
# passed.
#
# **Pattern:** Async Mock Patterns, from *Testing Infrastructure Patterns*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *ask* a mock what was awaited, and not what was called;
# - *bind* a mock to the signatures of what it stands for;
# - *answer* with failures, not only with success;
# - *override* what lies deep inside, and get the original back;
# - *hold* a fake and the real adapter to one suite.
#
# **Questions.** When was a mock called, and nothing has happened? Why does a test fail because
# somebody has named an argument? Who tests the fake?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, and what it asks
#
# Here is the pattern as it stands in many code bases: a mock in the place of an external service.
# Below its result stands a panel: the same test, unchanged, on mutants of the use case.
#
# **Predict:** how many of them does it kill?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest --mutants awaited-once
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, ExternalServiceUseCase


@pytest.fixture
async def async_container():
    """Provide async-configured container."""
    container = Container()
    await container.initialize_async_services()
    yield container
    await container.cleanup_async_services()

@pytest.fixture
def async_external_service():
    """Mock async external service."""
    mock = AsyncMock()
    mock.call_api.return_value = {"status": "success", "data": {}}
    mock.upload_file.return_value = {"file_id": "test_file_123"}
    return mock

@pytest.mark.asyncio
async def test_with_async_mocks(async_container, async_external_service):
    """Test using async mocks."""
    # Override external service
    async_container.override('external_service', async_external_service)

    use_case = async_container.get(ExternalServiceUseCase)
    result = await use_case.process_data({"test": "data"})

    assert result.success
    async_external_service.call_api.assert_called_once()

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>What you have seen</summary>
#
# None. The success is what the mock was told to give. What was sent, what was uploaded, and what
# happens after a failure, nobody asks.
# </details>
#
# ## Called, or awaited?
#
# Mutant 1 calls `upload_file` and forgets the `await`. Python makes a coroutine, and throws it away.
#
# **Predict:** which of these two tests kills it?

# %%
# %%ipytest --mutants awaited-once
from unittest.mock import AsyncMock

from vespera_scriptorium import ExternalServiceUseCase


async def used():
    service = AsyncMock()
    service.call_api.return_value = {"status": "success"}
    service.upload_file.return_value = {"file_id": "file-7"}
    await ExternalServiceUseCase(service).process_many([{"a": 1}])
    return service


async def test_the_upload_was_called():
    (await used()).upload_file.assert_called_once()


async def test_the_upload_was_awaited():
    (await used()).upload_file.assert_awaited_once()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The second. `called` counts at the parenthesis, `awaited` when somebody waits for the answer.
# </details>
#
# **The cure:** with an `AsyncMock`, never write `assert_called` anything. The one exception is
# `assert_not_called`, which says more than `assert_not_awaited`.
#
# ## An exact mock
#
# Now the arguments. Mutant 2 swaps them, so they have to be asserted.
#
# **Predict:** the test passes in the notebook. What will the panel say?

# %%
# %%ipytest --mutants awaited-once
from unittest.mock import AsyncMock

from vespera_scriptorium import ExternalServiceUseCase


async def test_the_item_is_sent():
    service = AsyncMock()
    service.call_api.return_value = {"status": "success"}
    await ExternalServiceUseCase(service).process_many([{"a": 1}])
    service.call_api.assert_awaited_once_with("process", {"a": 1})


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Over-specified. `call_api(endpoint="process", payload=item)` is the same call for Python, and
# another one for a mock that knows no signature. It would also accept three arguments, and a method
# that does not exist.
# </details>
#
# **The cure:** `create_autospec` reads the port, and its mock binds arguments before it compares.

# %%
# %%ipytest --mutants awaited-once
from unittest.mock import create_autospec

from vespera_scriptorium import ExternalService, ExternalServiceUseCase


async def test_the_item_is_sent():
    service = create_autospec(ExternalService, instance=True)
    service.call_api.return_value = {"status": "success"}
    await ExternalServiceUseCase(service).process_many([{"a": 1}])
    service.call_api.assert_awaited_once_with("process", {"a": 1})


# %% [markdown]
# Only the assertions bind: `assert_has_awaits([call(...)])` does, and `await_args_list == [...]`
# compares what was written, as before.
#
# ### Exercise: awaited once, with the right words
#
# **25 minutes.** Test `ExternalServiceUseCase(service)`. Let the mock answer with failures, too: a `side_effect`
# may be an exception, a list of answers, or a function. A function needs the port's own names for
# its parameters, because a caller may pass arguments by name.
#
# The port has `call_api(endpoint, payload)` and `upload_file(file_name, content)`.
#
# {contract awaited-once}
#
# {worked awaited-once}

# %% exercise="awaited-once"
# %%ipytest --mutants awaited-once
import asyncio
import json
from unittest.mock import call, create_autospec

import pytest

from vespera_scriptorium import ExternalService, ExternalServiceError, ExternalServiceUseCase

### BEGIN SOLUTION
ITEMS = [{"a": 1}, {"a": 1}, {}]
GOOD = {"status": "success", "data": {}}


@pytest.fixture
def uploads():
    """The name and the parsed content of every upload that was awaited."""
    return []


@pytest.fixture
def service(uploads):
    """A mock that knows the signatures, and answers with the payload."""

    async def upload_file(file_name, content):
        uploads.append((file_name, json.loads(content)))
        return {"file_id": "file-7"}

    service = create_autospec(ExternalService, instance=True)
    service.call_api.side_effect = lambda endpoint, payload: {"status": "success", "data": payload}
    service.upload_file.side_effect = upload_file
    return service


@pytest.fixture
def use_case(service):
    return ExternalServiceUseCase(service)


async def test_each_item_is_sent_once(use_case, service):
    """In the order of the items, equal ones too. Clause 1."""
    await use_case.process_many(ITEMS)
    assert service.call_api.await_count == 3
    service.call_api.assert_has_awaits([call("process", item) for item in ITEMS])


@pytest.mark.parametrize("status", ["busy", "Success"])
async def test_a_bad_answer_ends_it(use_case, service, status):
    """The second of three; nothing is uploaded, not even what came before. Clause 2."""
    service.call_api.side_effect = [GOOD, {"status": status, "data": {}}, GOOD]
    result = await use_case.process_many(ITEMS)
    assert not result.success
    assert status in result.error
    assert service.call_api.await_count == 2
    service.upload_file.assert_not_called()


@pytest.mark.parametrize(
    "error, reason",
    [
        (ExternalServiceError("out of order"), "out of order"),
        (OSError("cable pulled"), "cable pulled"),
        (ValueError(), "ValueError"),
    ],
)
async def test_whatever_a_call_raises_is_a_result(use_case, service, error, reason):
    """The port's own errors and others, and no second try. Clause 2."""
    service.call_api.side_effect = [GOOD, error, GOOD]
    result = await use_case.process_many(ITEMS)
    assert not result.success
    assert reason in result.error
    assert service.call_api.await_count == 2
    service.upload_file.assert_not_called()


@pytest.mark.parametrize("kind", [ExternalServiceError, OSError, ValueError])
async def test_an_upload_that_fails_is_a_result(use_case, service, kind):
    """It is tried once. Clause 2."""
    service.upload_file.side_effect = kind("disk full")
    result = await use_case.process_many(ITEMS)
    assert not result.success
    assert "disk full" in result.error
    service.upload_file.assert_awaited_once()


@pytest.mark.parametrize("items", [ITEMS, [{"a": 1}], []], ids=["three", "one", "none"])
async def test_all_answers_are_uploaded_together(use_case, uploads, items):
    """One file, in the order of the items, with its id in the result. Clause 3."""
    result = await use_case.process_many(items)
    assert uploads == [("result.json", items)]
    assert (result.success, result.file_id) == (True, "file-7")


async def test_a_cancellation_comes_out(use_case, service):
    """Whoever cancelled waits for it. Clause 4."""
    service.call_api.side_effect = asyncio.CancelledError
    with pytest.raises(asyncio.CancelledError):
        await use_case.process_many(ITEMS)
    service.call_api.assert_awaited_once()
    service.upload_file.assert_not_called()


async def test_a_cancelled_upload_is_no_failure(use_case, service):
    """Nor is it tried again. Clause 4."""
    service.upload_file.side_effect = asyncio.CancelledError
    with pytest.raises(asyncio.CancelledError):
        await use_case.process_many(ITEMS)
    service.upload_file.assert_awaited_once()


### END SOLUTION

# %% [markdown]
# {hint awaited-once}

# %% [markdown]
# ## Blocks and loops
#
# Some clients are opened with `async with`, and read with `async for`. A `MagicMock` knows both.
#
# **Predict:** which of the two tests passes?

# %%
# %%ipytest
from unittest.mock import MagicMock


async def lines(client):
    async with client.open("report") as answer:
        return [line async for line in answer]


async def test_what_is_opened_answers():
    client = MagicMock()
    client.open.return_value.__aiter__.return_value = ["a", "b"]
    assert len(await lines(client)) == 2


async def test_what_stands_behind_as_answers():
    client = MagicMock()
    answer = client.open.return_value.__aenter__.return_value
    answer.__aiter__.return_value = ["a", "b"]
    assert len(await lines(client)) == 2


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The second. What stands behind `as` is the answer of `__aenter__`: another mock, and not the one
# that was opened. **The cure:** name it, as `answer` here, and configure that one.
# </details>
#
# ## The mock that came first
#
# A mock has to get where it is used. This course overrides it in the container. Elsewhere you put it
# in the place of a name:
#
# | You write | It does | Mind |
# | --- | --- | --- |
# | `AsyncMock(spec=Mail)` | refuses methods that `Mail` has not | Any arguments will do. `create_autospec` checks them, too. |
# | `monkeypatch.setattr("reports.send", mock)` | replaces a name until the test ends | Name the module that *uses* `send`. After `from mail import send` that is not `mail`. |
# | `patch("reports.send", autospec=True)` | the same, in a `with` block | It makes the mock itself, an `AsyncMock` where `send` is async. |
#
# **Predict:** this is what such a test looks like. How many mutants of the container does it
# kill?

# %%
# %%ipytest --mutants override
from unittest.mock import AsyncMock

from vespera_scriptorium import Container, ExternalService, ExternalServiceUseCase


async def test_the_use_case_uses_the_mock():
    mock = AsyncMock()
    mock.call_api.return_value = {"status": "success"}
    container = Container()
    container.override(ExternalService, mock)
    await container.get(ExternalServiceUseCase).process_data({"a": 1})
    mock.call_api.assert_awaited_once()


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# One. The mock is there before anything is built, so it gets everywhere. In an application that has
# started, everything is built, and the mock comes late. It also has to leave: what keeps it after
# its test makes the next one fail, or pass.
# </details>
#
# **The cure:** get first, then override, then get again; and look once more when it is withdrawn.
#
# ### Exercise: in the place of another
#
# **30 minutes.** Test `get`, `override` and `withdraw` of the container. Nothing here is asynchronous, so plain
# functions will do.
#
# {contract override}
#
# {worked override}

# %% exercise="override"
# %%ipytest --mutants override
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, ExternalService


### BEGIN SOLUTION
class Box:
    """Holds what it was built from."""

    def __init__(self, *inside):
        self.inside = inside


@pytest.fixture
def container():
    """A chain of four boxes, each in the next one, and one that needs nothing."""
    container = Container()
    container.add_service("alone", Box)
    container.add_service("first", Box)
    container.add_service("second", Box, needs=["alone", "first"])
    container.add_service("third", Box, needs=["second"])
    container.add_service("fourth", Box, needs=["third"])
    return container


def innermost(container):
    """The first box, as the second one holds it, as the third, as the fourth."""
    _, in_second = container.get("second").inside
    (second,) = container.get("third").inside
    (third,) = container.get("fourth").inside
    return in_second, second.inside[1], third.inside[0].inside[1]


@pytest.mark.parametrize("key", [ExternalService, "external_service"])
def test_class_and_name_are_one_key(container, key):
    """Whichever was overridden. Clause 1."""
    mock = AsyncMock()
    container.override(key, mock)
    assert container.get(ExternalService) is mock
    assert container.get("external_service") is mock


@pytest.mark.parametrize("replacement", [Box(), [], None])
def test_what_was_given_out_before_is_overridden(container, replacement):
    """By any object, an empty one, too. Clause 1."""
    container.get("first")
    container.override("first", replacement)
    assert container.get("first") is replacement


def test_what_needs_it_is_built_anew(container):
    """One, two and three steps away; they held the original. Clause 2."""
    innermost(container)
    container.override("first", replacement := Box())
    assert innermost(container) == (replacement, replacement, replacement)


def test_everything_else_stays(container):
    """The object that nobody overrides, and what needs no other. Clause 2."""
    container.add_service("aside", Box, needs=["alone"])
    alone, aside = container.get("alone"), container.get("aside")
    override = container.override("first", Box())
    assert container.get("alone") is alone
    assert container.get("aside") is aside
    assert container.get("second").inside[0] is alone
    override.withdraw()
    assert container.get("alone") is alone
    assert container.get("aside") is aside


def test_a_withdrawn_override_is_gone(container):
    """The original is back, in what needs it as well. Clause 3."""
    original = container.get("first")
    override = container.override("first", Box())
    innermost(container)
    override.withdraw()
    assert container.get("first") is original
    assert innermost(container) == (original, original, original)


def test_an_override_ends_with_its_block(container):
    """Also when an exception ends that, and comes out. Clause 3."""
    original = container.get("first")
    with pytest.raises(OSError), container.override("first", Box()):
        innermost(container)
        raise OSError
    assert container.get("first") is original
    assert innermost(container) == (original, original, original)


def test_the_last_override_holds(container):
    """And not the first, also in what was built with that. Clause 4."""
    container.override("first", Box())
    innermost(container)
    container.override("first", last := Box())
    assert container.get("first") is last
    assert innermost(container) == (last, last, last)


def test_overrides_are_withdrawn_in_any_order(container):
    """The one that is withdrawn is gone, and no other. Clause 4."""
    original = container.get("first")
    first, second, last = (container.override("first", Box()) for _ in range(3))
    steps = [(second, last.replacement), (last, first.replacement), (first, original)]
    for override, left in steps:
        override.withdraw()
        assert container.get("first") is left
        assert innermost(container) == (left, left, left)


def test_to_withdraw_twice_changes_nothing(container):
    """The other override of the key is left. Clause 4."""
    container.override("first", left := Box())
    gone = container.override("first", Box())
    gone.withdraw()
    gone.withdraw()
    assert container.get("first") is left


### END SOLUTION

# %% [markdown]
# {hint override}

# %% [markdown]
# ## A fake with opinions of its own
#
# A mock repeats what you told it. A *fake* works: it keeps tasks in a dictionary, where the real
# adapter has a database. Somebody wrote one for a test, and ten others use it.
#
# **Predict:** which of the two passes?

# %%
# %%ipytest
import pytest

from vespera_scriptorium import DuplicateTaskError, InMemoryTaskRepository, Task


class QuickFake:
    def __init__(self):
        self.tasks = {}

    async def add(self, task):
        self.tasks[task.id] = task


@pytest.mark.parametrize("make", [QuickFake, InMemoryTaskRepository])
async def test_an_id_is_taken_once(make):
    repository = make()
    await repository.add(Task("a", "first"))
    with pytest.raises(DuplicateTaskError):
        await repository.add(Task("a", "second"))


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The quick one overwrites. Every test that uses it shows that duplicates are no problem, and the
# database will disagree. It never waits, either. So no other task runs in the middle of its work, and
# a race that the database would show stays hidden.
# </details>
#
# **The cure:** one suite for both. What holds for the port is asserted once, and a fixture with
# `params` gives each test first the fake, then the real thing.
#
# ### Exercise: one suite for the fake and the real thing
#
# **35 minutes.** Write the suite that `InMemoryTaskRepository` and `SqlTaskRepository` both pass. The second needs
# a file, `AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'tasks.db'}")`, and to be stopped.
#
# {contract contract-suite}
#
# {worked contract-suite}

# %% exercise="contract-suite"
# %%ipytest --mutants contract-suite
import asyncio

import pytest

from vespera_scriptorium import (
    AsyncDatabaseManager,
    DuplicateTaskError,
    InMemoryTaskRepository,
    SqlTaskRepository,
    Task,
    TaskStatus,
    UnknownTaskError,
)


### BEGIN SOLUTION
@pytest.fixture(params=["memory", "sql"])
async def repository(request, tmp_path):
    """First the fake, then the real thing."""
    if request.param == "memory":
        yield InMemoryTaskRepository()
        return
    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'tasks.db'}")
    try:
        yield SqlTaskRepository(database)
    finally:
        await database.stop()


FULL = Task(
    id="a",
    title="Report",
    description="Monthly",
    specialist_type="writer",
    status=TaskStatus.RUNNING,
    attempts=2,
    outputs={"draft": "done"},
    summary="Half of it",
    artifacts=("report.md", "draft.md", "report.md"),
    next_action="print",
)


async def test_a_task_comes_back_whole(repository):
    """Every field that was stored is read. Clause 1."""
    await repository.add(FULL)
    assert await repository.get("a") == FULL
    assert await repository.get("A") is None


async def test_an_id_is_taken_once(repository):
    """The port's own error says so, and the first one is still there. Clause 2."""
    await repository.add(Task("a", "first"))
    with pytest.raises(DuplicateTaskError):
        await repository.add(Task("a", "second"))
    assert await repository.get("a") == Task("a", "first")


async def test_an_id_is_taken_once_when_two_come_together(repository):
    """One of them is refused. Clause 2."""
    tasks = [Task("a", "first"), Task("a", "second")]
    ends = await asyncio.gather(*map(repository.add, tasks), return_exceptions=True)
    assert [type(end) for end in ends if end is not None] == [DuplicateTaskError]
    assert await repository.get("a") == tasks[ends.index(None)]


@pytest.mark.parametrize("before, after", [(Task("a", "first"), FULL), (FULL, Task("a", "first"))])
async def test_every_field_is_saved(repository, before, after):
    """Those that get a value, and those that lose theirs. Clause 3."""
    await repository.add(before)
    await repository.save(after)
    assert await repository.get("a") == after


async def test_no_other_task_is_saved(repository):
    """It stays as it was. Clause 3."""
    await repository.add(Task("a", "first"))
    await repository.add(Task("b", "other"))
    await repository.save(FULL)
    assert await repository.get("b") == Task("b", "other")


async def test_what_was_read_before_is_read_anew(repository):
    """No answer is older than the last save. Clause 3."""
    await repository.add(Task("a", "first"))
    await repository.get("a")
    await repository.save(Task("a", "first", status=TaskStatus.FAILED))
    assert (await repository.get("a")).status == "failed"


async def test_what_nobody_added_cannot_be_saved(repository):
    """It is no way to add. Clause 4."""
    with pytest.raises(UnknownTaskError):
        await repository.save(FULL)
    assert await repository.get("a") is None


async def test_what_is_stored_is_counted(repository):
    """Two that look alike; no id, no save, and nothing that was refused. Clause 5."""
    for _ in range(3):
        await repository.next_id()
    assert await repository.count() == 0
    await repository.add(Task("a", "alike"))
    await repository.add(Task("b", "alike"))
    await repository.save(Task("a", "alike"))
    with pytest.raises(DuplicateTaskError):
        await repository.add(Task("b", "alike"))
    assert await repository.count() == 2


async def test_no_id_is_given_twice(repository):
    """One after the other, or to several who ask together. Clause 6."""
    ids = [await repository.next_id(), await repository.next_id()]
    ids += await asyncio.gather(*(repository.next_id() for _ in range(3)))
    assert len(set(ids)) == 5


async def test_no_id_is_given_that_is_taken(repository):
    """Somebody has named tasks by hand, as the repository would. Clause 6."""
    for number in range(1, 4):
        await repository.add(Task(f"task-{number}", "by hand"))
    assert await repository.get(await repository.next_id()) is None


@pytest.mark.parametrize("way", ["add", "save"])
async def test_a_stored_task_does_not_change_with_what_was_given(repository, way):
    """The caller goes on with the dictionary. Clause 7."""
    outputs = {"draft": "done"}
    if way == "save":
        await repository.add(Task("a", "first"))
    await getattr(repository, way)(Task("a", "first", outputs=outputs))
    outputs["print"] = "done"
    assert (await repository.get("a")).outputs == {"draft": "done"}


async def test_a_stored_task_does_not_change_with_an_answer(repository):
    """Whoever asks may do with the answer as they like. Clause 7."""
    await repository.add(FULL)
    answered = (await repository.get("a")).outputs
    if isinstance(answered, dict):  # a mapping that nobody can change is safe
        answered.clear()
    assert await repository.get("a") == FULL


### END SOLUTION

# %% [markdown]
# {hint contract-suite}

# %% [markdown]
# ## What failure messages mean
#
# | The output says | It means | Do this |
# | --- | --- | --- |
# | **Expected … to have been awaited once. Awaited 0 times.** | It was called, or not even that. | Look for the `await`. |
# | **over-specified**: a correct implementation that passes arguments by their names … | Your mock knows no signature. | `create_autospec` of the port. |
# | **TypeError: missing a required argument** | An autospec was called as the port cannot be. | Be glad, and mend the call. |
# | **leaks**: coroutine **AsyncMockMixin…** was never awaited | A mock has answered with a mock, whose methods are asynchronous, too. | Give it a `return_value`. |
# | Fails for `[memory]` or for `[sql]` only | The fake and the real thing differ. | Read the contract: one of them is wrong, or your test. |

# %% [markdown]
# ## In your own project
#
# A mock that is made from the real class knows its methods and their parameters, and which of them are
# async. A wrong name or a missing argument fails at once.
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
# # greeting.py
# class Mail:
#     async def send(self, to, text): ...
#
#
# async def greet(mail, name):
#     await mail.send(to=name, text=f"hello {name}")
# ```
#
# ```python
# # test_greeting.py
# from unittest.mock import create_autospec
#
# from greeting import Mail, greet
#
#
# async def test_the_greeting_is_sent_once():
#     mail = create_autospec(Mail, instance=True)
#     await greet(mail, "ada")
#     mail.send.assert_awaited_once_with(to="ada", text="hello ada")
# ```
#
# The mutant by hand: called, and not awaited.
#
# ```diff
# --- a/greeting.py
# +++ b/greeting.py
# @@ -5,3 +5,3 @@
#
#  async def greet(mail, name):
# -    await mail.send(to=name, text=f"hello {name}")
# +    mail.send(to=name, text=f"hello {name}")
# ```

# %% [markdown]
# ## Recap
#
# - **Ask** for awaits: a coroutine that nobody awaits has done nothing.
# - **Bind** mocks with `create_autospec`, and compare by their assertions.
# - **Answer** with exceptions, bad statuses, and lists of answers; success alone kills little.
# - **Override** late and withdraw: get, override, get, withdraw, get.
# - **Hold** every fake to the suite that the real adapter passes.
#
# **Next:** [Parametrized tests](09-parametrized-tests.ipynb), where one test has many rows.
#
# **Further reading:**
# [AsyncMock](https://docs.python.org/3/library/unittest.mock.html#unittest.mock.AsyncMock),
# [autospeccing](https://docs.python.org/3/library/unittest.mock.html#auto-speccing) and
# [where to patch](https://docs.python.org/3/library/unittest.mock.html#where-to-patch) in the
# Python documentation.
