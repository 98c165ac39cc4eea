"""Runs: one variant under one schedule, with some tests, and how they are executed.

What is sent to the worker is text without a label, in a new disguise and in random order. What
comes back is only a list of what passed and what failed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from grader.engine.obfuscation.obfuscate import Disguise, Disguised
from grader.engine.records import Outcome, apart, read_answer, shorten, unfinished
from grader.engine.suite import Suite
from grader.exercise import Exercise, Variant
from grader.runner import patch
from grader.runner.loops import Schedule
from grader.runner.settings import DEADLINES
from grader.sandbox.worker import Worker
from grader.sources import SUITE, Target


@dataclass
class Run:
    """One variant under one schedule, with some tests; filled by an evaluation.

    `probe` is the source of a test of ours that is put below the learner's.
    """

    variant: Variant
    schedule: Schedule
    tests: tuple[str, ...]
    probe: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    collected: tuple[str, ...] = ()
    broken: str | None = None
    rejected: str | None = None

    def narrow(self, tests: tuple[str, ...]) -> None:
        """Go on with some of the tests, as if it had run no others."""
        self.tests = tests
        self.outcomes = {name: self.outcomes[name] for name in tests}

    @property
    def passed(self) -> bool:
        """Whether it came to its end, and all of its tests passed."""
        endings = {outcome.ending for outcome in self.outcomes.values()}
        return self.outcomes.keys() == {*self.tests} and endings == {"passed"}

    @property
    def killers(self) -> set[str]:
        """The tests that kill, if this is a mutant."""
        return {name for name, outcome in self.outcomes.items() if outcome.kills}


@dataclass(frozen=True)
class Defences:
    """What keeps a suite from telling variants apart otherwise than by what they do.

    All of it, always; only tests switch one layer off, to look at those behind it.
    """

    rules: bool = True
    """What stands in the suite's text."""
    guard: bool = True
    """What it does when it runs."""
    disguise: bool = True
    """What it could see in the code of a variant."""


ALL_DEFENCES = Defences()

Process = list[Run]
"""Runs of one variant with the same tests that share a process, one schedule after the other."""


class Executor:
    """Executes runs of one suite against one exercise."""

    def __init__(
        self,
        suite: Suite,
        exercise: Exercise,
        worker: Worker,
        random: Random,
        defences: Defences = ALL_DEFENCES,
    ) -> None:
        self._suite = suite
        self._exercise = exercise
        self._worker = worker
        self._random = random
        self._guarded = defences.guard
        self._disguise = _disguise(exercise) if defences.disguise else None

    def execute(self, processes: Iterable[Process]) -> None:
        """Fill the runs. A test that ends its process is noted, and the rest run without it.

        Where several runs share a process, only what passes counts: one might fail because of what
        another has left behind, and is run again by itself.
        """
        waiting = [(process, set(process[0].tests)) for process in processes]
        while waiting:
            self._random.shuffle(waiting)
            worn = [self._wear(process[0].variant) for process, _ in waiting]
            requests = [
                self._request(process, tests, disguised.sources)
                for (process, tests), disguised in zip(waiting, worn, strict=True)
            ]
            answers = self._worker.run(requests)
            again: list[tuple[Process, set[str]]] = []
            for (process, tests), disguised, answer in zip(waiting, worn, answers, strict=True):
                if len(process) > 1:
                    alone = self._read_shared(process, disguised, answer)
                    again += [([run], tests) for run in alone]
                elif rest := self._read(process[0], tests, disguised, answer):
                    again.append((process, rest))
            waiting = again

    def _read_shared(
        self, process: Process, disguised: Disguised, answer: dict[str, Any]
    ) -> list[Run]:
        """Fill the runs of a process, and return those that must be run by themselves."""
        parts = apart(answer, len(process))
        for run, part in zip(process, parts, strict=False):
            self._read(run, {*run.tests}, disguised, part)
        alone = [run for run in process if not run.passed]
        for run in alone:
            run.outcomes.clear()
        return alone

    def _read(
        self, run: Run, tests: set[str], disguised: Disguised, answer: dict[str, Any]
    ) -> set[str]:
        """Fill a run with what became of these tests, and return those that it never came to."""
        transcript = read_answer(
            answer,
            sorted(tests),
            self._deadline,
            setup_kills=self._exercise.setup_kills,
            words=self._words(run, disguised),
        )
        run.broken, run.rejected = transcript.broken, transcript.rejected
        run.collected = run.collected or transcript.collected
        run.outcomes.update(transcript.outcomes)
        rest = tests - set(transcript.outcomes)
        if transcript.broken is not None or transcript.rejected is not None:
            run.outcomes.update(dict.fromkeys(rest, Outcome("failed", transcript.broken)))
            return set()
        if transcript.outcomes:
            return rest
        # the process ends before any test can: all that is left is to blame
        run.outcomes.update(dict.fromkeys(rest, unfinished(answer, self._deadline)))
        return set()

    def _wear(self, variant: Variant) -> Disguised:
        if self._disguise is None:
            return Disguised(variant.sources, {})
        return self._disguise.put_on(variant, self._random)

    def _words(self, run: Run, disguised: Disguised) -> Callable[[str], str]:
        """Puts messages into the variant's own names, and leaves out lines that the cell lacks."""
        lines = self._suite.source.count("\n") + 1

        def own(message: str) -> str:
            found = _LINE.match(message)
            if found is None:
                return message
            case, line, what = found[1] or "", int(found[2]), found[3]
            if line > lines:  # a probe's, which nobody sees
                return what.removeprefix("AssertionError: ").partition(" (found ")[0]
            return f"{case}line {line}: {self._suite.with_source(line, what)}"

        return lambda message: shorten(own(disguised.translate(message)))

    @property
    def _deadline(self) -> float:
        return DEADLINES[self._exercise.clock]

    def _request(
        self, process: Process, tests: set[str], sources: Mapping[Target, str]
    ) -> dict[str, Any]:
        probe = process[0].probe
        below = [probe] if probe else _stand_ins(sources)  # a probe looks at the learner's own
        return {
            "suite": "\n\n\n".join([self._suite.source, *below]),
            "tests": sorted(tests),
            "patches": _patches(sources),
            "guarded": self._guarded,
            "schedules": [vars(run.schedule) for run in process],
            "clock": self._exercise.clock,
            "deadline": self._deadline,
            "limit": self._deadline * (len(tests) * len(process) + 1),
        }


_LINE = re.compile(r"(case \[.*?\], )?line (\d+): (.*)", re.DOTALL)


@cache
def _disguise(exercise: Exercise) -> Disguise:
    return Disguise(exercise.variants)


def _stand_ins(sources: Mapping[Target, str]) -> list[str]:
    """What stands in the place of the learner's own functions and classes, as text below them."""
    found: list[str] = []
    classes: dict[str, list[str]] = {}
    for target, source in sources.items():
        if target.module == SUITE and target.owner:
            classes.setdefault(target.owner, []).append(source)
        elif target.module == SUITE:
            found.append(source)
    return found + [
        f'__import__("{patch.__name__}", fromlist=[""]).stand_in('
        f"{name!r}, globals(), {chr(10).join(functions)!r})"
        for name, functions in classes.items()
    ]


def _patches(sources: Mapping[Target, str]) -> list[dict[str, str]]:
    """The sources for the application: one text for each class or module, these in one order."""
    owners: dict[tuple[str, str], list[str]] = {}
    for target, source in sources.items():
        if target.module != SUITE:
            owners.setdefault((target.module, target.owner), []).append(source)
    return [
        {"module": module, "owner": owner, "source": "\n\n".join(owners[module, owner])}
        for module, owner in sorted(owners)
    ]
