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
from grader.engine.planner import Process, Run, RunResult, is_screening
from grader.engine.records import Outcome, apart, completed, read_answer, shorten, unfinished
from grader.engine.suite import Suite
from grader.exercise import Exercise, Variant
from grader.runner import patch
from grader.runner.patch import Patch
from grader.runner.protocol import Answer, Request
from grader.runner.settings import DEADLINES, MOST_TESTS
from grader.sandbox.interface import Worker
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

FEWEST = 10
"""Tests for whose deadlines a run has time in any case: one may have many cases."""


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

        A test that ends its process is noted, and the rest run without it. Where several runs of
        one variant share a process, only what passes counts: one might fail because of what another
        has left behind, and is run again by itself. Where a process meets several variants, the
        first has it to itself; a later one has no outcomes unless all its tests came to an end.
        """
        jobs = [[_Job(RunResult(run)) for run in process] for process in plan]
        waiting: list[Waiting] = [(process, {*process[0].run.tests}) for process in jobs]
        while waiting:
            self._random.shuffle(waiting)
            obfuscated = [self._obfuscate_all(process) for process, _ in waiting]
            requests = [
                self._request([job.run for job in process], tests, [one.sources for one in all_of])
                for (process, tests), all_of in zip(waiting, obfuscated, strict=True)
            ]
            answers = self._worker.run(requests)
            again: list[Waiting] = []
            for (process, tests), all_of, answer in zip(waiting, obfuscated, answers, strict=True):
                if len(all_of) > 1:
                    again += self._read_several(process, all_of, answer)
                elif len(process) > 1:
                    again += self._read_shared(process, all_of[0], answer)
                elif rest := self._read(process[0], tests, all_of[0], answer):
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

    def _read_several(
        self, process: list[_Job], obfuscated: list[Obfuscated], answer: Answer
    ) -> list[Waiting]:
        """Note what a process with several variants has come to, and what its first lacks."""
        first, *others = process
        tests = {*first.run.tests}
        parts = completed(answer, len(process))
        if not parts:
            return [([first], tests)]
        rest = self._read(first, tests, obfuscated[0], parts[0])
        plain = {name: outcome.ending for name, outcome in first.result.outcomes.items()}
        for job, one, part in zip(others, obfuscated[1:], parts[1:], strict=False):
            self._read(job, tests, one, part)
            outcomes = job.result.outcomes
            if outcomes.keys() != plain.keys() or any(
                outcome.ending not in ("passed", "failed", plain[name])
                for name, outcome in outcomes.items()
            ):
                job.result = RunResult(job.run)
        return [([first], rest)] if rest else []

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

    def _obfuscate_all(self, process: list[_Job]) -> list[Obfuscated]:
        """Each variant that a process meets, in order; one where all its runs have the same."""
        variants = [job.run.variant for job in process]
        met = variants if is_screening([job.run for job in process]) else variants[:1]
        return [self._obfuscate(variant) for variant in met]

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
        self, process: Sequence[Run], tests: set[str], sources: Sequence[Mapping[Target, str]]
    ) -> Request:
        probe = process[0].probe
        number = min(max(len(tests), FEWEST), MOST_TESTS)
        suite = self._suite
        return Request(
            suite=f"{suite.source}\n\n\n{probe}" if probe else _with_stand_ins(suite, sources[0]),
            tests=tuple(sorted(tests)),
            patches=_patches(sources[0]),
            guarded=self._guarded,
            schedules=tuple(run.schedule for run in process),
            clock=self._exercise.clock,
            deadline=self._deadline,
            limit=self._deadline * (number * len(process) + 1),
            later=tuple(_patches(one) for one in sources[1:]),
        )


_LINE = re.compile(r"(case \[.*?\], )?line (\d+): (.*)", re.DOTALL)


@cache
def _obfuscation(exercise: Exercise) -> Obfuscation:
    return Obfuscation(exercise.variants)


def _with_stand_ins(suite: Suite, sources: Mapping[Target, str]) -> str:
    """The suite, where a line stands for each of the learner's functions and classes that is ours.

    It tells nothing: what is ours is in the patches. A function stands where theirs does, for what
    uses it at once, such as `partial`; and below all. A class is changed below, where it is whole.
    """
    own = sorted((target for target in sources if target.module == SUITE), key=str)
    functions = {target.name: _stand_in(target.name) for target in own if not target.owner}
    classes = [_stand_in(name) for name in dict.fromkeys(one.owner for one in own if one.owner)]
    return "\n\n\n".join([suite.with_functions(functions), *functions.values(), *classes])


def _stand_in(name: str) -> str:
    """The line that puts what is ours in the place of something of the learner's module."""
    return f'__import__("{patch.__name__}", fromlist=[""]).stand_in({name!r}, globals())'


def _patches(sources: Mapping[Target, str]) -> tuple[Patch, ...]:
    """The patches: one for each class or module, in a fixed order.

    A probe, which looks at what the learner has written, lets those for the learner's module lie.
    """
    owners: dict[tuple[str, str], list[str]] = {}
    for target, source in sources.items():
        module = patch.SUITE_MODULE if target.module == SUITE else target.module
        owners.setdefault((module, target.owner), []).append(source)
    return tuple(
        Patch(module, owner, "\n\n".join(owners[module, owner])) for module, owner in sorted(owners)
    )
