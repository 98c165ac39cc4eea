"""Chooses what executes runs: processes where they can be forked, else this interpreter."""

import os
import sys

from grader.runner.isolation import Wall
from grader.sandbox.interface import Worker
from grader.sandbox.interpreter import Interpreter
from grader.sandbox.launch import Choice, choose
from grader.sandbox.worker import Worker as Processes


def new_worker(children: int | None = None, sandbox: Choice | Wall = "off") -> Worker:
    """A worker for this machine, with as many children as it has cores where none are named.

    Raises `NoWalls` where `sandbox` is "on", or names a wall, and none works.
    """
    if hasattr(os, "fork") and sys.platform != "emscripten":  # where it only fails
        return Processes(children, sandbox)
    choose(sandbox)
    return Interpreter()
