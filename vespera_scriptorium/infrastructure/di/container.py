"""The container: it knows which adapter stands behind which port, and builds the services.

Adapters that need SQLAlchemy or httpx are imported when they are built: most tests need neither,
and start faster without.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Self, TypeVar, overload

from vespera_scriptorium.application.async_operation_service import AsyncOperationService
from vespera_scriptorium.application.async_resource_manager import AsyncResourceManager
from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.application.background_service import BackgroundService
from vespera_scriptorium.application.ports import Journal, StartsAndStops
from vespera_scriptorium.application.task_execution_workflow import TaskExecutionWorkflow
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.application.usecases.process_data import ExternalServiceUseCase
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.errors import noted_on, raise_together
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager
from vespera_scriptorium.infrastructure.local_files import LocalFileSystem
from vespera_scriptorium.infrastructure.memory import (
    InMemoryExternalService,
    InMemoryFileOperationStore,
    InMemoryJournal,
    InMemoryResourceProvider,
    InMemoryTaskRepository,
    InstantSpecialist,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Recipe:
    """How something is built: from what it needs, in this order. `opens`: start it, stop it."""

    build: Callable[..., Any]
    needs: Sequence[str] = ()
    opens: bool = False


class Container:
    """Gives out services that are ready to use: `Container().get(TaskOrchestrator)`.

    Everything has a name: `TaskRepository` and `"task_repository"` are the same key. Without
    arguments, the adapters keep everything in memory; with a `database_url`, such as
    `sqlite+aiosqlite:///vespera.db`, tasks and file operations are kept there; with a
    `service_url`, the external service is spoken to over HTTP.

    The contract:

    1. `get` gives the same object each time, built on first use from what it needs. What is neither
       known nor overridden is a `KeyError` that names it.
    2. `override` puts an object in the place of another, named by its class or its name, until
       the override is withdrawn: at the end of its `with` block, or by `withdraw()`. The last one
       that is not withdrawn holds. What needs the object, directly or not, is built anew.
    3. `initialize_async_services` starts every service that opens something, each after those
       that it needs. To initialise twice starts nothing twice.
    4. When a start fails or is cancelled, what was started before is stopped, and the error or the
       cancellation comes out, also when a stop fails.
    5. `cleanup_async_services` stops what was started, in reverse order, to the end even if a stop
       fails; the errors come out as an `ExceptionGroup` once all the rest are stopped. Cancelled,
       it stops the rest all the same, and raises `CancelledError`. To clean up twice is harmless.
    6. `add_service` makes a further service known under a name; it is built from what it needs, and
       started and stopped like the rest. An override is not: it belongs to those who made it.
    """

    def __init__(self, database_url: str | None = None, service_url: str | None = None) -> None:
        self._recipes = _recipes(database_url, service_url)
        self._built: dict[str, Any] = {}
        self._overrides: list[Override] = []
        self._started: list[StartsAndStops] = []

    @overload
    def get(self, key: type[T]) -> T: ...
    @overload
    def get(self, key: str) -> Any: ...
    def get(self, key: str | type[Any]) -> Any:
        """The object behind a port, a service or a name."""
        name = _name(key)
        for override in reversed(self._overrides):
            if override.name == name:
                return override.replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        """Put `replacement` in the place of a port, a service or a name."""
        override = Override(self, _name(key), replacement)
        self._overrides.append(override)
        self._forget_dependents(override.name)
        return override

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override in self._overrides:
            self._overrides.remove(override)
            self._forget_dependents(override.name)

    def add_service(
        self, name: str, build: Callable[..., StartsAndStops], needs: Sequence[str] = ()
    ) -> None:
        """Make a service known that starts and stops: `build` gets what `needs` names."""
        self._recipes[name] = Recipe(build, tuple(needs), opens=True)

    async def initialize_async_services(self) -> None:
        """Start what opens something, in the order of who needs whom."""
        overridden = {override.name for override in self._overrides}
        try:
            for name in self._in_order_of_needs():
                if name in overridden or not self._recipes[name].opens:
                    continue
                service = self.get(name)
                if not any(service is started for started in self._started):
                    await service.start()
                    self._started.append(service)
        except BaseException as error:
            with noted_on(error, "cleaning up failed"):
                await self.cleanup_async_services()
            raise

    async def cleanup_async_services(self) -> None:
        """Stop what was started, the last one first."""
        database = self._built.get("async_database_manager")  # it opens itself when it is used
        if database is not None and database not in self._started:
            self._started.insert(0, database)
        errors: list[BaseException] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except BaseException as error:
                errors.append(error)
        raise_together("services that did not stop", errors)

    def _in_order_of_needs(self) -> list[str]:
        """Every name that has a recipe, after those that it needs."""
        graph = {name: recipe.needs for name, recipe in self._recipes.items()}
        return [name for name in TopologicalSorter(graph).static_order() if name in graph]

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                self._built.pop(dependent, None)
                self._forget_dependents(dependent)


class Override:
    """An override in force: `with container.override(…):`, or call `withdraw()`."""

    def __init__(self, container: Container, name: str, replacement: Any) -> None:
        self.name = name
        self.replacement = replacement
        self._container = container

    def withdraw(self) -> None:
        """End the override. To withdraw it twice is harmless."""
        self._container.withdraw(self)

    def __enter__(self) -> Self:
        """The override is in force since it was made."""
        return self

    def __exit__(self, *exception: object) -> None:
        """End the override."""
        self.withdraw()


def _recipes(database_url: str | None, service_url: str | None) -> dict[str, Recipe]:
    """What the container knows from the start."""
    recipes = {
        # Adapters
        "async_database_manager": Recipe(lambda: AsyncDatabaseManager(database_url), opens=True),
        "task_repository": Recipe(InMemoryTaskRepository),
        "file_operation_store": Recipe(InMemoryFileOperationStore),
        "file_system": Recipe(LocalFileSystem),
        "specialist": Recipe(InstantSpecialist),
        "external_service": Recipe(InMemoryExternalService),
        "resource_provider": Recipe(InMemoryResourceProvider),
        "journal": Recipe(InMemoryJournal),
        # Services
        "task_orchestrator": Recipe(TaskOrchestrator, ["task_repository", "specialist"]),
        "task_execution_workflow": Recipe(TaskExecutionWorkflow, ["task_repository", "specialist"]),
        "track_file_operations_use_case": Recipe(
            TrackFileOperationsUseCase, ["file_operation_store", "file_system"]
        ),
        "external_service_use_case": Recipe(ExternalServiceUseCase, ["external_service"]),
        "async_resource_manager": Recipe(AsyncResourceManager, ["resource_provider"]),
        "async_service": Recipe(AsyncService),
        "timeout_aware_service": Recipe(TimeoutAwareService),
        "async_operation_service": Recipe(AsyncOperationService),
        "background_service": Recipe(
            _background_verification, ["track_file_operations_use_case", "journal"]
        ),
    }
    if database_url is not None:
        recipes["task_repository"] = Recipe(_sql_task_repository, ["async_database_manager"])
        recipes["file_operation_store"] = Recipe(
            _sql_file_operation_store, ["async_database_manager"]
        )
    if service_url is not None:
        recipes["external_service"] = Recipe(lambda: _http_service(service_url), opens=True)
    return recipes


def _sql_task_repository(database: AsyncDatabaseManager) -> Any:
    from vespera_scriptorium.infrastructure.sql import SqlTaskRepository

    return SqlTaskRepository(database)


def _sql_file_operation_store(database: AsyncDatabaseManager) -> Any:
    from vespera_scriptorium.infrastructure.sql import SqlFileOperationStore

    return SqlFileOperationStore(database)


def _http_service(url: str) -> Any:
    from vespera_scriptorium.infrastructure.http import HttpExternalService

    return HttpExternalService(url)


def _background_verification(
    tracking: TrackFileOperationsUseCase, journal: Journal
) -> BackgroundService:
    """A background service that verifies all tracked operations, once a minute."""

    async def verify() -> str:
        summary = await tracking.verify_all_operations()
        return f"{summary.verified} of {summary.total} operations verified"

    return BackgroundService(verify, journal)


def _name(key: str | type[Any]) -> str:
    """`TaskRepository` and `"task_repository"` are the same key."""
    if isinstance(key, str):
        return key
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in key.__name__).lstrip("_")
