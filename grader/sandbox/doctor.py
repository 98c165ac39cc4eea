"""The findings of `grader doctor`: whether this machine can grade, and what to do if not."""

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from grader.sandbox.launch import WALLS, trial


@dataclass(frozen=True)
class Finding:
    """One thing that was tried: what came of it, and what to do, as sentences."""

    what: str
    works: bool
    found: str
    advice: str | None = None


def findings() -> Iterator[Finding]:
    """Everything that grading needs, each tried for real."""
    version = platform.python_version()
    supported = sys.version_info >= (3, 11)
    yield Finding("Python", supported, version, None if supported else "Install 3.11 or newer.")
    for kind in WALLS:
        problem = trial(kind)
        if problem is None:
            yield Finding(kind, True, "built, and nothing got through it")
        else:
            yield Finding(kind, False, problem, _advice(kind))


def verdict() -> str:
    """The wall that grading will use, in one sentence."""
    for kind in WALLS:
        if trial(kind) is None:
            marks = "" if kind == "bubblewrap" else "; bubblewrap would be the better one"
            return f"Grading uses {kind}{marks}."
    return "Grading refuses to run here, unless `--sandbox off` gives learners' code your rights."


def _advice(kind: str) -> str:
    if not sys.platform.startswith("linux"):
        return "Grade on Linux, or in a virtual machine that runs it."
    if kind == "landlock":
        return "Take a kernel from 5.13 on with `landlock` in its list of security modules."
    if shutil.which("bwrap") is None:
        return "Install it: `apt-get install bubblewrap`, or your system's own command."
    return (
        "Let users make namespaces: `sysctl user.max_user_namespaces` must not be 0; on Ubuntu "
        "`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; in a container it is "
        "the container's owner who may allow it."
    )
