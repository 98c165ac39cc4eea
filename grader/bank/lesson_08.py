"""Lesson 08, mocks: what a mock notices, where it is put, and what a fake has to keep."""

import asyncio
import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from grader.bank.lesson_07 import KeepsOverridesByName
from grader.exercise import Exercise
from vespera_scriptorium.application.usecases.process_data import (
    ENDPOINT,
    FILE_NAME,
    ExternalServiceUseCase,
)
from vespera_scriptorium.domain.errors import (
    DuplicateTaskError,
    ExternalServiceError,
    UnknownTaskError,
    reason,
)
from vespera_scriptorium.domain.results import ProcessingResult
from vespera_scriptorium.domain.task import Task, TaskStatus
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.di.container import Container, Override, _name
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository, _copied
from vespera_scriptorium.infrastructure.sql import (
    SqlTaskRepository,
    TaskNumberRow,
    TaskRow,
    _task_values,
)

# ------------------------------------------------------------------ awaited-once

awaited_once = Exercise(
    id="awaited-once",
    lesson="08-mocks",
    title="Awaited once, with the right words",
    points=5,
    subject=ExternalServiceUseCase,
    contract=(
        '`process_many` awaits `call_api` once for each item, in their order, with `"process"` and '
        "the item.",
        'An answer whose `status` is not `"success"` is a failure, and so is whatever a call '
        "raises: the result has `success` False and the reason in `error`. After the first failure "
        "nothing is called any more.",
        'When all calls have succeeded, `upload_file` is awaited once, with `"result.json"` and '
        "the `data` of all answers, as a JSON list in their order. The result has `success` True "
        "and the `file_id` that `upload_file` answers.",
        "After a failed call nothing is uploaded.",
    ),
    hint="[create_autospec](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.create_autospec) with `instance=True` makes a mock that knows the signatures. "
    "Let `side_effect` answer, and parse what was uploaded.",
    worked="UploadsWithoutWaiting",
)


@awaited_once.alternative()
class NamesItsArguments(ExternalServiceUseCase):
    """Passes arguments by their names."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(
                file_name=FILE_NAME, content=content
            )
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(endpoint=ENDPOINT, payload=item)
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@awaited_once.alternative()
class WritesCompactJson(ExternalServiceUseCase):
    """Writes JSON without spaces."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        answers = []
        try:
            for item in items:
                answer = await self._external_service.call_api(ENDPOINT, dict(item))
                if answer.get("status") != "success":
                    return ProcessingResult(success=False, error=f"not processed: {answer}")
                answers.append(answer.get("data"))
            content = json.dumps(answers, separators=(",", ":")).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            return ProcessingResult(success=True, file_id=uploaded["file_id"])
        except Exception as error:
            return ProcessingResult(success=False, error=f"not processed: {reason(error)}")


@awaited_once.mutant(clause=3)
class UploadsWithoutWaiting(ExternalServiceUseCase):
    """Calls `upload_file` and does not await it: nothing is ever uploaded."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            self._external_service.upload_file(FILE_NAME, content)  # type: ignore[unused-coroutine]  # that is the bug
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=FILE_NAME)


@awaited_once.mutant(clause=1)
class SwapsArguments(ExternalServiceUseCase):
    """Passes the item where the endpoint belongs."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(item, ENDPOINT)  # type: ignore[arg-type]  # that is the bug
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@awaited_once.mutant(clause=2)
class TriesAgain(ExternalServiceUseCase):
    """Calls once more when a call fails, and so does twice what may be done once."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        try:
            answer = await self._external_service.call_api(ENDPOINT, item)
        except Exception:
            answer = await self._external_service.call_api(ENDPOINT, item)
        if answer.get("status") != "success":
            raise ExternalServiceError(f"the service answered {answer.get('status')}")
        return answer.get("data")


@awaited_once.mutant(clause=2)
class ExpectsOnlyItsOwnErrors(ExternalServiceUseCase):
    """Catches `ExternalServiceError` and lets everything else out."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        try:
            answers = [await self._process(item) for item in items]
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except ExternalServiceError as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(clause=2)
class TrustsEveryAnswer(ExternalServiceUseCase):
    """Takes the data of an answer without a look at its status."""

    async def _process(self, item: Mapping[str, Any]) -> Any:
        answer = await self._external_service.call_api(ENDPOINT, item)
        return answer.get("data")


@awaited_once.mutant(clause=2)
class CallsAllAtOnce(ExternalServiceUseCase):
    """Makes all calls together, also those behind the first failure."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        import asyncio

        try:
            answers = await asyncio.gather(*(self._process(item) for item in items))
            content = json.dumps(answers).encode()
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
            file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(clause=3)
class UploadsEachAnswer(ExternalServiceUseCase):
    """Uploads after every call, under the same name: the last answer is all that is left."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        file_id = None
        try:
            for item in items:
                content = json.dumps([await self._process(item)]).encode()
                uploaded = await self._external_service.upload_file(FILE_NAME, content)
                file_id = uploaded["file_id"]
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(success=True, file_id=file_id)


@awaited_once.mutant(clause=4)
class SavesWhatItHas(ExternalServiceUseCase):
    """Uploads the answers that came before the failure, to save them."""

    async def process_many(self, items: Sequence[Mapping[str, Any]]) -> ProcessingResult:
        answers = []
        failure = None
        try:
            for item in items:
                answers.append(await self._process(item))
        except Exception as error:
            failure = reason(error)
        content = json.dumps(answers).encode()
        try:
            uploaded = await self._external_service.upload_file(FILE_NAME, content)
        except Exception as error:
            return ProcessingResult(success=False, error=reason(error))
        return ProcessingResult(failure is None, uploaded["file_id"], failure)


# ------------------------------------------------------------------ override

override = Exercise(
    id="override",
    lesson="08-mocks",
    title="In the place of another",
    points=5,
    subject=(Container, Override),
    contract=(
        "After `override(key, replacement)`, `get` answers with the replacement, by the class and "
        "by the name, whichever of them `key` is, and also when the original was given out before.",
        "What needs the overridden object, directly or through others, is built anew with the "
        "replacement.",
        "An override ends by `withdraw()`, or with its `with` block, however that ends. Then `get` "
        "answers with the original again, and what was built with the replacement is built anew.",
        "Of several overrides of one key, the last one that is not withdrawn holds, in whatever "
        "order they are withdrawn.",
    ),
    hint="[Identity comparisons](https://docs.python.org/3/reference/expressions.html#is-not) tell "
    "which object it is. `container.add_service(name, build, needs)` makes a chain of needs that "
    "is as long as you want.",
    worked="KeepsWhatIsBuilt",
)


override.alternative()(KeepsOverridesByName)


@override.alternative()
class BuildsAnewAtOnce(Container):
    """Builds what needs an overridden object at once, and not on the next use."""

    def _forget_dependents(self, name: str) -> None:
        dependents = [d for d, r in self._recipes.items() if name in r.needs and d in self._built]
        for dependent in dependents:
            del self._built[dependent]
            self._forget_dependents(dependent)
        for dependent in dependents:
            self.get(dependent)


@override.mutant(clause=1)
class KnowsNamesOnly(Container):
    """Takes a class by its name as it is written, which no other place does."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, getattr(key, "__name__", str(key)), replacement)
        self._overrides.append(override)
        self._forget_dependents(override.name)
        return override


@override.mutant(clause=1)
class PrefersWhatIsBuilt(Container):
    """Looks among what it has built before it looks at overrides."""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        if name in self._built:
            return self._built[name]
        for override in reversed(self._overrides):
            if override.name == name:
                return override.replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        recipe = self._recipes[name]
        self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@override.mutant(clause=2)
class KeepsWhatIsBuilt(Container):
    """Overrides an object, and leaves those alone that hold it already."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._overrides.append(override)
        return override


@override.mutant(clause=2)
class ForgetsTheNearestOnly(Container):
    """Builds anew what needs the object, and not what needs that."""

    def _forget_dependents(self, name: str) -> None:
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                self._built.pop(dependent, None)


@override.mutant(clause=3)
class StaysInWhatWasBuilt(Container):
    """Withdraws an override, and leaves the replacement in what was built with it."""

    def withdraw(self, override: "Override") -> None:
        if override in self._overrides:
            self._overrides.remove(override)


@override.mutant(clause=3)
class StaysAfterAnError(Override):
    """Ends with its block, but not when an exception ends that."""

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            self.withdraw()


@override.mutant(clause=4)
class TheFirstOneHolds(Container):
    """Takes the first override that it finds."""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        for override in self._overrides:
            if override.name == name:
                return override.replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@override.mutant(clause=4)
class WithdrawsTheLastOne(Container):
    """Withdraws the newest override, whichever it was asked for."""

    def withdraw(self, override: "Override") -> None:
        if override in self._overrides:
            self._overrides.pop()
            self._forget_dependents(override.name)


# ------------------------------------------------------------------ contract-suite

contract_suite = Exercise(
    id="contract-suite",
    lesson="08-mocks",
    title="One suite for the fake and the real thing",
    points=6,
    clock="real",
    subject=(InMemoryTaskRepository, SqlTaskRepository),
    contract=(
        "`add` stores a task: `get` answers with an equal one, in every field, and with None for "
        "an id that nobody added.",
        "`add` of an id that is taken raises `DuplicateTaskError`, and the task that was there "
        "stays as it was.",
        "`save` puts a task in the place of the one with its id, in every field; a `get` after it "
        "answers with what was saved, also when the task was read before.",
        "`save` of an id that nobody added raises `UnknownTaskError`.",
        "`count` answers how many tasks are stored.",
        "`next_id` never answers with the same id twice.",
        "What is stored is a copy: a later change to the object that was given, or that was "
        "answered, changes nothing stored.",
    ),
    hint="[Parametrized fixtures](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#parametrizing-fixtures): with `params` every test that asks for the fixture runs once for "
    "each of them; `request.param` says which.",
    worked="NoticesTooLate",
)


@contract_suite.alternative()
class KeepsAList(InMemoryTaskRepository):
    """Keeps its tasks in a list, and looks through it."""

    def __init__(self) -> None:
        self._list: list[Task] = []
        self._given: Iterator[int] = iter(range(1, 1_000_000))

    async def next_id(self) -> str:
        return f"{next(self._given):06}"

    async def add(self, task: Task) -> None:
        if await self.get(task.id) is not None:
            raise DuplicateTaskError(task.id)
        self._list.append(_copied(task))

    async def save(self, task: Task) -> None:
        if await self.get(task.id) is None:
            raise UnknownTaskError(task.id)
        self._list = [_copied(task) if one.id == task.id else one for one in self._list]

    async def get(self, task_id: str) -> Task | None:
        return next((_copied(task) for task in self._list if task.id == task_id), None)

    async def count(self) -> int:
        return len(self._list)


@contract_suite.mutant(clause=1)
class ForgetsNewColumns(SqlTaskRepository):
    """Reads a task without the columns that were added last."""

    async def get(self, task_id: str) -> Task | None:
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task_id)
        if row is None:
            return None
        return Task(
            id=row.id,
            title=row.title,
            description=row.description,
            specialist_type=row.specialist_type,
            status=TaskStatus(row.status),
            attempts=row.attempts,
            outputs=row.outputs,
            summary=row.summary,
            artifacts=tuple(row.artifacts),
        )


@contract_suite.mutant(clause=2)
class NoticesTooLate(InMemoryTaskRepository):
    """Raises for an id that is taken, after it has overwritten the task."""

    async def add(self, task: Task) -> None:
        taken = task.id in self._tasks
        self._tasks[task.id] = _copied(task)
        if taken:
            raise DuplicateTaskError(f"there is a task {task.id} already")


@contract_suite.mutant(clause=2)
class LetsTheDatabaseSpeak(SqlTaskRepository):
    """Lets the database's own error out, which no caller of the port knows."""

    async def add(self, task: Task) -> None:
        try:
            async with self._database.transaction() as session:
                session.add(TaskRow(id=task.id, **_task_values(task)))
        except IntegrityError:
            raise


@contract_suite.mutant(clause=3)
class AnswersFromACache(SqlTaskRepository):
    """Remembers what it has read, and does not notice that it was saved since."""

    def __init__(self, database: AsyncDatabaseManager) -> None:
        self._database = database
        self._seen: dict[str, Task] = {}

    async def get(self, task_id: str) -> Task | None:
        if task_id in self._seen:
            return copy.deepcopy(self._seen[task_id])
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task_id)
        if row is None:
            return None
        self._seen[task_id] = Task(
            id=row.id,
            title=row.title,
            description=row.description,
            specialist_type=row.specialist_type,
            status=TaskStatus(row.status),
            attempts=row.attempts,
            outputs=row.outputs,
            summary=row.summary,
            artifacts=tuple(row.artifacts),
            next_action=row.next_action,
        )
        return copy.deepcopy(self._seen[task_id])


@contract_suite.mutant(clause=3)
class SavesTheStatusOnly(SqlTaskRepository):
    """Saves the status, because that is what changes most of the time."""

    async def save(self, task: Task) -> None:
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            row.status = task.status.value


@contract_suite.mutant(clause=4)
class SavesNothing(SqlTaskRepository):
    """Returns from a `save` of an unknown task as if all were well."""

    async def save(self, task: Task) -> None:
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                return
            for name, value in _task_values(task).items():
                setattr(row, name, value)


@contract_suite.mutant(clause=5)
class CountsNumbers(SqlTaskRepository):
    """Counts the ids that were given out, stored or not."""

    async def count(self) -> int:
        async with self._database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(TaskNumberRow)) or 0


@contract_suite.mutant(clause=6)
class NumbersFromLength(InMemoryTaskRepository):
    """Makes the next id of the number of tasks, which two callers see alike."""

    async def next_id(self) -> str:
        return f"task-{len(self._tasks) + 1}"


@contract_suite.mutant(clause=7)
class KeepsWhatItIsGiven(InMemoryTaskRepository):
    """Stores the object itself: a caller who goes on with it changes what is stored."""

    async def add(self, task: Task) -> None:
        await asyncio.sleep(0)
        if task.id in self._tasks:
            raise DuplicateTaskError(f"there is a task {task.id} already")
        self._tasks[task.id] = task

    async def save(self, task: Task) -> None:
        await asyncio.sleep(0)
        if task.id not in self._tasks:
            raise UnknownTaskError(f"there is no task {task.id}")
        self._tasks[task.id] = task


@contract_suite.mutant(clause=7)
class GivesOutItsOwn(InMemoryTaskRepository):
    """Answers with the object that it stores, and everybody who asks holds the same one."""

    async def get(self, task_id: str) -> Task | None:
        await asyncio.sleep(0)
        return self._tasks.get(task_id)
