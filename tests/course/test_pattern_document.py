"""The listings of the pattern document run, unchanged, against the application."""

import os
import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = (Path(__file__).parents[1] / "data" / "pattern-document.md").read_text(encoding="utf-8")

# What the listings use and do not import themselves.
IMPORTS = """\
import asyncio
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from vespera_scriptorium import *
"""

# The legacy listing tells its verdict by its answer, which pytest does not look at; the base class
# needs a test to be the base of.
USES = {
    "Original Implementation (test_file_tracking.py)": """
async def test_legacy_listing_answers_true():
    assert await test_file_tracking_system() is True
""",
    "Async Test Base Class": """
class TestBase(AsyncTestBase):
    async def test_created_task_completes(self):
        created = await self.create_test_task(title="Mine")
        orchestrator = self.container.get(AsyncTaskOrchestrator)
        executing = asyncio.create_task(orchestrator.execute_task(created.task_id))
        status = await self.wait_for_completion(created.task_id, timeout=5.0)
        assert (await executing).success
        assert (status.title, status.status) == ("Mine", "completed")

    async def test_task_that_never_completes_is_a_timeout(self):
        created = await self.create_test_task()
        with pytest.raises(TimeoutError, match="did not complete within 0.2s"):
            await self.wait_for_completion(created.task_id, timeout=0.2)
""",
}

# Heading by heading: how many tests the listing and its use are.
TESTS = {
    "Original Implementation (test_file_tracking.py)": 2,
    "Pattern 1: Use Case Async Testing": 1,
    "Pattern 2: Async Workflow Testing": 1,
    "Pattern 3: Async Resource Management": 1,
    "Pattern 1: Concurrent Operation Testing": 1,
    "Pattern 2: Async Error Handling": 1,
    "Pattern 3: Async Timeout Testing": 1,
    "Async Test Fixtures": 0,
    "Async Mock Patterns": 1,
    "Async Parametrized Tests": 3,
    "Async Test Base Class": 2,
}


def listings() -> dict[str, str]:
    """Every listing, by the heading that it stands under."""
    pattern = r"^#+ ([^\n]+)\n(?:[^\n#][^\n]*\n|\n)*?```python\n(.*?)^```$"
    return dict(re.findall(pattern, DOCUMENT, re.MULTILINE | re.DOTALL))


def test_every_listing_is_run_or_an_illustration() -> None:
    """Of the 15 listings 11 are run; the 4 others only show what to do and what not to do."""
    found = listings()
    assert len(found) == DOCUMENT.count("```python") == 15
    illustrations = found.keys() - TESTS.keys()
    assert len(TESTS) == 11
    assert len(illustrations) == 4
    assert all("# DON'T" in found[heading] for heading in illustrations)


def test_listings_run_unchanged(tmp_path: Path) -> None:
    """Each listing passes in a file of its own, behind the imports and the fixtures it needs."""
    found = listings()
    for number, heading in enumerate(TESTS):
        parts = [IMPORTS, found["Async Test Fixtures"], found[heading], USES.get(heading, "")]
        (tmp_path / f"test_listing_{number}.py").write_text("\n\n".join(parts), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "."]
    environment = {
        **os.environ,
        "PYTEST_ADDOPTS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "pytest_asyncio.plugin",
    }
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    passed = re.findall(r"^PASSED test_listing_(\d+)\.py", run.stdout, re.MULTILINE)
    counts = {heading: passed.count(str(number)) for number, heading in enumerate(TESTS)}
    assert counts == TESTS, run.stdout
    assert run.returncode == 0, run.stdout
