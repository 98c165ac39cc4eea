"""The contracts of the repositories: the adapters in memory and in SQL pass the same tests."""

import asyncio
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from vespera_scriptorium import (
    Container,
    DuplicateOperationError,
    DuplicateTaskError,
    FileOperation,
    FileOperationStore,
    OperationKind,
    Task,
    TaskRepository,
    TaskStatus,
    UnknownOperationError,
    UnknownTaskError,
)


@pytest.fixture
def tasks(container: Container) -> TaskRepository:
    return container.get(TaskRepository)


@pytest.fixture
def store(container: Container) -> FileOperationStore:
    return container.get(FileOperationStore)


def operation(id: str, path: str = "a", kind: str = "modification", **more: Any) -> FileOperation:
    return FileOperation(id=id, kind=OperationKind(kind), file_path=path, **more)


async def stored_ids(store: FileOperationStore) -> list[str]:
    """What another unit of work sees."""
    async with store.unit() as unit:
        return [operation.id for operation in await unit.all()]


async def commit(store: FileOperationStore, *operations: FileOperation) -> None:
    """Add operations in a unit of work of their own."""
    async with store.unit() as unit:
        for each in operations:
            await unit.add(each)
        await unit.commit()


# --------------------------------------------------------------------------------------------


async def test_ids_that_are_reserved_together_are_distinct(tasks: TaskRepository) -> None:
    """Nobody gets the id of somebody else, and no id comes again after its task was stored."""
    ids = await asyncio.gather(*(tasks.next_id() for _ in range(50)))
    await tasks.add(Task(id=ids[0], title="first"))
    ids.append(await tasks.next_id())
    assert len(set(ids)) == 51


async def test_an_id_that_somebody_took_by_hand_is_not_reserved(tasks: TaskRepository) -> None:
    """Whoever reserves one can add a task under it."""
    for number in range(1, 4):
        await tasks.add(Task(id=f"task-{number}", title="by hand"))
    assert await tasks.get(await tasks.next_id()) is None


async def test_task_comes_back_whole(tasks: TaskRepository) -> None:
    """Every field of a task survives, and a second task changes nothing of the first."""
    task = Task(
        id="task-1",
        title="Ünïcode",
        description="d",
        specialist_type="coder",
        status=TaskStatus.EXECUTED,
        attempts=2,
        outputs={"fetch": "1", "build": "2"},
        summary="s",
        artifacts=("a.txt", "b.txt"),
        next_action="continue",
    )
    await tasks.add(task)
    await tasks.add(Task(id="task-2", title="other"))
    found = await tasks.get("task-1")
    assert found == task
    assert isinstance(found.status, TaskStatus)
    assert list(found.outputs) == ["fetch", "build"]


async def test_saved_task_takes_the_place_of_the_old(tasks: TaskRepository) -> None:
    """After `save` the new state is there, and there is still one task."""
    task = Task(id="task-1", title="first")
    await tasks.add(task)
    changed = replace(task, status=TaskStatus.RUNNING, outputs={"a": "1"}, artifacts=("x",))
    await tasks.save(changed)
    assert await tasks.get("task-1") == changed
    assert await tasks.count() == 1


async def test_second_task_of_an_id_is_refused(tasks: TaskRepository) -> None:
    """`add` raises `DuplicateTaskError` with the id, and the first task stays."""
    await tasks.add(Task(id="task-1", title="first"))
    with pytest.raises(DuplicateTaskError, match="task-1"):
        await tasks.add(Task(id="task-1", title="second"))
    assert await tasks.get("task-1") == Task(id="task-1", title="first")


async def test_unknown_task_cannot_be_saved(tasks: TaskRepository) -> None:
    """`save` raises `UnknownTaskError` with the id and stores nothing; `get` answers None."""
    with pytest.raises(UnknownTaskError, match="task-9"):
        await tasks.save(Task(id="task-9", title="never added"))
    assert await tasks.get("task-9") is None
    assert await tasks.count() == 0


async def test_tasks_are_added_together(tasks: TaskRepository) -> None:
    """Tasks that are added at the same time are all stored, however many."""
    await asyncio.gather(*(tasks.add(Task(id=f"task-{n}", title="t")) for n in range(50)))
    assert await tasks.count() == 50


@pytest.mark.parametrize("method", ["add", "save"])
async def test_stored_task_is_a_copy_of_what_was_given(tasks: TaskRepository, method: str) -> None:
    """Whatever becomes of the dictionary, which may be of a kind that `deepcopy` refuses."""
    given = {"fetch": "1"}
    task = Task(id="task-1", title="t", outputs=given)
    if method == "save":
        await tasks.add(Task(id="task-1", title="t", outputs=MappingProxyType({"old": "0"})))
        await tasks.save(task)
    else:
        await tasks.add(task)
    given["build"] = "2"
    assert (await tasks.get("task-1")).outputs == {"fetch": "1"}


async def test_task_that_was_answered_is_a_copy(tasks: TaskRepository) -> None:
    """Who changes an answer changes nothing that is stored, and no other answer."""
    await tasks.add(Task(id="task-1", title="t", outputs={"fetch": "1"}))
    answers = [await tasks.get("task-1") for _ in range(2)]
    answers[0].outputs.clear()
    assert answers[1].outputs == {"fetch": "1"}
    assert (await tasks.get("task-1")).outputs == {"fetch": "1"}


# --------------------------------------------------------------------------------------------


async def test_committed_operation_comes_back_whole(store: FileOperationStore) -> None:
    """Every field of an operation is there in the next unit of work."""
    first = operation(
        "1",
        kind="creation",
        context={"task_id": "t", "nested": {"list": [1, None, "x"]}},
        metadata={"created_by": "me"},
        checksum_before="abc",
    )
    await commit(store, first)
    async with store.unit() as unit:
        found = await unit.get("1")
        assert await unit.get("2") is None
    assert found == first
    assert isinstance(found.kind, OperationKind)


async def test_what_is_not_committed_is_rolled_back(store: FileOperationStore) -> None:
    """A unit sees its own changes; others never do when it ends without a commit."""
    await commit(store, operation("1"))
    async with store.unit() as unit:
        await unit.remove("1")
        await unit.add(operation("2"))
        assert [each.id for each in await unit.all()] == ["2"]
    assert await stored_ids(store) == ["1"]


async def test_exception_rolls_a_unit_back(store: FileOperationStore) -> None:
    """An exception comes out of the block, and nothing is stored."""

    async def add_and_fail() -> None:
        async with store.unit() as unit:
            await unit.add(operation("1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await add_and_fail()
    assert await stored_ids(store) == []


async def test_operations_stand_in_the_order_of_their_adding(store: FileOperationStore) -> None:
    """The order is that of `add`, whatever the ids and paths are."""
    await commit(store, operation("b", "2"), operation("a", "1"))
    await commit(store, operation("c", "0"))
    assert await stored_ids(store) == ["b", "a", "c"]


@pytest.mark.parametrize(
    "second",
    [operation("1", "other"), operation("2", "a", "creation")],
    ids=["same id", "same creation"],
)
async def test_duplicate_is_refused(store: FileOperationStore, second: FileOperation) -> None:
    """An id that is taken, or a second creation of a path, rolls the whole unit back."""
    await commit(store, operation("1", "a", "creation"))
    async with store.unit() as unit:
        await unit.add(operation("3", "b"))
        with pytest.raises(DuplicateOperationError, match=second.id):
            await unit.add(second)
        await unit.commit()
    assert await stored_ids(store) == ["1"]


async def test_duplicate_within_a_unit_is_refused(store: FileOperationStore) -> None:
    """What the unit itself has added counts, too."""
    async with store.unit() as unit:
        await unit.add(operation("1", "a", "creation"))
        with pytest.raises(DuplicateOperationError):
            await unit.add(operation("2", "a", "creation"))
    assert await stored_ids(store) == []


async def test_path_may_be_modified_again_and_again(store: FileOperationStore) -> None:
    """A path has one creation at most, and any number of modifications."""
    await commit(store, operation("1", kind="creation"), operation("2"), operation("3"))
    assert await stored_ids(store) == ["1", "2", "3"]


async def test_removed_operation_makes_room(store: FileOperationStore) -> None:
    """After `remove` the id and the path are free again, in the same unit already."""
    await commit(store, operation("1", kind="creation"), operation("2"))
    async with store.unit() as unit:
        await unit.remove("1")
        await unit.add(operation("1", kind="creation"))
        await unit.commit()
    assert await stored_ids(store) == ["2", "1"]


async def test_unknown_operation_cannot_be_removed(store: FileOperationStore) -> None:
    """`remove` raises `UnknownOperationError` with the id, also for what was removed before."""
    await commit(store, operation("1"))
    async with store.unit() as unit:
        await unit.remove("1")
        with pytest.raises(UnknownOperationError, match="1"):
            await unit.remove("1")


async def test_unit_gives_out_copies(store: FileOperationStore) -> None:
    """Who changes what was given in or out changes nothing that is stored."""
    given = operation("1", context={"files": ["a"]})
    async with store.unit() as unit:
        await unit.add(given)
        given.context["files"].append("b")
        await unit.commit()
    async with store.unit() as unit:
        (first,) = await unit.all()
        first.context["files"].append("c")
        await unit.commit()
        found = await unit.get("1")
        assert found is not None
        assert found.context == {"files": ["a"]}


async def test_two_units_cannot_create_the_same_path(container: Container) -> None:
    """Of creations of one path that are tracked together, one is stored and the rest refused."""
    store = container.get(FileOperationStore)

    async def create(id: str) -> None:
        await commit(store, operation(id, "a", "creation"))

    outcomes = await asyncio.gather(*(create(f"{n}") for n in range(4)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, DuplicateOperationError)]
    assert (outcomes.count(None), len(refused)) == (1, 3)
    assert len(await stored_ids(store)) == 1
