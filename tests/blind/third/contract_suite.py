"""Own variants of contract-suite, written from the contract and the application alone."""

from grader.bank import contract_suite
from vespera_scriptorium.infrastructure.memory import *  # noqa: F403
from vespera_scriptorium.infrastructure.sql import *  # noqa: F403


@contract_suite.mutant(clause=1)
class SqlForgetsTheNextAction(SqlTaskRepository):
    """The SQL repository does not answer with the next action."""

    async def get(self, task_id: str) -> Task | None:
        """The task with this id, or None."""
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
class MemoryLooksTooEarly(InMemoryTaskRepository):
    """The one in memory looks for the id before it waits: two at once both succeed."""

    async def add(self, task: Task) -> None:
        """Store a new task. Raises `DuplicateTaskError` when its id is taken."""
        if task.id in self._tasks:
            raise DuplicateTaskError(f"there is a task {task.id} already")
        await asyncio.sleep(0)
        self._tasks[task.id] = _copied(task)


@contract_suite.mutant(clause=3)
class SqlKeepsWhatIsEmptied(SqlTaskRepository):
    """The SQL repository saves only what is not empty."""

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        async with self._database.transaction() as session:
            row = await session.get(TaskRow, task.id)
            if row is None:
                raise UnknownTaskError(f"there is no task {task.id}")
            for name, value in _task_values(task).items():
                if value:
                    setattr(row, name, value)


@contract_suite.mutant(clause=4)
class MemorySavesAnything(InMemoryTaskRepository):
    """The one in memory stores a task that nobody added."""

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        await asyncio.sleep(0)
        if task.id not in self._tasks:
            self._tasks[task.id] = _copied(task)
            raise UnknownTaskError(f"there is no task {task.id}")
        self._tasks[task.id] = _copied(task)


@contract_suite.mutant(clause=6)
class MemoryCountsOn(InMemoryTaskRepository):
    """The one in memory does not look whether a task has the next id."""

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        await asyncio.sleep(0)
        return f"task-{next(self._numbers)}"


@contract_suite.mutant(clause=7)
class MemoryKeepsWhatWasSaved(InMemoryTaskRepository):
    """The one in memory keeps the outputs of a saved task themselves."""

    async def save(self, task: Task) -> None:
        """Store a task in the place of the one with its id. Raises `UnknownTaskError`."""
        await asyncio.sleep(0)
        if task.id not in self._tasks:
            raise UnknownTaskError(f"there is no task {task.id}")
        self._tasks[task.id] = task


@contract_suite.alternative()
class MemoryWithLongIds(InMemoryTaskRepository):
    """Gives ids that nobody can guess."""

    async def next_id(self) -> str:
        """Reserve an id that nobody had before and nobody gets again."""
        import uuid

        await asyncio.sleep(0)
        return uuid.uuid4().hex


@contract_suite.alternative()
class SqlLooksFirst(SqlTaskRepository):
    """Looks for the id before it adds, and trusts the database all the same."""

    async def add(self, task: Task) -> None:
        """Store a new task. Raises `DuplicateTaskError` when its id is taken."""
        try:
            async with self._database.transaction() as session:
                if await session.get(TaskRow, task.id) is not None:
                    raise DuplicateTaskError(f"{task.id} is taken")
                session.add(TaskRow(id=task.id, **_task_values(task)))
        except IntegrityError:
            raise DuplicateTaskError(f"there is a task {task.id} already") from None


@contract_suite.alternative()
class MemoryAnswersDeepCopies(InMemoryTaskRepository):
    """Copies a task as a whole."""

    async def get(self, task_id: str) -> Task | None:
        """The task with this id, or None."""
        await asyncio.sleep(0)
        return copy.deepcopy(self._tasks.get(task_id))
