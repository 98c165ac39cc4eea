"""A real kernel, as a notebook's front end drives it."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from helpers.course import suite_of

SOLUTION = suite_of("distinct-ids")
EXERCISE = f"%%ipytest --mutants distinct-ids\n{SOLUTION}"
WRONG = "async def test_a():\n    assert 1 == 2\n"
SCORE = 'grader.score("distinct-ids")'
PATIENCE = 120.0
"""Seconds after which a cell counts as stuck: far more than all need, on a busy machine, too."""


@dataclass
class Shown:
    """What a cell shows."""

    stdout: str = ""
    stderr: str = ""
    panels: list[dict[str, str]] = field(default_factory=list)
    result: str | None = None
    error: str | None = None

    @property
    def panel(self) -> str:
        """The text of the one panel."""
        (data,) = self.panels
        return data["text/plain"]


class Kernel:
    """A kernel of the running Python in a folder of its own, and a client of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manager = KernelManager()
        self._manager.start_kernel(cwd=str(folder))
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE)

    def close(self) -> None:
        """Ends the kernel and closes all that leads to it."""
        self._client.stop_channels()
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()
        self._manager.context.destroy()

    def start(self, code: str) -> str:
        """Begins a cell; the answer is for `finish`."""
        return str(self._client.execute(code))

    def finish(self, cell: str, patience: float = PATIENCE) -> Shown:
        """What the cell has shown when it has ended."""
        shown = Shown()
        end = time.monotonic() + patience
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=end - time.monotonic())
            except (Empty, ValueError):
                pytest.fail(f"the cell has not ended after {patience:g} s: {shown}")
            if message["parent_header"].get("msg_id") != cell:
                continue
            match message["msg_type"], message["content"]:
                case "stream", {"name": "stdout", "text": text}:
                    shown.stdout += text
                case "stream", {"text": text}:
                    shown.stderr += text
                case "display_data", {"data": data}:
                    shown.panels.append(data)
                case "execute_result", {"data": data}:
                    shown.result = data["text/plain"]
                case "error", {"ename": name}:
                    shown.error = name
                case "status", {"execution_state": "idle"}:
                    return shown

    def run(self, code: str, patience: float = PATIENCE) -> Shown:
        """Runs a cell to its end."""
        return self.finish(self.start(code), patience)

    def interrupt(self) -> None:
        """What Jupyter's button does: SIGINT for the kernel's process group."""
        self._manager.interrupt_kernel()

    def kill(self) -> None:
        """What the operating system does when memory runs out."""
        provisioner: Any = self._manager.provisioner
        provisioner.process.kill()
        provisioner.process.wait()

    def worker(self) -> psutil.Process:
        """The process that runs tests for this kernel."""
        pid = self.run(
            "from grader.learner.session import current; current().worker._process.pid"
        ).result
        return psutil.Process(int(pid or 0))

    def leftovers(self) -> list[str]:
        """The files that ipytest has forgotten in the folder."""
        return [path.name for path in self.folder.glob("t_*.py")]

    def healthy(self) -> bool:
        """True when a cell prints, which it does not inside a run that has not ended."""
        return self.run("print('x')").stdout == "x\n" and not self.leftovers()

    def broken(self) -> bool:
        """True when it does not even answer."""
        try:
            return not self.healthy()
        except pytest.fail.Exception:
            return True


def assert_usable(kernel: Kernel) -> None:
    """Output shows, nothing lies about, and an exercise is run and graded."""
    assert kernel.run("print('x')").stdout == "x\n"
    assert kernel.leftovers() == []
    shown = kernel.run(f"%%ipytest --mutants distinct-ids\n{WRONG}")
    assert "1 failed" in shown.stdout
    assert "line 3: `assert 1 == 2`" in shown.panel
