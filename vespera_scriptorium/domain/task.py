"""A task, the states it goes through, and what an operation on it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class TaskStatus(StrEnum):
    """Where a task stands. A member equals its own text: `TaskStatus.FAILED == "failed"`."""

    CREATED = "created"
    RUNNING = "running"
    EXECUTED = "executed"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work. Frozen: a change of state is a new `Task`, saved in the place of the old.

    A workflow keeps its progress here, too: how often the task was started (`attempts`), what its
    finished steps answered (`outputs`, by the name of the step), and what it was completed with.
    """

    id: str
    title: str
    description: str = ""
    specialist_type: str = "generic"
    status: TaskStatus = TaskStatus.CREATED
    attempts: int = 0
    outputs: Mapping[str, str] = field(default_factory=dict, hash=False)
    summary: str = ""
    artifacts: tuple[str, ...] = ()
    next_action: str = ""


@dataclass(frozen=True, slots=True)
class TaskState:
    """What `get_task_status` answers. `status` is None for a task that nobody stored."""

    task_id: str
    title: str | None
    status: TaskStatus | None

    @property
    def completed(self) -> bool:
        """True once the task ran to its end."""
        return self.status is TaskStatus.COMPLETED


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """What a workflow's `get_task_status` answers. Both are None for a task that nobody stored."""

    task_id: str
    status: TaskStatus | None
    task: Task | None

    @property
    def completed(self) -> bool:
        """True once the task was completed."""
        return self.status is TaskStatus.COMPLETED


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What became of one operation: `error` says why when `success` is False."""

    success: bool
    task_id: str | None = None
    output: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of each task of a batch; every task id stands in exactly one of the three."""

    succeeded: dict[str, str] = field(default_factory=dict)
    failed: dict[str, Exception] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
