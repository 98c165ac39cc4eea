"""Executes requests in this interpreter, one after the other, where no process can be forked.

pytest is configured once, as in the warm process, and each run has a session of its own. The
application that runs is a copy for runs alone: what a notebook does to its own is not seen here,
and the reverse. What a run changes is put back before the next one.
"""

import contextlib
import contextvars
import gc
import importlib
import inspect
import json
import logging
import os
import pkgutil
import secrets
import shutil
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NoReturn
from weakref import WeakSet

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook
from _pytest.config import _prepareconfig
from _pytest.fixtures import FixtureFunctionDefinition

from grader.runner import guard, policy
from grader.runner.database import without_thread
from grader.runner.leak_detection import LeakDetector
from grader.runner.loops import CourseLoop, close_what_was_asked_for, let_go
from grader.runner.overdue import Exits, Over, Overdue, end_nothing
from grader.runner.patch import STAND_IN, SUITE_MODULE, Patch
from grader.runner.protocol import Answer, Finished, Request, Stuck
from grader.runner.restoring import Snapshot, in_utc, set_aside
from grader.runner.run import OPTIONS, Recorder, is_suite, rewritten
from grader.runner.server import MOST_OUTPUT, SUITE_FOLDER
from grader.runner.settings import quick_hypothesis
from grader.runner.stuck import Interrupted, why_stuck

LAST_WORDS = 1.0
"""Seconds for what still runs when a run is over: its teardown, and the end of its objects."""


class Inside:
    """Runs requests, for one thread at a time, in folders below `folder`.

    `packages` are copied for runs alone, and `modules` are what suites import besides.
    """

    def __init__(self, folder: Path, packages: Sequence[str], modules: Iterable[str]) -> None:
        self._folder = folder
        self._packages = packages
        self._copies: dict[str, ModuleType] = {}
        self._recorder = _Recorder()
        self._interrupted = False
        for module in modules:
            with contextlib.suppress(ImportError):  # what has no wheel here, no suite can ask for
                importlib.import_module(module)
        snapshot = Snapshot()
        try:
            self._copy_packages()
            os.chdir(folder)
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
            os.environ.pop("PYTEST_ADDOPTS", None)
            # a debugger is of no use here, and it would be taken from a pytest around this one
            options = [*OPTIONS, "-p", "no:debugging"]
            self._config: Any = _prepareconfig(options, [self._recorder])
            self._config.option.trace = self._config.option.usepdb = False  # unittest's tests ask
            self._config._do_configure()
            self._keep_plugins_with_fixtures()
            self._hooks = [
                one
                for one in sys.meta_path
                if isinstance(one, AssertionRewritingHook) and one.config is self._config
            ]
        finally:
            snapshot.put_back()

    def close(self) -> None:
        """Give back what pytest holds."""
        self._config._ensure_unconfigure()

    @contextlib.contextmanager
    def ready(self) -> Iterator[Callable[[Request], Answer]]:
        """A block in which all is as a fork of the warm process finds it, and requests are run.

        What it yields executes one request. Raises `KeyboardInterrupt` where a person interrupts.
        """
        with contextlib.ExitStack() as until:
            until.enter_context(self._with_copies())
            until.callback(Snapshot(self._packages).put_back)
            until.enter_context(set_aside())
            gc.freeze()  # what the notebook has left is not collected in silence
            until.callback(gc.unfreeze)
            until.enter_context(quick_hypothesis())
            until.callback(without_thread())
            sys.meta_path[:0] = self._hooks
            logging.root.handlers.clear()
            in_utc()
            end_nothing()
            _tell_interrupts_apart()
            policy.use(policy.without_loop())
            yield until.enter_context(self._silenced())

    @contextlib.contextmanager
    def _silenced(self) -> Iterator[Callable[[Request], Answer]]:
        """A block in which nothing that runs leave behind is printed or reported.

        Between two runs the notebook has its streams.
        """
        self._interrupted = False
        shown = sys.stdin, sys.stdout, sys.stderr
        with open(os.devnull, "r+", encoding="utf-8") as nowhere, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sys.stdin = sys.stdout = sys.stderr = nowhere
            sys.unraisablehook = self._note_an_interrupt
            before = Snapshot(self._packages)

            def execute(request: Request) -> Answer:
                sys.stdin = sys.stdout = sys.stderr = nowhere
                try:
                    return self._run(request, before)
                finally:
                    sys.stdin, sys.stdout, sys.stderr = shown

            sys.stdin, sys.stdout, sys.stderr = shown
            yield execute

    def _note_an_interrupt(self, args: Any) -> None:
        """A person may interrupt what nobody can be told of: the end of an object."""
        self._interrupted |= issubclass(args.exc_type, Interrupted)

    def _run(self, request: Request, before: Snapshot) -> Answer:
        gc.freeze()  # what lives by now is no garbage of this run
        policy.use(policy.fresh())
        folder = self._folder / secrets.token_hex(8)
        folder.mkdir()
        with contextlib.ExitStack() as until:  # though a person may interrupt one; the last first
            until.callback(shutil.rmtree, folder, ignore_errors=True)
            until.callback(CourseLoop.noted.clear)
            until.callback(self._in_time, LAST_WORDS, gc.collect)
            until.callback(self._recorder.forget)
            until.callback(self._forget_modules, folder, before)
            until.callback(self._forget_plugins, self._config.pluginmanager.get_plugins())
            until.callback(close_what_was_asked_for)
            until.callback(let_go, self._recorder.loops)
            until.callback(before.put_back)
            with warnings.catch_warnings(), _standard_streams():
                answer = contextvars.copy_context().run(self._run_in, folder, request)
        if self._interrupted:
            self._interrupted = False
            raise Interrupted
        return replace(answer, records=tuple(map(json.loads, self._recorder.lines)))

    def _forget_plugins(self, before: set[object]) -> None:
        """Let the plugins of a run go, but for libraries: their options are added for good."""
        manager = self._config.pluginmanager
        for plugin in manager.get_plugins() - before:
            if not isinstance(plugin, ModuleType) or _lies_in(plugin, self._folder):
                manager.unregister(plugin)
        history = manager.hook.pytest_plugin_registered._call_history
        history[:] = [call for call in history if call[0]["plugin"] in manager.get_plugins()]

    def _forget_modules(self, folder: Path, before: Snapshot) -> None:
        """Let the suite be imported anew, and what it has written."""
        for name in before.new_modules():
            if name == SUITE_MODULE or _lies_in(sys.modules[name], folder):
                del sys.modules[name]
        for path in list(sys.path_importer_cache):
            if path.startswith(str(self._folder)):
                del sys.path_importer_cache[path]

    def _run_in(self, folder: Path, request: Request) -> Answer:
        recorder, folder = self._recorder, folder / SUITE_FOLDER
        bytecode = rewritten(request.suite, self._config)
        overdue = Overdue(request.deadline, recorder.say_why, self._can_be_endless)
        recorder.prepare(overdue, request.later)
        status: int | None = 0
        with contextlib.ExitStack() as until:
            if request.guarded:
                until.enter_context(guard.watching(str(folder / f"{SUITE_MODULE}.py")))
            session = None
            try:
                overdue.enter()
                recorder.begin(request, self._config, folder, bytecode)
                session = pytest.Session.from_config(self._config)
                self._drive(session)
                recorder.write(Finished())
            except Exits as exits:
                status = exits.status
            except Over:
                status = None
            finally:
                try:
                    overdue.leave()
                finally:
                    self._tear_down(session, request)
        return Answer(
            id=request.id,
            records=(),
            hung=overdue.struck,
            status=None if overdue.struck else status,
            malformed=False,
            overflow=recorder.written > MOST_OUTPUT,
        )

    def _drive(self, session: pytest.Session) -> None:
        """A session from beginning to end, as pytest has it."""
        hook = self._config.hook
        try:
            hook.pytest_sessionstart(session=session)
            hook.pytest_collection(session=session)
            hook.pytest_runtestloop(session=session)
        except (Over, Interrupted):
            raise
        except BaseException:  # whatever the suite did to pytest ends here
            pass
        try:
            hook.pytest_sessionfinish(session=session, exitstatus=0)
        except (Over, Interrupted):
            raise
        except BaseException:  # a fixture that fails when a run that was given up is torn down
            pass

    def _tear_down(self, session: pytest.Session | None, request: Request) -> None:
        """What is left of the session goes, and of a run that was ended its fixtures, too."""
        manager = self._config.pluginmanager
        try:
            if session is not None:
                seconds = min(LAST_WORDS, request.deadline)
                self._in_time(seconds, lambda: session._setupstate.teardown_exact(None))
        finally:
            for name in ("session", "funcmanage"):
                if manager.has_plugin(name):
                    manager.unregister(name=name)

    def _in_time(self, seconds: float, function: Callable[[], object]) -> None:
        """Call what may call the suite, and end it when its time is up."""
        overdue = Overdue(seconds, _say_nothing, self._can_be_endless)
        try:
            overdue.enter()
            function()
        except Interrupted:
            raise
        except BaseException:  # whatever the suite raises now is nobody's
            pass
        finally:
            overdue.leave()

    def _keep_plugins_with_fixtures(self) -> None:
        """Let a session look into no other for fixtures: that takes longer than some runs."""
        history = self._config.pluginmanager.hook.pytest_plugin_registered._call_history
        history[:] = [call for call in history if _has_fixtures(call[0]["plugin"])]

    def _copy_packages(self) -> None:
        """Import the packages anew, all their modules, for runs alone."""
        with self._with_copies():
            for name in self._packages:
                package = importlib.import_module(name)
                for module in pkgutil.walk_packages(package.__path__, f"{name}."):
                    with contextlib.suppress(ImportError):  # needs what has no wheel here
                        importlib.import_module(module.name)
            self._copies = {name: sys.modules[name] for name in self._ours()}

    @contextlib.contextmanager
    def _with_copies(self) -> Iterator[None]:
        """A block in which the packages are those of the runs."""
        usual = {name: sys.modules.pop(name) for name in self._ours()}
        sys.modules.update(self._copies)
        try:
            yield
        finally:
            for name in self._ours():
                del sys.modules[name]
            sys.modules.update(usual)

    def _ours(self) -> list[str]:
        """The names of modules that are others in runs; a suite's may be a learner's, too."""
        known = (*self._packages, SUITE_MODULE)
        return [name for name in sys.modules if name.partition(".")[0] in known]

    def _can_be_endless(self, file: str) -> bool:
        """Whether code of this file is the suite's, the application's, or stands in for either."""
        return (
            is_suite(file)
            or file == STAND_IN
            or any(f"/{name}/" in file for name in self._packages)
        )


class _Recorder(Recorder):
    """Keeps the records, in place of sending them."""

    def __init__(self) -> None:
        super().__init__(-1)
        self.lines: list[bytes] = []
        """The records, as they are sent elsewhere: what collects garbage does not look at text."""
        self.written = 0
        self.loops: WeakSet[CourseLoop] = WeakSet()
        self._overdue: Overdue | None = None
        self._further: deque[tuple[Patch, ...]] = deque()
        self._has_said_why = False
        self._watch = LeakDetector(is_suite, of_this_thread=True)

    def prepare(self, overdue: Overdue, later: Iterable[tuple[Patch, ...]]) -> None:
        """The next run has these patches besides its first."""
        self.lines, self.written, self._overdue = [], 0, overdue
        self._further = deque(later)
        self._has_said_why = False

    def forget(self) -> None:
        """Let go of the run that is over, and of its tests."""
        self._watch.forget()
        self.loops.clear()
        self._numbers, self._overdue = {}, None

    def say_why(self, frame: FrameType | None, loop: Any, busy: bool) -> None:
        """Record why a test that is about to be ended is still at work: the last word on it."""
        with guard.unguarded():
            self.write(Stuck(why_stuck(frame, loop, is_suite, busy=busy)))
        self._has_said_why = True

    def _send(self, lines: bytes) -> None:
        if self._has_said_why:
            return  # a test may catch its end; a process would have been killed by now
        self.written += len(lines)
        self.lines += lines.splitlines()
        if self._overdue is not None:
            self._overdue.renew()

    def _ask_for_another(self) -> Iterable[Patch] | None:
        self.written = 0
        return self._further.popleft() if self._further else None

    def _close_in(self, guarded: Path | None) -> None:
        """Whoever goes on afterwards cannot limit itself for good."""

    def _set_alarm(self, seconds: float) -> None:
        """Another one watches."""

    def _freeze(self) -> None:
        """What runs have left would stay for good here."""

    def _loop(self) -> CourseLoop:
        loop = super()._loop()
        self.loops.add(loop)
        return loop


def _lies_in(module: object, folder: Path) -> bool:
    return str(getattr(module, "__file__", None)).startswith(str(folder))


def _has_fixtures(plugin: object) -> bool:
    """Whether pytest would find a fixture in it; no property is asked."""
    kind = plugin if isinstance(plugin, ModuleType | type) else type(plugin)
    members = (inspect.getattr_static(kind, name, None) for name in dir(kind))
    return any(isinstance(member, FixtureFunctionDefinition) for member in members)


def _say_nothing(frame: FrameType | None, loop: Any, busy: bool) -> None:
    """For what nobody asks about."""


@contextlib.contextmanager
def _standard_streams() -> Iterator[None]:
    """A block in which nothing is read and nothing is shown; a suite may close the streams."""
    with open(os.devnull, "r+", encoding="utf-8") as streams:
        sys.stdin = sys.stdout = sys.stderr = streams
        yield


def _tell_interrupts_apart() -> None:
    """Until it is put back, an interrupt from outside is not what a suite can raise."""

    def interrupt(*_: object) -> NoReturn:
        raise Interrupted

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, interrupt)
