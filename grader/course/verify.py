"""The proof of rule 5, for every exercise: its stub, its solution, its variants, its contract.

An exercise that passes can be trusted: nothing is earned by doing nothing, everything by the
published solution, each mutant is a fair one, and each clause has a test that defends it.
"""

import ast
import builtins
import dis
import importlib
import inspect
import re
from collections.abc import Iterator
from types import CodeType

from grader.engine.evaluate import evaluate
from grader.exercise import Exercise, Probe, Variant
from grader.report import Report
from grader.sandbox.interface import Worker
from grader.sources import SUITE, Target

FEWEST_MUTANTS = 4


def problems(exercise: Exercise, solution: str, stub: str, worker: Worker) -> Iterator[str]:
    """Everything that is wrong with an exercise, a sentence each; nothing when it is proven."""
    yield from _declaration(exercise)
    for variant in exercise.variants[1:]:
        yield from variant_problems(exercise, variant)
    if any(not _has_its_clause(exercise, variant) for variant in exercise.mutants):
        return
    untouched = evaluate(stub, exercise, worker)
    expected = "graded" if untouched.tests else "not-attempted"  # what is to be repaired runs
    if untouched.status != expected or untouched.score != 0:
        yield f"the stub is {untouched.status} with {untouched.score:g} points, not untouched"
    report = evaluate(solution, exercise, worker)
    yield from _solution(report)
    if report.full:
        yield from _defence(exercise, solution, report)


def _declaration(exercise: Exercise) -> Iterator[str]:
    if len(exercise.mutants) + len(exercise.probes) < FEWEST_MUTANTS:
        yield f"it has {len(exercise.mutants)} mutants, at least {FEWEST_MUTANTS} are needed"
    if not exercise.alternatives:
        yield "it has no alternative: add a correct implementation that is built differently"
    if exercise.mutants and exercise.worked not in [m.name for m in exercise.mutants]:
        yield f"the worked mutant {exercise.worked or '(none)'} is not one of its mutants"
    if "https://docs." not in exercise.hint:
        yield "its hint links to no official documentation"
    defended = {mutant.clause for mutant in exercise.mutants}
    defended |= {probe.clause for probe in exercise.probes}
    for number in range(1, len(exercise.contract) + 1):
        if number not in defended:
            yield f"no mutant breaks clause {number}, and no probe defends it"
    if not exercise.kinds:
        yield "it names no kinds of mutants that were considered: add `kinds`"
    yield from _promises(exercise)


def _promises(exercise: Exercise) -> Iterator[str]:
    """Each clause is taken apart, and each of its promises has a mutant or a probe of its own."""
    checks: list[Variant | Probe] = [*exercise.mutants, *exercise.probes]
    broken = {one.promise for one in checks}
    keys: set[str] = set()
    for number in range(1, len(exercise.contract) + 1):
        if not exercise.promises.get(number):
            yield f"clause {number} makes no promise: take it apart in `promises`"
    for number, promises in exercise.promises.items():
        if not 1 <= number <= len(exercise.contract):
            yield f"it has promises for clause {number}, which the contract does not have"
        for key, promise in promises.items():
            if key not in broken:
                yield f"no mutant breaks the promise {key} of clause {number}: {promise}"
            if key in keys:
                yield f"two of its promises are called {key}: rename one"
            keys.add(key)
    for one in checks:
        if one.promise is None:
            yield f"{one.name} names no promise: say which it is about"


def promises_of(exercise: Exercise) -> Iterator[str]:
    """What an exercise promises, a line each, and what breaks it; then the kinds considered."""
    checks: list[Variant | Probe] = [*exercise.mutants, *exercise.probes]
    for number, promises in exercise.promises.items():
        for key, promise in promises.items():
            broken_by = ", ".join(one.name for one in checks if one.promise == key)
            yield f"{number} {key}: {promise} [{broken_by}]"
    yield f"kinds: {exercise.kinds}"


def variant_problems(exercise: Exercise, variant: Variant) -> Iterator[str]:
    """A variant differs in what its functions do, and in nothing that could be seen without it."""
    if not variant.description:
        yield f"{variant.name} has no docstring, which its killer would read"
    if not _has_its_clause(exercise, variant):
        yield f"{variant.name} breaks clause {variant.clause}, which the contract does not have"
    if variant.sources == exercise.reference.sources:
        yield f"{variant.name} is the reference"
    for target, source in variant.sources.items():
        original = exercise.reference.sources[target]
        if source == original:
            continue
        new, old = _functions(source), _functions(original)
        if list(map(_signature, new)) != list(map(_signature, old)):
            yield f"{variant.name}: the signature of {target.name} differs from the reference's"
        if list(map(ast.get_docstring, new)) != list(map(ast.get_docstring, old)):
            yield f"{variant.name}: the docstring of {target.name} differs from the reference's"
        for name in sorted(_unresolved(target, source)):
            yield f"{variant.name}: {target.name} uses {name}, which its module does not have"
        if any(map(_calls_super, new)):
            yield f"{variant.name}: {target.name} calls super(), which is not the reference here"


def _has_its_clause(exercise: Exercise, variant: Variant) -> bool:
    return variant.clause is None or 1 <= variant.clause <= len(exercise.contract)


def _functions(source: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """One function; or several of one name, as a property has."""
    nodes = ast.parse(source).body
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    returns = "" if node.returns is None else ast.unparse(node.returns)
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    return f"{decorators} {type(node).__name__} {node.name}({ast.unparse(node.args)}) {returns}"


def _unresolved(target: Target, source: str) -> set[str]:
    """The names that a source takes from its module, and that the module lacks."""
    if target.module == SUITE:  # whether a learner's own names are there, only a run can tell
        return set()
    module = importlib.import_module(target.module)
    known = {*vars(module), *vars(builtins), "__name__", "__qualname__", "__module__"}
    used: set[str] = set()
    pending = [compile(source, "<variant>", "exec")]
    while pending:
        code = pending.pop()
        for instruction in dis.get_instructions(code):
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                used.add(instruction.argval)
            elif instruction.opname == "STORE_NAME":
                known.add(instruction.argval)
        pending += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return used - known


def _calls_super(node: ast.AST) -> bool:
    return any(isinstance(child, ast.Name) and child.id == "super" for child in ast.walk(node))


def _solution(report: Report) -> Iterator[str]:
    if report.status != "graded":
        yield f"the solution is {report.status}: {report.reason}"
        return
    for test in report.tests:
        if test.verdict != "valid":
            yield f"the solution's {test.name} is {test.verdict}: {test.message}"
        elif test.message is not None:
            yield f"the solution's {test.name} {test.message}"
    for mutant in report.mutants:
        if not mutant.killed:
            yield f"the solution lets mutant {mutant.number} live ({mutant.clause})"
        elif all(mutant.number in test.kills for test in report.tests):
            yield f"mutant {mutant.number} passes no test at all: it is broken, not wrong"
    for probe in report.probes:
        if not probe.passed:
            yield f"the solution fails the probe {probe.name}: {probe.message}"
    if not report.full:
        yield f"the solution scores {report.score:g} of {report.points}"


def _defence(exercise: Exercise, solution: str, report: Report) -> Iterator[str]:
    """The test that says it defends clause N kills the mutants that break clause N."""
    clauses = defended_clauses(solution)
    for test in report.tests:
        if not clauses.get(test.name):
            yield f"the solution's {test.name} names no clause in its docstring: add `Clause N.`"
    for number, mutant in enumerate(exercise.mutants, start=1):
        killers = report.killers(number)
        if not any(mutant.clause in clauses.get(name, set()) for name in killers):
            yield (
                f"{mutant.name} breaks clause {mutant.clause}, "
                f"and no test that defends this clause kills it"
            )


def defended_clauses(suite: str) -> dict[str, set[int]]:
    """The numbers of the clauses that each test names in its docstring, as in `Clauses 1 and 2`."""
    found: dict[str, set[int]] = {}
    body = "\n".join("" if line.startswith("%%") else line for line in suite.split("\n"))

    def visit(nodes: list[ast.stmt], prefix: str) -> None:
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}::")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                text = inspect.cleandoc(ast.get_docstring(node) or "")
                named = re.findall(r"[Cc]lauses? ((?:\d+(?:, and |, | and )?)+)", text)
                found[prefix + node.name] = {
                    int(n) for part in named for n in re.findall(r"\d+", part)
                }

    visit(ast.parse(body).body, "")
    return found
