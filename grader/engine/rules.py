"""The static rules: finds what only looks into the process, and the tests that reach it.

They are a courtesy and a tripwire: they name early, with a line, what could never earn a mark. They
are not the wall around learner code, and an honest suite never meets one. Which names are refused
stands in `grader.runner.guard`, which refuses the same when it happens.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.runner.guard import ATTRIBUTES, BUILTINS, FUNCTIONS, MODULES

Function = ast.FunctionDef | ast.AsyncFunctionDef

_LOOK = "looks into the process: test what the object does"

_AROUND = ("setup", "teardown", "asyncsetup", "asyncteardown", "pytest_", "addmodulecleanup")
"""The first words of functions that run around tests which do not name them."""


@dataclass(frozen=True, order=True)
class Hit:
    """A place that a rule refuses: where it ends, and the reason with what to do instead."""

    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass
class Part:
    """A piece of a module: what it names, and what in it is refused."""

    names: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    """Attributes, and words in quotes: what a class has, or a fixture that `usefixtures` names."""
    hits: list[Hit] = field(default_factory=list)


class Rules:
    """The rules, applied to one module."""

    def __init__(self, tree: ast.Module) -> None:
        self._modules = _modules(tree)
        self._bound: dict[str, list[Part]] = {}
        self._fixtures: set[str] = set()
        self._always = Part()
        for statement in statements(tree.body):
            names = bound(statement)
            part = self.part(statement)
            for name in names:
                self._bound.setdefault(name, []).append(part)
            runs_around = isinstance(statement, Function) and is_around(statement)
            if not names or runs_around:
                self._always.names |= part.names
                self._always.hits += part.hits
            if isinstance(statement, Function) and is_fixture(statement):
                self._fixtures.update(names)

    @property
    def everywhere(self) -> Hit | None:
        """The hits that concern every test: at import, or around all tests."""
        return next(iter(self.reached([])), None)

    def reached(self, parts: Iterable[Part]) -> list[Hit]:
        """The hits in these parts, and in all that they name, directly or not."""
        found: set[Hit] = set()
        pending, seen = [self._always, *parts], set[str]()
        while pending:
            part = pending.pop()
            found.update(part.hits)
            for name in (part.names | (part.texts & self._fixtures)) - seen:
                seen.add(name)
                pending += self._bound.get(name, ())
        return sorted(found)

    def part(self, node: ast.AST) -> Part:
        """The part of a module that a piece of syntax makes: its names and its hits."""
        found = Part()
        for child in ast.walk(node):
            match child:
                case ast.Name(id=name) | ast.arg(arg=name):
                    found.names.add(name)
                case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                    found.texts.add(name)
            reason = self._reason(child)
            if reason is not None:
                line, column = getattr(child, "lineno", 1), getattr(child, "end_col_offset", 0)
                found.hits.append(Hit(line, column, reason))
        return found

    def _reason(self, node: ast.AST) -> str | None:
        match node:
            case ast.Import(names=names):
                return next(filter(None, (_import_reason(one.name) for one in names)), None)
            case ast.ImportFrom(module=module, names=names):
                module = module or ""
                refused = ATTRIBUTES | FUNCTIONS.get(module, frozenset())
                bad = next((one.name for one in names if one.name in refused), None)
                return _import_reason(module) or (bad and f"`{bad}` {_LOOK}")
            case ast.Name(id=name) if name in BUILTINS:
                return f"`{name}` runs what nobody can read here: write the code itself"
            case ast.Attribute(attr=name) if name in ATTRIBUTES:
                return f"`.{name}` {_LOOK}"
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if name in FUNCTIONS.get(
                self._modules.get(owner, ""), ()
            ):
                return f"`{owner}.{name}` {_LOOK}"
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]
            ) if name in ATTRIBUTES:
                return f"`{name}` {_LOOK}"
        return None


def _import_reason(module: str) -> str | None:
    first = module.partition(".")[0]
    if first in MODULES:
        return f"`{first}` {_LOOK}"
    if first == "grader":
        return "`grader` is not there where suites are graded: a test needs only the application"
    return None


def _modules(tree: ast.Module) -> Mapping[str, str]:
    """The modules that names stand for, as far as imports tell."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name] = one.name
    return found


def rules_as_text() -> str:
    """Everything that is refused, as a list in Markdown."""
    functions = [f"{module}.{one}" for module, some in FUNCTIONS.items() for one in sorted(some)]
    kinds = {
        "modules that do nothing else": sorted(one for one in MODULES if one[0] != "_"),
        "functions that do nothing else": functions,
        "attributes of frames, code and what runs": sorted(ATTRIBUTES),
        "what hides code from a reader": sorted(BUILTINS),
        "the grader, which is not there where suites are graded": ["grader"],
    }
    return "\n".join(
        f"- {kind}: {', '.join(f'`{name}`' for name in names)}" for kind, names in kinds.items()
    )


def bound(statement: ast.stmt) -> list[str]:
    """The names that a statement binds where it stands."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [(one.asname or one.name).partition(".")[0] for one in names]
        case ast.Assign(targets=targets):
            return [name for target in targets for name in _targets(target)]
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return _targets(target)
    return []


def _targets(target: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module or a class; of `if`, `try`, `with` and loops what is in them."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.TryStar | ast.With | ast.For | ast.While):
            for part in ("body", "orelse", "finalbody"):
                yield from statements(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from statements(handler.body)
            heads = [getattr(node, name, None) for name in ("test", "iter")]
            heads += [item.context_expr for item in getattr(node, "items", [])]
            for head in heads:
                if isinstance(head, ast.expr):
                    yield ast.copy_location(ast.Expr(head), head)
        else:
            yield node


def is_fixture(node: Function) -> bool:
    """Whether a function is a fixture, and so no test, whatever its name."""
    return any(map(_makes_a_fixture, node.decorator_list))


def _makes_a_fixture(decorator: ast.expr) -> bool:
    """`@pytest.fixture`, with arguments or without; and not `@pytest.mark.usefixtures`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return "fixture" in ast.unparse(called).replace("usefixtures", "")


def is_around(node: Function) -> bool:
    """Whether a function runs around tests that do not name it."""
    return node.name.lower().startswith(_AROUND) or any(
        _makes_a_fixture(decorator) and "autouse=True" in ast.unparse(decorator)
        for decorator in node.decorator_list
    )
