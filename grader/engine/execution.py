"""Executes planned runs, and returns how each of them ended.

What is sent to the worker is text without a label, obfuscated anew and in random order. What comes
back is only a list of what passed and what failed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from grader.engine.obfuscation.obfuscate import Obfuscated, Obfuscation
from grader.engine.planner import Process, Run, RunResult
from grader.engine.records import Outcome, apart, read_answer, shorten, unfinished
from grader.engine.suite import Suite
from grader.exercise import Exercise, Variant
from grader.runner import patch
from grader.runner.patch import Patch
from grader.runner.protocol import Answer, Request
from grader.runner.settings import DEADLINES
from grader.sandbox.worker import Worker
from grader.sources import SUITE, Target


@dataclass(frozen=True)
class Defences:
    """The defences against a suite that tells variants apart by anything but their behaviour.

    All of it, always; only tests switch one layer off, to look at those behind it.
    """

    rules: bool = True
    """Static rules on the suite's text."""
    guard: bool = True
    """The guard on what the suite does when it runs."""
    obfuscation: bool = True
    """Obfuscation of the variants' code."""


ALL_DEFENCES = Defences()


@dataclass
class _Job:
    """A run on its way: what is known of it so far."""

    result: RunResult

    @property
    def run(self) -> Run:
        return self.result.run

    @property
    def passed(self) -> bool:
        """True if it came to its end, and all of its tests passed."""
        outcomes = self.result.outcomes
        endings = {outcome.ending for outcome in outcomes.values()}
        return outcomes.keys() == {*self.run.tests} and endings == {"passed"}


Waiting = tuple[list[_Job], set[str]]
"""Runs that are to share a process, and the tests that it is to run."""


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
        self._obfuscation = _obfuscation(exercise) if defences.obfuscation else None

    def execute(self, plan: Iterable[Process]) -> list[list[RunResult]]:
        """The results of a plan, in its order.

        A test that ends its process is noted, and the rest run without it. Where several runs share
        a process, only what passes counts: one might fail because of what another has left behind,
        and is run again by itself.
        """
        jobs = [[_Job(RunResult(run)) for run in process] for process in plan]
        waiting: list[Waiting] = [(process, {*process[0].run.tests}) for process in jobs]
        while waiting:
            self._random.shuffle(waiting)
            obfuscated = [self._obfuscate(process[0].run.variant) for process, _ in waiting]
            requests = [
                self._request([job.run for job in process], tests, one.sources)
                for (process, tests), one in zip(waiting, obfuscated, strict=True)
            ]
            answers = self._worker.run(requests)
            again: list[Waiting] = []
            for (process, tests), one, answer in zip(waiting, obfuscated, answers, strict=True):
                if len(process) > 1:
                    again += self._read_shared(process, one, answer)
                elif rest := self._read(process[0], tests, one, answer):
                    again.append((process, rest))
            waiting = again
        return [[job.result for job in process] for process in jobs]

    def _read_shared(
        self, process: list[_Job], obfuscated: Obfuscated, answer: Answer
    ) -> list[Waiting]:
        """Note what passed in a process, and return what must be run in one of its own."""
        parts = apart(answer, len(process))
        for job, part in zip(process, parts, strict=False):
            self._read(job, {*job.run.tests}, obfuscated, part)
        alone = [job for job in process if not job.passed]
        for job in alone:
            job.result = replace(job.result, outcomes={})
        return [([job], {*job.run.tests}) for job in alone]

    def _read(self, job: _Job, tests: set[str], obfuscated: Obfuscated, answer: Answer) -> set[str]:
        """Note what became of these tests, and return those that the process never came to."""
        transcript = read_answer(
            answer,
            sorted(tests),
            self._deadline,
            setup_kills=self._exercise.setup_kills,
            words=self._words(obfuscated),
        )
        outcomes = dict(transcript.outcomes)
        rest = tests - outcomes.keys()
        if transcript.broken is not None or transcript.rejected is not None:
            outcomes |= dict.fromkeys(rest, Outcome("failed", transcript.broken))
            rest = set()
        elif not outcomes:  # the process ends before any test can: all that is left is to blame
            outcomes = dict.fromkeys(rest, unfinished(answer, self._deadline))
            rest = set()
        job.result = RunResult(
            job.run,
            job.result.outcomes | outcomes,
            job.result.collected or transcript.collected,
            transcript.broken,
            transcript.rejected,
        )
        return rest

    def _obfuscate(self, variant: Variant) -> Obfuscated:
        if self._obfuscation is None:
            return Obfuscated(variant.sources, {})
        return self._obfuscation.obfuscate(variant, self._random)

    def _words(self, obfuscated: Obfuscated) -> Callable[[str], str]:
        """The function that translates messages back, and drops lines that the cell lacks."""
        lines = self._suite.source.count("\n") + 1

        def own(message: str) -> str:
            found = _LINE.match(message)
            if found is None:
                return message
            case, line, what = found[1] or "", int(found[2]), found[3]
            if line > lines:  # a probe's, which nobody sees
                return what.removeprefix("AssertionError: ").partition(" (found ")[0]
            return f"{case}line {line}: {self._suite.with_source(line, what)}"

        return lambda message: shorten(own(obfuscated.translate(message)))

    @property
    def _deadline(self) -> float:
        return DEADLINES[self._exercise.clock]

    def _request(
        self, process: Sequence[Run], tests: set[str], sources: Mapping[Target, str]
    ) -> Request:
        probe = process[0].probe
        below = [probe] if probe else _stand_ins(sources)  # a probe looks at the learner's own
        return Request(
            suite="\n\n\n".join([self._suite.source, *below]),
            tests=tuple(sorted(tests)),
            patches=_patches(sources),
            guarded=self._guarded,
            schedules=tuple(run.schedule for run in process),
            clock=self._exercise.clock,
            deadline=self._deadline,
            limit=self._deadline * (len(tests) * len(process) + 1),
        )


_LINE = re.compile(r"(case \[.*?\], )?line (\d+): (.*)", re.DOTALL)


@cache
def _obfuscation(exercise: Exercise) -> Obfuscation:
    return Obfuscation(exercise.variants)


def _stand_ins(sources: Mapping[Target, str]) -> list[str]:
    """The variant's sources for the learner's own functions and classes, as text below them."""
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


def _patches(sources: Mapping[Target, str]) -> tuple[Patch, ...]:
    """The patches for the application: one for each class or module, in a fixed order."""
    owners: dict[tuple[str, str], list[str]] = {}
    for target, source in sources.items():
        if target.module != SUITE:
            owners.setdefault((target.module, target.owner), []).append(source)
    return tuple(
        Patch(module, owner, "\n\n".join(owners[module, owner])) for module, owner in sorted(owners)
    )
