"""A test that cannot tell the variants apart by looks, by order or by time earns nothing so."""

from itertools import cycle
from typing import Any

import pytest
from helpers.blinding import NAKED, OPEN
from helpers.course import ROOT
from helpers.samples import FIFO, HEAD, KILLS_1, KILLS_2, SOLUTION, Tapped, creation

from grader.bank import exercises
from grader.course.notebooks import solution
from grader.engine.evaluate import evaluate
from grader.engine.execution import Defences, _patches
from grader.exercise import Exercise, Variant
from grader.runner.protocol import Answer, Request
from grader.sandbox.worker import Worker
from grader.sources import SUITE

NOT_OBFUSCATED = Defences(obfuscation=False)


TWO_AT_ONCE = """
async def test_another_order_is_possible():
    await asyncio.gather(create(), create())
"""


def variant_of(request: Request, exercise: Exercise) -> Variant:
    """Which variant a request holds, when nothing was obfuscated."""
    (found,) = (
        variant for variant in exercise.variants if _patches(variant.sources) == request.patches
    )
    return found


# ------------------------------------------------------------------ what is sent


def test_every_request_has_an_obfuscation_of_its_own(worker: Worker) -> None:
    """The reference is no exception."""
    tapped = Tapped(worker)
    assert evaluate(SOLUTION + TWO_AT_ONCE, creation, tapped).full
    sent = [
        str(patches)
        for batch in tapped.batches
        for request in batch
        for patches in (request.patches, *request.later)
    ]
    assert len(sent) > 10
    assert len(set(sent)) == len(sent)


def test_correct_implementations_stand_among_the_mutants(worker: Worker) -> None:
    """In each batch with mutants, that of the repeats included, with the same tests to run."""
    tapped = Tapped(worker)
    evaluate(HEAD + KILLS_1 + KILLS_2 + TWO_AT_ONCE, creation, tapped, defences=NOT_OBFUSCATED)
    seen = 0
    for batch in tapped.batches:
        kinds = [variant_of(request, creation).kind for request in batch]
        if "mutant" in kinds:
            seen += 1
            assert {"reference", "alternative"} <= set(kinds)
            tests = {kind: set() for kind in kinds}  # type: dict[str, set[str]]
            for request, kind in zip(batch, kinds, strict=True):
                tests[kind].add(str(request.tests))
            assert tests["mutant"] == tests["reference"] == tests["alternative"]
            looks = {"mutant": set(), "correct": set()}  # type: dict[str, set[str]]
            for request, kind in zip(batch, kinds, strict=True):
                look = str((request.tests, request.schedules))
                looks["mutant" if kind == "mutant" else "correct"].add(look)
            assert looks["mutant"] <= looks["correct"]
    assert seen == 2


def test_requests_come_in_random_order(worker: Worker) -> None:
    """Twice the same evaluation is never twice the same sequence."""
    orders = []
    for _ in range(2):
        tapped = Tapped(worker)
        evaluate(SOLUTION, creation, tapped, defences=NOT_OBFUSCATED)
        orders.append(
            [
                (variant_of(request, creation).name, str(request.schedules))
                for batch in tapped.batches
                for request in batch
            ]
        )
    assert orders[0] != orders[1]


def test_probes_come_in_random_order(worker: Worker) -> None:
    """What must pass and what must fail is mixed, and each is obfuscated."""
    exercise = exercises()["container-with-overrides"]
    tapped = Tapped(worker)
    evaluate(solution(ROOT, exercise.id), exercise, tapped, defences=NOT_OBFUSCATED)
    batch = tapped.batches[1]  # what comes later is correct, under other schedules
    kinds = [variant_of(request, exercise).kind for request in batch]
    assert kinds.count("broken") == 2 * len(exercise.probes)
    assert kinds != sorted(kinds)
    assert kinds != sorted(kinds, reverse=True)


def test_the_report_names_the_wall(worker: Worker) -> None:
    """What stood between the tests and the machine."""
    tapped = Tapped(worker)
    tapped.wall = "bubblewrap"
    assert evaluate(SOLUTION, creation, tapped).sandbox == "bubblewrap"


# ------------------------------------------------------------------ who knows what time it is


class Late(Tapped):
    """As if each test knew when the mutants come, and under which schedules, and failed then."""

    def answer(self, request: Request, answer: Answer) -> Answer:
        if len(self.batches) > 1 and request.schedules[0] == FIFO:
            for record in answer.records:
                if record.get("phase") == "call":
                    record |= {"outcome": "failed", "message": "late"}
        return answer


NOTHING = HEAD + "async def test_nothing():\n    pass\n"


def test_who_fails_among_mutants_fails_a_correct_one(worker: Worker) -> None:
    """A test that knows that mutants come, and not which they are, is set aside."""
    found = evaluate(NOTHING, creation, Late(worker))
    assert [(test.verdict, test.kills) for test in found.tests] == [("over-specified", ())]
    assert found.score == 0


def test_where_there_is_no_alternative_it_fails_the_reference(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which stands among the mutants once more, under their schedule."""
    variants = [variant for variant in creation.variants if variant.kind != "alternative"]
    monkeypatch.setattr(creation, "variants", variants)
    found = evaluate(NOTHING, creation, Late(worker), defences=NOT_OBFUSCATED)
    assert [(test.verdict, test.kills) for test in found.tests] == [("flaky", ())]
    assert "fails on the same one when it runs again" in (found.tests[0].message or "")
    assert found.score == 0


def test_who_fails_in_the_repeat_fails_a_correct_one(worker: Worker) -> None:
    """The batch that repeats kills has correct implementations, too."""
    found = evaluate(HEAD + KILLS_1, creation, Late(worker))
    assert [(test.verdict, test.kills) for test in found.tests] == [("over-specified", ())]
    assert found.score == 0


def test_a_toss_of_a_coin_earns_nothing(worker: Worker) -> None:
    """Thirty tests that fail now and then: what fails once does not fail three times."""
    suite = "import uuid\n" + "".join(
        f"def test_{number}():\n    assert uuid.uuid4().int % 25\n" for number in range(30)
    )
    found = evaluate(suite, creation, worker)
    assert found.score <= 0.5


# ------------------------------------------------------------------ who looks

LOOKS = '''
import asyncio, difflib, importlib, inspect, types, sys

def nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested(constant)

def features(code):
    """Everything about a code object and what is in it."""
    every = list(nested(code))
    opcodes = [byte for one in every for byte in one.co_code[::2]]
    return {
        "hash": [one.co_code.hex() for one in every],
        "names": sorted({name for one in every for name in one.co_names}),
        "locals": sorted({name for one in every for name in one.co_varnames}),
        "constants": sorted({repr(c) for one in every for c in one.co_consts
                             if isinstance(c, (str, int, float, bytes))}),
        "grams": sorted({tuple(opcodes[i:i + 3]) for i in range(len(opcodes) - 2)}),
        "opcodes": opcodes,
        "size": [len(opcodes)],
    }
'''

GUESSES = {
    "hash": "return any(live[t]['hash'] == v[t]['hash'] for v in [variant])",
    "names": "return set(live[t]['names']) == set(variant[t]['names'])",
    "names_within": "return set(variant[t]['names']) <= set(live[t]['names'])",
    "names_around": "return set(live[t]['names']) <= set(variant[t]['names'])",
    "constants": "return set(variant[t]['constants']) <= set(live[t]['constants'])",
    "locals": "return set(live[t]['locals']) == set(variant[t]['locals'])",
    "size": "return -abs(live[t]['size'][0] - variant[t]['size'][0])",
    "opcodes": (
        "return difflib.SequenceMatcher(None, live[t]['opcodes'], variant[t]['opcodes']).ratio()"
    ),
    "grams": (
        "one, other = (set(map(tuple, x[t]['grams'])) for x in (live, variant))\n"
        "    return len(one & other) / len(one | other)"
    ),
    "jaccard": (
        "one, other = (set(x[t]['names'] + x[t]['constants']) for x in (live, variant))\n"
        "    return len(one & other) / len(one | other)"
    ),
}
"""How near a variant is to what is live, in the target `t`: more is nearer."""

JUDGES = '''
def look(near):
    """Fails when the variant that is nearest to what is live, in all targets, is a mutant."""
    live = {target: features(code_of(target)) for target in TARGETS}
    scores = [sum(float(near(live, variant, t)) for t in TARGETS) for _, variant in PUBLIC]
    best = max(scores)
    correct = [is_correct for score, (is_correct, _) in zip(scores, PUBLIC) if score == best]
    assert any(correct)

def code_of(target):
    module, _, qualname = target.partition(":")
    found = sys.modules[__name__] if module == "suite" else importlib.import_module(module)
    for name in qualname.split("."):
        found = inspect.getattr_static(found, name)
    found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    return inspect.unwrap(found).__code__
'''


def looking(exercise: Exercise, *ways: str) -> str:
    """A suite that compares what is live with the whole public bank, a test for each way."""
    known: dict[str, Any] = {}
    exec(LOOKS, known)
    public = []
    for variant in exercise.variants:
        if variant.kind != "broken":
            seen = {}
            for target, source in variant.sources.items():
                code = compile(source, "file", "exec")
                functions = [c for c in code.co_consts if hasattr(c, "co_code")]
                found = next(c for c in functions if c.co_name == target.name)
                seen[str(target)] = known["features"](found)
            public.append((variant.kind != "mutant", seen))
    targets = [str(target) for target in exercise.reference.sources]
    tests = "".join(
        f"def near_{way}(live, variant, t):\n    {GUESSES[way]}\n"
        f"def test_{way}():\n    look(near_{way})\n"
        for way in ways
    )
    return f"{LOOKS}\nTARGETS = {targets!r}\nPUBLIC = {public!r}\n{JUDGES}{tests}"


@pytest.mark.parametrize("way", GUESSES)
@pytest.mark.usefixtures("any_length")
def test_comparing_with_the_bank_earns_nothing(worker: Worker, way: str) -> None:
    """By whatever is compared."""
    assert evaluate(looking(creation, way), creation, worker, defences=OPEN).score == 0


@pytest.mark.parametrize("way", ["hash", "names", "size", "opcodes", "grams", "jaccard"])
@pytest.mark.usefixtures("any_length")
def test_comparing_would_earn_without_an_obfuscation(worker: Worker, way: str) -> None:
    """These attacks are real ones."""
    assert evaluate(looking(creation, way), creation, worker, defences=NAKED).full


WAYS = [("hash", "grams"), ("constants", "jaccard"), ("size", "opcodes")]
WITH_MUTANTS = [name for name, exercise in exercises().items() if exercise.mutants]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "ways"), [*zip(WITH_MUTANTS, cycle(WAYS), strict=False)])
@pytest.mark.usefixtures("any_length")
def test_comparing_earns_nothing_in_the_whole_bank(
    worker: Worker, name: str, ways: tuple[str, ...]
) -> None:
    """Helpers that stand in the suite itself included; each exercise is tried in two ways."""
    exercise = exercises()[name]
    suite = looking(exercise, *ways)
    if any(target.module == SUITE for target in exercise.reference.sources):
        suite = f"from vespera_scriptorium import *\n{suite}"
    found = evaluate(suite, exercise, worker, defences=OPEN)
    assert (found.status, found.killed) == ("graded", 0)
