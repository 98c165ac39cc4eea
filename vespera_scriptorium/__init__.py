"""A task runner that tracks the files its tasks touch: the application that the lessons test.

Three layers, and imports go inwards only: `infrastructure` knows `application`, which knows
`domain`, which knows nothing. Start reading at `infrastructure.di.container`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vespera_scriptorium.application.async_operation_service import (
    AsyncOperationService,
    backoff_delays,
)
from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)
from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.ports import (
    ExternalService,
    FileOperationStore,
    FileOperationUnit,
    FileSystem,
    Journal,
    ResourceProvider,
    Specialist,
    StartsAndStops,
    TaskRepository,
)
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.application.task_orchestrator import (
    AsyncTaskOrchestrator,
    TaskOrchestrator,
)
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.application.usecases.process_data import ExternalServiceUseCase
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.errors import (
    AsyncServiceError,
    DeadlineExceededError,
    DuplicateOperationError,
    DuplicateTaskError,
    ExternalServiceError,
    IllegalTransitionError,
    UnknownOperationError,
    UnknownTaskError,
)
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    OperationResult,
    VerificationResult,
    VerificationSummary,
)
from vespera_scriptorium.domain.results import (
    CleanupStatus,
    ProcessingResult,
    Resource,
    ServiceResult,
    ServiceStatus,
    TimedResult,
)
from vespera_scriptorium.domain.task import (
    BatchOutcome,
    Task,
    TaskResult,
    TaskState,
    TaskStatus,
    WorkflowState,
)
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.di.container import Container, Override
from vespera_scriptorium.infrastructure.local_files import FileJournal, LocalFileSystem
from vespera_scriptorium.infrastructure.memory import (
    InMemoryExternalService,
    InMemoryFileOperationStore,
    InMemoryJournal,
    InMemoryResourceProvider,
    InMemoryTaskRepository,
    InstantSpecialist,
)

if TYPE_CHECKING:
    from vespera_scriptorium.infrastructure.http import HttpExternalService
    from vespera_scriptorium.infrastructure.legacy import (
        create_file_tracker_for_subtask,
        initialize_file_tracking,
    )
    from vespera_scriptorium.infrastructure.sql import SqlFileOperationStore, SqlTaskRepository
    from vespera_scriptorium.infrastructure.tables import Base
    from vespera_scriptorium.testing import AsyncTestBase

__all__ = [
    "AsyncDatabaseManager",
    "AsyncOperationService",
    "AsyncResourceManager",
    "AsyncService",
    "AsyncServiceError",
    "AsyncTaskOrchestrator",
    "AsyncTestBase",
    "BackgroundService",
    "Base",
    "BatchOutcome",
    "CleanupStatus",
    "Container",
    "DeadlineExceededError",
    "DuplicateOperationError",
    "DuplicateTaskError",
    "ExternalService",
    "ExternalServiceError",
    "ExternalServiceUseCase",
    "FileJournal",
    "FileOperation",
    "FileOperationStore",
    "FileOperationUnit",
    "FileSystem",
    "HttpExternalService",
    "IllegalTransitionError",
    "InMemoryExternalService",
    "InMemoryFileOperationStore",
    "InMemoryJournal",
    "InMemoryResourceProvider",
    "InMemoryTaskRepository",
    "InstantSpecialist",
    "Journal",
    "LocalFileSystem",
    "OperationKind",
    "OperationResult",
    "Override",
    "ProcessingResult",
    "Resource",
    "ResourceProvider",
    "ResourceSession",
    "ServiceResult",
    "ServiceStatus",
    "Specialist",
    "SqlFileOperationStore",
    "SqlTaskRepository",
    "StartsAndStops",
    "Task",
    "TaskExecutionWorkflow",
    "TaskOrchestrator",
    "TaskRepository",
    "TaskResult",
    "TaskState",
    "TaskStatus",
    "TimedResult",
    "TimeoutAwareService",
    "TrackFileOperationsUseCase",
    "UnknownOperationError",
    "UnknownTaskError",
    "VerificationResult",
    "VerificationSummary",
    "WorkflowState",
    "WorkflowStep",
    "backoff_delays",
    "create_file_tracker_for_subtask",
    "initialize_file_tracking",
]

# These need SQLAlchemy, httpx or pytest, which take long to import: they wait until they are used.
_LATER = {
    "AsyncTestBase": "testing",
    "Base": "infrastructure.tables",
    "HttpExternalService": "infrastructure.http",
    "SqlFileOperationStore": "infrastructure.sql",
    "SqlTaskRepository": "infrastructure.sql",
    "create_file_tracker_for_subtask": "infrastructure.legacy",
    "initialize_file_tracking": "infrastructure.legacy",
}


def __getattr__(name: str) -> Any:
    """Import a name on its first use."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
