"""What `import vespera_scriptorium` gives, and what it costs."""

import subprocess
import sys
from pathlib import Path

import pytest

import vespera_scriptorium


def test_every_public_name_can_be_imported() -> None:
    """Each name of `__all__` is there, also those that are imported on their first use."""
    missing = [
        name for name in vespera_scriptorium.__all__ if not hasattr(vespera_scriptorium, name)
    ]
    assert missing == []


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that is not there is refused as by any module."""
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        vespera_scriptorium.Nothing  # noqa: B018 - to look is what is tested


def test_import_loads_nothing_heavy() -> None:
    """Neither the import nor a container in memory loads SQLAlchemy, httpx or pytest."""
    script = """
import asyncio, sys
from vespera_scriptorium import Container

async def main():
    container = Container()
    await container.initialize_async_services()
    await container.cleanup_async_services()

asyncio.run(main())
print([name for name in ("aiosqlite", "httpx", "pytest", "sqlalchemy") if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    assert (run.stdout, run.stderr) == ("[]\n", "")


def test_every_service_numbers_its_clauses() -> None:
    """The docstring of each service holds its contract, in clauses from 1 upwards."""
    services = [
        vespera_scriptorium.AsyncDatabaseManager,
        vespera_scriptorium.AsyncOperationService,
        vespera_scriptorium.AsyncResourceManager,
        vespera_scriptorium.AsyncService,
        vespera_scriptorium.AsyncTestBase,
        vespera_scriptorium.BackgroundService,
        vespera_scriptorium.Container,
        vespera_scriptorium.ExternalServiceUseCase,
        vespera_scriptorium.TaskExecutionWorkflow,
        vespera_scriptorium.TaskOrchestrator,
        vespera_scriptorium.TimeoutAwareService,
        vespera_scriptorium.TrackFileOperationsUseCase,
    ]
    for service in services:
        lines = [line.strip() for line in (service.__doc__ or "").splitlines()]
        numbers = [int(line.split(".")[0]) for line in lines if line[:1].isdigit()]
        assert numbers == list(range(1, len(numbers) + 1)), service
        assert len(numbers) >= 3, service


def test_application_never_names_the_grader() -> None:
    """No module of the application imports the grader, in any way."""
    folder = Path(vespera_scriptorium.__file__).parent
    assert [path for path in folder.rglob("*.py") if "grader" in path.read_text()] == []
