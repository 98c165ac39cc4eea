"""The exercise `whole-application`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_operation_service import AsyncOperationService
from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)
from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.task_execution_workflow import TaskExecutionWorkflow
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.application.usecases.process_data import ExternalServiceUseCase
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.task import TaskState
from vespera_scriptorium.infrastructure.di.container import Container
from vespera_scriptorium.infrastructure.memory import (
    InMemoryFileOperationUnit,
    InMemoryTaskRepository,
)

whole_application = Exercise(
    id="whole-application",
    lesson=lesson_of(__name__),
    title="The whole application",
    points=8,
    subject=(
        TrackFileOperationsUseCase,
        InMemoryFileOperationUnit,
        TaskExecutionWorkflow,
        AsyncResourceManager,
        ResourceSession,
        TaskOrchestrator,
        TaskState,
        InMemoryTaskRepository,
        AsyncService,
        TimeoutAwareService,
        Container,
        ExternalServiceUseCase,
        AsyncOperationService,
        BackgroundService,
    ),
    contract=(
        "`TrackFileOperationsUseCase`: an operation that `track_file_creation` has tracked with "
        "success is counted in the `total` of `verify_all_operations`. A second creation of the "
        "same path is a result with `success` False.",
        "`TaskExecutionWorkflow`: when a step of `execute_task` fails, the steps that are done are "
        "compensated in reverse order. `complete_task` for a task that was created and never "
        "executed is a result with `success` False.",
        "`AsyncResourceManager`: when the block of `create_session` ends, `verify_cleanup` says "
        "`cleaned_up` True for every resource that was created in it. That holds for a block that "
        "ends normally, by an exception or by a cancellation.",
        "`TaskOrchestrator`, several at once: each task that `create_many` creates gets an id that "
        "no other task has. `execute_many` answers in the order of its input, whichever task ends "
        "first, and never has more than `limit` tasks at work with the `Specialist`.",
        "`TaskOrchestrator`, one task: `get_task_status` says `completed` False for a task whose "
        "execution has failed.",
        "`AsyncService`: an `OSError` of the work comes out of `run` as an `AsyncServiceError`, "
        "and is its `__cause__`. After it, `recover_from_error` makes `run` work again.",
        "`TimeoutAwareService`: when work misses the `timeout` of `run`, a `TimeoutError` comes "
        "out, and by then the work has been cancelled.",
        "`ExternalServiceUseCase`: `process_many` awaits the `upload_file` of the "
        "`ExternalService` once when every answer of `call_api` has the `status` "
        '`"success"`, and never when at least one has another.',
        "`AsyncOperationService`: the `duration` of `execute_operation` is 0.05 s for `quick`, "
        "0.1 s for `medium` and 0.2 s for `slow` exactly, when each runs alone.",
        "`BackgroundService`: once `stop` has returned, after one round at least, the `close` of "
        "its `Journal` has been awaited.",
        "`Container`, at its end: `cleanup_async_services` stops every service that was added with "
        "`add_service` and started by `initialize_async_services`; a service is stopped before "
        "those that it needs. When one stop fails, the others are stopped all the same; "
        "`cleanup_async_services` may then raise any exception, or none.",
        "`Container`, overrides: after `withdraw()` of an override, `get` gives a use case that "
        "uses the original again.",
    ),
    promises={
        1: {
            "tracked": "A tracked creation is stored.",
            "duplicate": "A second creation of a path is refused.",
        },
        2: {
            "compensated": "Steps are compensated in reverse order.",
            "legal": "A task that was never executed cannot be completed.",
        },
        3: {
            "every": "Every resource of a session is closed.",
            "failed": "Resources are closed when the block ends by an exception.",
            "cancelled": "Resources are closed when the block is cancelled.",
        },
        4: {
            "ids": "Tasks that are created together get ids of their own.",
            "order": "Results stand in the order of the input.",
            "limit": "No more than `limit` tasks are at work.",
        },
        5: {"completed": "A task that has failed is not completed."},
        6: {
            "cause": "The error that caused an `AsyncServiceError` is kept.",
            "recovers": "The service works after its recovery.",
        },
        7: {"work-cancelled": "Work that misses its deadline is cancelled."},
        8: {
            "awaited": "The upload is awaited.",
            "no-upload": "Nothing is uploaded when an answer is no success.",
        },
        9: {"durations": "Each type of operation takes its own time."},
        10: {"journal": "The journal is closed by the time `stop` returns."},
        11: {
            "reverse": "A service stops before those that it needs.",
            "to-the-end": "A stop that fails keeps no other service from being stopped.",
        },
        12: {
            "withdrawn": "A use case is built anew when an override is withdrawn.",
        },
    },
    kinds="of every pattern of the course at least one: too little, too much, in the wrong "
    "order, only when alone, an error that is lost, a cancellation that is swallowed, not "
    "awaited, only some types, what outlives an override",
    hint="Write one test for each promise, and begin with the lesson that it comes from. "
    "[asyncio.Event](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event) holds a "
    "worker where you want it; a mock that is put in by `override` notes what is asked of it.",
    worked="CompletesTheFailed",
)
