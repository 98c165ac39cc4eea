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
# # Use cases
#
# A use case answers "done". You will find out whether it is: in the store, on the disk, and on the
# day when the disk is full.
#
# **100 minutes**, 20 of them to read. Before: [Start here](../00-start-here.ipynb). You can read `async def`, `await`
# and a pytest fixture.
#
# **Pattern:** Use Case Async Testing, from *Clean Architecture Adaptations*.

# %% [markdown]
# **Objectives.** Afterwards you can
#
# - *look* for a stored effect through a second unit of work;
# - *break* the store and the file system, where the happy path never leads;
# - *separate* "the check ran" from "the check found it";
# - *choose* examples at the boundary, as a table;
# - *count* every outcome, and leave the order of the work to the code.
#
# **Questions.** What does `success` prove? When is a change too big for a test? Why is an empty
# list always all right?

# %%
# %load_ext grader

# %% [markdown]
# ## The listing, and what it proves
#
# `TrackFileOperationsUseCase` notes what a task is about to do to a file, and checks later whether
# it was done. A `Container` builds it, with all that it needs. Ask the container for a class, as here,
# or for its name in small letters, `"file_operation_store"`: both are keys to the same object. Here
# is the pattern as many code bases have it, unchanged, on {mutants track-creation} mutants of `track_file_creation`.
#
# **Predict:** how many of them does it kill?
#
# <!--
# fmt: off
# -->

# %% tags=["listing"]
# %%ipytest --mutants track-creation
import pytest

from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.infrastructure.di.container import Container


@pytest.mark.asyncio
async def test_file_operation_tracking_use_case():
    """Test file tracking through application layer use case."""
    # Setup
    container = Container()
    use_case = container.get(TrackFileOperationsUseCase)

    # Execute async use case
    result = await use_case.track_file_creation(
        file_path="test_file.txt",
        operation_context={"test": "creation", "task_id": "test_001"},
        metadata={"created_by": "test_user"}
    )

    # Verify result
    assert result.success, f"Use case failed: {result.error}"
    assert result.operation_id is not None, "Should return operation ID"
    assert result.file_path == "test_file.txt", "Should track correct file path"

    # Test verification
    verification_result = await use_case.verify_operation(result.operation_id)
    assert verification_result.success, "Operation verification should succeed"

# %% [markdown]
# <!--
# fmt: on
# -->
# <details><summary>What you have seen</summary>
#
# Two. The listing is good at this: it takes the way that callers take, and comes back with the id.
# So it finds the mutant that stores nothing, and the one whose id leads nowhere. But it gives
# metadata and never asks for them back, and on its way nothing goes wrong.
# </details>
#
# ## The effect, through another door
#
# A result is what the use case *says*. The effect is in the store. Which door you look through
# decides what you see: here a unit of work adds an operation, while a second one looks on.
#
# **Predict:** the four numbers.

# %%
from vespera_scriptorium import FileOperation, InMemoryFileOperationStore, OperationKind

store = InMemoryFileOperationStore()
async with store.unit() as first:
    await first.add(FileOperation("op-1", OperationKind.CREATION, "a.txt"))
    async with store.unit() as second:
        print("before the commit:", len(await first.all()), len(await second.all()))
    await first.commit()
    async with store.unit() as second:
        print("after the commit: ", len(await first.all()), len(await second.all()))

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The first unit sees its own changes, committed or not. A test that shares a session with the code
# believes in data that nobody else will ever see. **The cure:** a unit of work of your own, opened
# afterwards. The container gives you the same store.
# </details>

# %%
# %%ipytest --mutants track-creation
from vespera_scriptorium import Container, FileOperationStore, TrackFileOperationsUseCase


async def test_a_success_is_stored():
    container = Container()
    use_case = container.get(TrackFileOperationsUseCase)
    result = await use_case.track_file_creation("a.txt", metadata={"by": "me"})
    async with container.get(FileOperationStore).unit() as unit:
        operation = await unit.get(result.operation_id)
    assert operation.file_path == "a.txt"
    assert operation.metadata == {"by": "me"}


# %% [markdown]
# Three of {mutants track-creation}: lost metadata are found as well.
#
# ## A store that fails
#
# No store fails by itself in a test, so make one. This one refuses to `add`; `override` puts it in
# the place of the container's own.
#
# **Predict:** one of the mutants lets a failing store pass for a success. Does it die?

# %%
# %%ipytest --mutants track-creation
from contextlib import asynccontextmanager
from unittest.mock import AsyncMock

from vespera_scriptorium import Container, InMemoryFileOperationStore, TrackFileOperationsUseCase


class FullStore(InMemoryFileOperationStore):
    @asynccontextmanager
    async def unit(self):
        async with super().unit() as unit:
            unit.add = AsyncMock(side_effect=OSError("disk full"))
            yield unit


async def test_a_store_that_fails_is_an_error_result():
    container = Container()
    container.override("file_operation_store", FullStore())
    result = await container.get(TrackFileOperationsUseCase).track_file_creation("a.txt")
    assert not result.success
    assert "disk full" in result.error


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# It lives: its bug is in `commit`, the next step. (The mutant that dies is another one, which loses
# the message.) **The cure:** list the steps, and let each fail in turn.
# Here they are: read the file, open a unit, add, commit. Databases like to refuse at the last.
# </details>
#
# ### Exercise: a success is stored
#
# **35 minutes.** Test `track_file_creation(file_path, operation_context, metadata, operation_id)`. Files are read
# in a thread, so these exercises run in real time: a test may take 2 seconds. Yours should not have to wait at all.
#
# {contract track-creation}
#
# {worked track-creation}

# %% exercise="track-creation"
# %%ipytest --mutants track-creation
import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import (
    Container,
    FileOperationStore,
    FileSystem,
    InMemoryFileOperationStore,
    TrackFileOperationsUseCase,
)


### BEGIN SOLUTION
class FailingStore(InMemoryFileOperationStore):
    """Raises `error` where `step` says: to open a unit, to add, or to commit."""

    def __init__(self, step, error):
        super().__init__()
        self.step, self.error = step, error

    @asynccontextmanager
    async def unit(self):
        if self.step == "unit":
            raise self.error
        async with super().unit() as unit:
            setattr(unit, self.step, AsyncMock(side_effect=self.error))
            yield unit


@pytest.fixture
def container():
    return Container()


@pytest.fixture
def use_case(container):
    return container.get(TrackFileOperationsUseCase)


async def all_stored(container):
    """Every operation, as a unit of work sees it that had no part in storing them."""
    async with container.get(FileOperationStore).unit() as unit:
        return await unit.all()


async def test_a_success_is_stored_with_all_that_was_given(container, use_case):
    """One operation, under the id of the result. Clauses 1 and 2."""
    context = {"task_id": "t-1", "lines": (1, 2), "by": None}
    metadata = {"tags": ["x", "y"], "size": 0, "note": "", "checked": None}
    result = await use_case.track_file_creation("a", context, metadata)
    [operation] = await all_stored(container)
    assert result.success
    assert operation.id == result.operation_id
    assert operation.context == context
    assert operation.metadata == metadata


async def test_the_callers_id_is_used(container, use_case):
    """In the result and in the store. Clause 1."""
    result = await use_case.track_file_creation("a", operation_id="mine")
    [operation] = await all_stored(container)
    assert (result.operation_id, operation.id) == ("mine", "mine")


async def test_without_an_id_each_creation_gets_a_new_one(container, use_case):
    """Two files, two operations. Clause 1."""
    results = [await use_case.track_file_creation(path) for path in ("a", "b")]
    ids = {operation.id for operation in await all_stored(container)}
    assert ids == {result.operation_id for result in results}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("spelling", "path"), [("a", "a"), ("./a", "a"), ("b/../a", "a"), ("b/a", "b/a")]
)
async def test_every_spelling_is_one_path(container, use_case, spelling, path):
    """The result and the store agree on the shortest. Clause 3."""
    result = await use_case.track_file_creation(spelling)
    [operation] = await all_stored(container)
    assert (result.file_path, operation.file_path) == (path, path)


@pytest.mark.parametrize(
    ("path", "operation_id"),
    [("a", "other"), ("./a", None), ("b", "mine")],
    ids=["same path", "other spelling", "same id"],
)
async def test_a_duplicate_is_refused_and_changes_nothing(container, use_case, path, operation_id):
    """What is stored afterwards is what was stored before. Clause 4."""
    await use_case.track_file_creation("a", metadata={"by": "me"}, operation_id="mine")
    before = await all_stored(container)
    second = await use_case.track_file_creation(path, operation_id=operation_id)
    assert (second.success, second.operation_id) == (False, None)
    assert second.error
    assert await all_stored(container) == before


class NobodyKnows(Exception):
    """An error that no library has."""


@pytest.mark.parametrize("kind", [OSError, ValueError, NobodyKnows])
@pytest.mark.parametrize("step", ["unit", "add", "commit"])
async def test_a_store_that_fails_is_an_error_result(container, step, kind):
    """Each step fails in turn, with an error of one type or another. Clause 5."""
    container.override(FileOperationStore, FailingStore(step, kind("disk full")))
    result = await container.get(TrackFileOperationsUseCase).track_file_creation("a")
    assert not result.success
    assert "disk full" in result.error


@pytest.mark.parametrize("error", [OSError("no access"), ValueError("no access")])
async def test_a_file_that_cannot_be_read_is_an_error_result(container, error):
    """The file system fails, and nothing is stored. Clause 5."""
    container.override(FileSystem, SimpleNamespace(read=AsyncMock(side_effect=error)))
    result = await container.get(TrackFileOperationsUseCase).track_file_creation("a")
    assert not result.success
    assert "no access" in result.error
    assert await all_stored(container) == []


async def test_a_cancellation_comes_out(container):
    """It is no error, and no result. Clause 5."""
    container.override(FileOperationStore, FailingStore("commit", asyncio.CancelledError()))
    with pytest.raises(asyncio.CancelledError):
        await container.get(TrackFileOperationsUseCase).track_file_creation("a")


### END SOLUTION

# %% [markdown]
# {hint track-creation}

# %% [markdown]
# ## What success says
#
# The listing tracks the creation of a file, verifies it, and asserts `success`. Did you miss the
# line that creates the file? There is none.
#
# **Predict:** what does `verify_operation` say about a file that was never made?

# %%
from vespera_scriptorium import Container, TrackFileOperationsUseCase

use_case = Container().get(TrackFileOperationsUseCase)
await use_case.track_file_creation("never-made.txt", operation_id="op-1")
result = await use_case.verify_operation("op-1")
print(f"success={result.success}, verified={result.verified}")

# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The check ran, and found nothing. The listing reads the first answer and never asks for the
# second. **The cure:** assert what was found, before the file exists and after.
# </details>
#
# ## One example is an anecdote
#
# Now for modifications. A draft becomes a longer text, and a text stays as it is: one row each.
#
# **Predict:** of the mutants of `verify_operation`, one compares sizes only, and one is
# satisfied with any file. Which of the two dies?

# %%
# %%ipytest --mutants verify-operation
import pytest

from vespera_scriptorium import Container, TrackFileOperationsUseCase


@pytest.mark.parametrize(("after", "verified"), [("a longer text", True), ("draft", False)])
async def test_a_modification_is_verified_once_the_content_differs(tmp_path, after, verified):
    use_case = Container().get(TrackFileOperationsUseCase)
    file = tmp_path / "a.txt"
    file.write_text("draft")
    tracked = await use_case.track_file_modification(str(file))
    file.write_text(after)
    result = await use_case.verify_operation(tracked.operation_id)
    assert (result.success, result.verified) == (True, verified)


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# The second. The longer text changes the size, too, so to compare sizes is enough to pass.
# **The cure:** look for rows that are *nearly* the other answer. What is the
# smallest file? The smallest change? What else can become of a file?
# </details>
#
# ### Exercise: verified means happened
#
# **25 minutes.** Test `verify_operation`, after `track_file_creation` and `track_file_modification`, on files in
# `tmp_path`. A test may take 2 seconds.
#
# {contract verify-operation}
#
# {worked verify-operation}

# %% exercise="verify-operation"
# %%ipytest --mutants verify-operation
from contextlib import asynccontextmanager
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import (
    Container,
    FileOperationStore,
    FileSystem,
    InMemoryFileOperationStore,
    TrackFileOperationsUseCase,
)


### BEGIN SOLUTION
@pytest.fixture
def container():
    return Container()


@pytest.fixture
def use_case(container):
    return container.get(TrackFileOperationsUseCase)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "a.txt"


@pytest.mark.parametrize("content", ["", "text"])
async def test_a_creation_is_verified_while_the_file_exists(use_case, file, content):
    """Not before and not after; and an empty file exists. Clause 1."""
    tracked = await use_case.track_file_creation(str(file))
    before = await use_case.verify_operation(tracked.operation_id)
    file.write_text(content)
    then = await use_case.verify_operation(tracked.operation_id)
    file.unlink()
    after = await use_case.verify_operation(tracked.operation_id)
    assert [before.success, then.success, after.success] == [True] * 3
    assert [before.verified, then.verified, after.verified] == [False, True, False]


async def test_a_file_that_was_there_already_is_a_file(use_case, file):
    """Whoever made it. Clause 1."""
    file.write_text("text")
    tracked = await use_case.track_file_creation(str(file))
    assert (await use_case.verify_operation(tracked.operation_id)).verified


async def test_each_operation_is_checked_by_itself(use_case, file, tmp_path):
    """One file is there, and the other one is not. Clause 1."""
    file.touch()
    there = await use_case.track_file_creation(str(file))
    missing = await use_case.track_file_creation(str(tmp_path / "b.txt"))
    assert (await use_case.verify_operation(there.operation_id)).verified
    assert not (await use_case.verify_operation(missing.operation_id)).verified


BEFORE = b"before " * 10_000


@pytest.mark.parametrize(
    ("before", "after", "verified"),
    [
        (BEFORE, BEFORE, False),
        (BEFORE, BEFORE[:-1] + b".", True),
        (BEFORE, BEFORE + b"\n", True),
        (BEFORE, b"", True),
        (BEFORE, b"\xff", True),
        (BEFORE, None, False),
        (None, b"after", True),
    ],
    ids=["same", "last byte", "line break", "empty", "no text", "gone", "from nothing"],
)
async def test_a_modification_is_verified_once_the_content_differs(
    use_case, file, before, after, verified
):
    """By one byte, by its length; and no file is no modified file. Clause 2."""
    if before is not None:
        file.write_bytes(before)
    tracked = await use_case.track_file_modification(str(file))
    file.unlink(missing_ok=True)
    if after is not None:
        file.write_bytes(after)
    result = await use_case.verify_operation(tracked.operation_id)
    assert (result.success, result.verified) == (True, verified)


async def test_an_unknown_id_is_an_error_result_that_names_it(use_case):
    """Among others that are known. Clause 3."""
    await use_case.track_file_creation("a", operation_id="known")
    result = await use_case.verify_operation("nobody")
    assert (result.success, result.verified) == (False, False)
    assert "nobody" in result.error


@pytest.mark.parametrize("error", [OSError("no access"), ValueError("no access")])
async def test_an_unreadable_file_is_an_error_result(container, use_case, error):
    """The file system fails when the operation is tracked already. Clause 4."""
    await use_case.track_file_creation("a", operation_id="op-1")
    container.override(FileSystem, SimpleNamespace(read=AsyncMock(side_effect=error)))
    result = await container.get(TrackFileOperationsUseCase).verify_operation("op-1")
    assert (result.success, result.verified) == (False, False)
    assert "no access" in result.error


async def test_a_store_that_fails_is_an_error_result(container):
    """It opens no unit of work. Clause 4."""

    class FailingStore(InMemoryFileOperationStore):
        @asynccontextmanager
        async def unit(self):
            raise OSError("no connection")
            yield

    container.override(FileOperationStore, FailingStore())
    result = await container.get(TrackFileOperationsUseCase).verify_operation("op-1")
    assert not result.success
    assert "no connection" in result.error


### END SOLUTION

# %% [markdown]
# {hint verify-operation}

# %% [markdown]
# ## One flag for many files
#
# `verify_all_operations` checks everything and answers with a summary: four counts, all results,
# and the flag `all_verified`. The flag is what everybody asserts.
#
# **Predict:** how many of its {mutants verify-all} mutants die?

# %%
# %%ipytest --mutants verify-all
from vespera_scriptorium import Container, TrackFileOperationsUseCase


async def test_everything_is_verified(tmp_path):
    use_case = Container().get(TrackFileOperationsUseCase)
    for name in ("a", "b", "c"):
        await use_case.track_file_creation(str(tmp_path / name))
        (tmp_path / name).touch()
    summary = await use_case.verify_all_operations()
    assert summary.all_verified


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# None. Where all is well, whoever forgets, merges or stops early is right, too. **The cure:** a day
# on which every outcome happens: one file that will be there, one that will not, one that cannot be
# read. Assert all counts at once, and the results behind them.
# </details>
#
# ## In which order?
#
# Results stand in the order of the tracking. Are files *read* in that order, too? The picture shows
# two correct ways to check three files. A short model of each was run for it. The test below the
# picture notes which file the real use case reads when.
#
# **Predict:** what will the panel say?

# %%
import asyncio

from grader import timeline


async def read(name):
    with timeline.span(f"read {name}"):
        await asyncio.sleep(1)


async def in_turn():
    for name in "cab":
        await read(name)


async def together():
    await asyncio.gather(*map(read, "cab"))


runs = {"in turn": timeline.run(in_turn()), "together": timeline.run(together())}
timeline.draw(runs, title="Three checks")

# %%
# %%ipytest --mutants verify-all
from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase


class Diary(list):
    async def read(self, file_path):
        self.append(file_path)
        return b"text"


async def test_files_are_checked_in_the_order_of_the_tracking():
    diary = Diary()
    use_case = TrackFileOperationsUseCase(InMemoryFileOperationStore(), diary)
    for path in ("c", "a", "b"):
        await use_case.track_file_creation(path)
    diary.clear()
    await use_case.verify_all_operations()
    assert diary == ["c", "a", "b"]


# %% [markdown]
# <details><summary>What you have seen</summary>
#
# Over-specified: it forbids the second picture. Such a test turns red on the day on which somebody
# makes the code faster. **The cure:** assert the order of what comes *out*, `summary.results`.
# </details>
#
# ### Exercise: one summary, nothing hidden
#
# **20 minutes.** Test `verify_all_operations`. A test may take 2 seconds.
#
# {contract verify-all}
#
# {worked verify-all}

# %% exercise="verify-all"
# %%ipytest --mutants verify-all
import pytest

from vespera_scriptorium import Container, TrackFileOperationsUseCase


### BEGIN SOLUTION
@pytest.fixture
def use_case():
    return Container().get(TrackFileOperationsUseCase)


def counts(summary):
    return summary.total, summary.verified, summary.unverified, summary.failed


async def creations(use_case, folder, *names):
    """Track creations, named by their ids. Good ones are made, and `bad` becomes a folder."""
    for name in names:
        await use_case.track_file_creation(str(folder / name), operation_id=name)
        if name.startswith("good"):
            (folder / name).touch()
        if name == "bad":
            (folder / name).mkdir()


async def test_every_outcome_is_counted_once(use_case, tmp_path):
    """One of each, and a failure in the middle, today and tomorrow. Clauses 1 and 3."""
    await creations(use_case, tmp_path, "gone", "bad", "good")
    assert counts(await use_case.verify_all_operations()) == (3, 1, 1, 1)
    assert counts(await use_case.verify_all_operations()) == (3, 1, 1, 1)


async def test_both_operations_on_one_file_count(use_case, tmp_path):
    """A creation that has happened, and a modification that has not. Clause 1."""
    await creations(use_case, tmp_path, "good")
    await use_case.track_file_modification(str(tmp_path / "good"))
    assert counts(await use_case.verify_all_operations()) == (2, 1, 1, 0)


async def test_a_modification_counts(use_case, tmp_path):
    """Alone, without a creation of its file. Clause 1."""
    (tmp_path / "good").touch()
    await use_case.track_file_modification(str(tmp_path / "good"))
    (tmp_path / "good").write_text("changed")
    assert counts(await use_case.verify_all_operations()) == (1, 1, 0, 0)


async def test_results_stand_in_the_order_of_the_tracking(use_case, tmp_path):
    """Neither names nor outcomes are sorted, and each is what its check says. Clauses 2 and 3."""
    names = ["gone", "changed", "bad", "good"]
    await creations(use_case, tmp_path, "gone")
    await use_case.track_file_modification(str(tmp_path / "changed"), operation_id="changed")
    await creations(use_case, tmp_path, "bad", "good")
    summary = await use_case.verify_all_operations()
    assert list(summary.results) == [await use_case.verify_operation(name) for name in names]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["good"], True),
        (["good", "good too"], True),
        (["good", "bad"], False),
        (["good", "gone"], False),
        (["gone", "good"], False),
    ],
)
async def test_all_verified_means_all(use_case, tmp_path, names, expected):
    """One that failed is enough to spoil it, and so is one that is not there. Clause 4."""
    await creations(use_case, tmp_path, *names)
    assert (await use_case.verify_all_operations()).all_verified is expected


async def test_nothing_is_not_all_verified(use_case):
    """Though Python says that `all([])` is True. Clause 5."""
    summary = await use_case.verify_all_operations()
    assert counts(summary) == (0, 0, 0, 0)
    assert not summary.all_verified


### END SOLUTION

# %% [markdown]
# {hint verify-all}

# %% [markdown]
# ## What failure messages mean
#
# | The panel says | It means | Do this |
# | --- | --- | --- |
# | **wrong**: line 9: assert … | Correct code fails it. | Read the clause again. |
# | **over-specified**: a correct implementation that … fails here | You tested *how*. | Assert what comes out. |
# | **wrong**: AttributeError: 'NoneType' … | The id is not in the store you look into. | Ask the same container for both. |
# | **Survived**, and a clause | No test defends it. | Write one. |

# %% [markdown]
# ## In your own project
#
# A test of this lesson needs nothing of the course. In *auto* mode pytest-asyncio runs every async test
# without a mark; warnings as errors make a forgotten `await` red; the line between them says the
# default aloud: without it pytest-asyncio warns. The second look goes past the object: here it reads
# the file.
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
# # notes.py
# class Notes:
#     def __init__(self, path):
#         self.path = path
#
#     async def add(self, text):
#         with self.path.open("a") as file:
#             file.write(f"{text}\n")
#         return True
# ```
#
# ```python
# # test_notes.py
# from notes import Notes
#
#
# async def test_a_note_is_there_for_somebody_else(tmp_path):
#     assert await Notes(tmp_path / "notes.txt").add("milk")
#     assert (tmp_path / "notes.txt").read_text() == "milk\n"
# ```
#
# Then be the mutant yourself: make this change, see the test red, and take it back. How to do that for
# a whole project stands in [mutate your own code](../mutate-your-own-code.ipynb).
#
# ```diff
# --- a/notes.py
# +++ b/notes.py
# @@ -6,4 +6,3 @@
#      async def add(self, text):
#          with self.path.open("a") as file:
# -            file.write(f"{text}\n")
# -        return True
# +            return True
# ```

# %% [markdown]
# ## Recap
#
# - **Look** for the effect through a unit of work that had no part in it.
# - **Break** each step in turn. Commit is one, too.
# - **Separate** `success`, the check ran, from `verified`, it found what it looked for.
# - **Choose** examples close to the boundary: a change of one letter tells more than a new text.
# - **Count** on a day on which every outcome happens, and on an empty one: `all([])` is True. Leave
#   the order of the work to the code.
#
# **Next:** [Workflows](02-workflows.ipynb), where several steps have one outcome.
#
# **Further reading:**
# [pytest's fixtures](https://docs.pytest.org/en/stable/explanation/fixtures.html),
# [parametrized tests](https://docs.pytest.org/en/stable/how-to/parametrize.html), and
# [asynchronous context managers](https://docs.python.org/3/reference/datamodel.html#async-context-managers)
# in the Python documentation.
