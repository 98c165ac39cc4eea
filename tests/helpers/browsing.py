"""A real JupyterLab, and Debian's Chromium to look at it."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from helpers.course import ROOT

CHROMIUM = "/usr/bin/chromium"
"""Where Debian puts it."""
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PATIENCE = 60.0
"""Seconds after which something counts as never."""

EXERCISE = "%%ipytest --mutants distinct-ids\n"
TYPED = """

async def test_tasks_created_together_get_distinct_ids():
orchestrator = Container().get(TaskOrchestrator)
results = await orchestrator.create_many([{"title": f"Task {n}"} for n in range(5)])
assert [result.success for result in results] == [True] * 5
assert len({result.task_id for result in results}) == 5
"""
"""What a learner types into the exercise's cell; JupyterLab indents."""

SETTINGS: dict[str, dict[str, Any]] = {
    "apputils-extension/themes": {"theme": "JupyterLab Light"},
    # else a cell out of sight is not in the page
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@contextlib.contextmanager
def jupyterlab(
    course: Path,
    home: Path,
    *,
    instructor: bool = False,
    dark: bool = False,
    progress: Path | None = None,
) -> Iterator[tuple[str, str]]:
    """A JupyterLab in `course` that knows no settings but ours: its address, and its token.

    It is a learner's, as `make lab` starts it, or an instructor's. `progress` is the folder for
    what the learner has reached; without it, that of all tests.
    """
    theme = {"theme": "JupyterLab Dark"} if dark else SETTINGS["apputils-extension/themes"]
    for name, values in {**SETTINGS, "apputils-extension/themes": theme}.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex()
    variables = {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_PATH": "" if instructor else str(ROOT / "lab"),
    }
    if progress is not None:
        variables["GRADER_HOME"] = str(progress)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        *(["--allow-root"] if os.getuid() == 0 else []),
    ]
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    log = home / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=course,
            env={**os.environ, **variables, "PATH": search},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/api/status?token={token}", server, log)
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.terminate()  # it ends its kernels first
        server.wait(timeout=PATIENCE)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the server answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(address):
            return
        time.sleep(0.1)
    pytest.fail(f"JupyterLab does not answer:\n{log.read_text(errors='replace')}")


def accessibility(page: Page, within: str = "html") -> list[str]:
    """What axe-core has to say of a part of a page, a line for each finding."""
    script = resources.files("axe_playwright_python").joinpath("axe.min.js")
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async within => (await axe.run(within, {runOnly: ['wcag2a', 'wcag2aa', 'best-practice']}))"
        ".violations.map(one => `${one.id}: ${one.nodes.map(node => node.target)}`)",
        within,
    )
    return [str(one) for one in found]
