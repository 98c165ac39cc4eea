"""Many bodies of one function, made ready to stand in one: each with names of its own.

The trees that leave this module hold marks where something is to be put in later: a name has the
form of `mark_name`, and a statement that is nothing but the mark of `mark_choice` stands for a
choice between bodies. `ast.unparse` writes both as if they were identifiers.
"""

import ast
import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.engine.obfuscation.scopes import FUNCTIONS, Function, NewName, parameters, rename
from grader.errors import BankError

Body = list[ast.stmt]

SEED = "⟨⟩"
"""Marks the name of the number that decides in the choice around it."""


def mark_name(number: int) -> str:
    """Stands for a name that is drawn afresh each time."""
    return f"⟦{number}⟧"


def mark_choice(number: int) -> str:
    """Stands for a choice."""
    return f"⟪{number}⟫"


@dataclass
class Merged:
    """The bodies of one function, all different. `which` says which of them each one had."""

    which: list[int] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """The kind of each body: a `yield` makes its function a generator."""
    declarations: list[str] = field(default_factory=list)
    """What is global in one of the bodies, and so in all."""
    choices: list[list[Body]] = field(default_factory=list)
    """The choices of the functions within: the first body is their own, the others never run."""
    names: list[str] = field(default_factory=list)
    """The original names, by the numbers of their marks."""
    ordered: list[list[int]] = field(default_factory=list)
    """The functions and classes of each body, by their names: messages are sorted by these."""


def merge(functions: Sequence[Function]) -> Merged:
    """Merge the variants of one function. Raises `BankError` where one cannot be obfuscated."""
    found = Merged()
    bodies: dict[str, Function] = {}
    for function in functions:
        body = _plain(function)
        key = _key(body)
        if key not in bodies:
            first = len(found.names)
            bodies[key] = rename(body, _marks(found.names))
            defined = {
                node.name
                for node in ast.walk(body)
                if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node is not body
            }
            new = range(first, len(found.names))
            group = [number for number in new if mark_name(number) in defined]
            found.ordered.append(sorted(group, key=found.names.__getitem__))
        found.which.append(list(bodies).index(key))
    for body in _with_kin(list(bodies.values()), found):
        declarations, statements = _without_declarations(body.body)
        found.declarations += [ast.unparse(one) for one in declarations]
        found.bodies.append(statements)
        found.kinds.append(_kind(body))
    return found


def bodies_in(kind: str, merged: Merged) -> list[Body]:
    """All bodies as they can stand in a function of one kind, where those of others never run."""
    found = []
    for body, its_kind in zip(merged.bodies, merged.kinds, strict=True):
        if its_kind != kind:
            wrap = _function if its_kind.startswith("FunctionDef") else _async_function
            wrapped = wrap(body)
            wrapped.name = _marks(merged.names)("wrapped")
            body = [wrapped]
        found.append(body)
    return found


def _marks(names: list[str]) -> NewName:
    """Answers with a new mark for each name, and notes what it stands for."""

    def mark(name: str) -> str:
        names.append(names[int(name[1:-1])] if _is_mark(name) else name)
        return mark_name(len(names) - 1)

    return mark


def _is_mark(name: str) -> bool:
    return name.startswith(mark_name(0)[0])


def _key(function: Function) -> str:
    """A key that is equal for functions that differ only in names that get marks."""
    normal: dict[str, str] = {}

    def local(_: str) -> str:
        return normal.setdefault(f"local {len(normal)}", f"local {len(normal)}")

    def free(name: str) -> str:
        return normal.setdefault(name, f"free {len(normal)}") if _is_mark(name) else name

    made = rename(copy.deepcopy(function), local, free)
    return f"{_kind(function)} {ast.dump(made.args)} {[ast.dump(one) for one in made.body]}"


def _kind(function: Function) -> str:
    """What may stand in a body: `await`, `yield`."""
    yields = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own(function))
    return f"{type(function).__name__} {yields}"


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions within."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            yield child
            yield from _own(child)


# ------------------------------------------------------------------ functions within


def _with_kin(bodies: list[Function], merged: Merged) -> list[Function]:
    """Give each function within a body the bodies of all others that are of its kind.

    One more body is added where these need names from around them that are not there.
    """
    within = [
        (node, _key(node))
        for body in bodies
        for node in ast.walk(body)
        if isinstance(node, FUNCTIONS) and node is not body
    ]
    kin = {key: copy.deepcopy(node) for node, key in within}
    strange: dict[str, str] = {}
    mark = _marks(merged.names)

    def stranger(name: str) -> str:
        if _is_mark(name) and name not in strange:
            strange[name] = mark(name)
        return strange.get(name, name)

    for node, key in within:
        documentation = node.body[:1] if _is_documentation(node.body[0]) else []
        choice = [node.body[len(documentation) :] or [ast.Pass()]]
        choice += [
            _transplanted(other, node, mark, stranger)
            for other_key, other in kin.items()
            if other_key != key and _kind(other) == _kind(node)
        ]
        declared: dict[str, ast.stmt] = {}
        for number, body in enumerate(choice):
            declarations, choice[number] = _without_declarations(body)
            declared |= {ast.unparse(one): one for one in declarations}
        merged.choices.append(choice)
        stands_for_it = ast.Expr(ast.Name(mark_choice(len(merged.choices) - 1)))
        node.body = [*documentation, *declared.values(), stands_for_it]
    if strange:
        wrap = _function if isinstance(bodies[0], ast.FunctionDef) else _async_function
        bodies = [*bodies, wrap(_assigned(strange.values()))]
    return bodies


def _transplanted(function: Function, host: Function, mark: NewName, stranger: NewName) -> Body:
    """A function's body, to stand in another one that never runs it.

    It takes the host's parameters for its own, as far as there are any.
    """
    body = copy.deepcopy(function.body)
    if _is_documentation(body[0]):
        del body[0]
    needed, there = (parameters(one.args) for one in (function, host))
    given = {one.arg: other.arg for one, other in zip(needed, there, strict=False)}
    missing = _assigned(one.arg for one in needed[len(there) :])
    made = _function([*missing, *body])
    return rename(made, mark, lambda name: given.get(name) or stranger(name)).body


def _assigned(names: Iterable[str]) -> Body:
    """Binds names, so that they are locals."""
    targets: list[ast.expr] = [ast.Name(name, ast.Store()) for name in names]
    return [ast.Assign(targets, ast.Name(SEED, ast.Load()), lineno=1)] if targets else []


def _function(body: Body) -> Function:
    return _with_body("def f(): pass", body)


def _async_function(body: Body) -> Function:
    return _with_body("async def f(): pass", body)


def _with_body(source: str, body: Body) -> Function:
    (made,) = ast.parse(source).body
    assert isinstance(made, FUNCTIONS)
    made.body = body or [ast.Pass()]
    return made


def _without_declarations(body: Body) -> tuple[Body, Body]:
    """`global` and `nonlocal` must come before all uses of a name, in whichever body."""
    take = _TakeDeclarations()
    kept = ast.Module(body, [])
    take.generic_visit(kept)
    return take.taken, kept.body


class _TakeDeclarations(ast.NodeTransformer):
    def __init__(self) -> None:
        self.taken: Body = []

    def visit(self, node: ast.AST) -> ast.AST:
        """Leave alone what belongs to a function or class within."""
        if isinstance(node, ast.Global | ast.Nonlocal):
            self.taken.append(node)
            return ast.Pass()
        if isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            return node
        return self.generic_visit(node)


# ------------------------------------------------------------------ what unparses as it was


def _plain(function: Function) -> Function:
    """A copy without documentation, in which every local is bound in a way that can be renamed."""
    made = copy.deepcopy(function)
    if ast.get_docstring(made) is not None:
        del made.body[0]
    made.body = made.body or [ast.Pass()]
    for node in ast.walk(made):
        if isinstance(node, ast.Call) and _looks_at_names(node):
            raise BankError(
                f"{function.name} looks at the names of its own locals, which obfuscation changes: "
                f"do without `{ast.unparse(node)}`"
            )
    changed = _Plain().generic_visit(made)
    assert isinstance(changed, FUNCTIONS)
    return changed


def _looks_at_names(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id="eval" | "exec" | "locals"):
            return True
        case ast.Name(id="dir" | "vars"):
            return not call.args
    return False


def _is_documentation(statement: ast.stmt) -> bool:
    """A docstring, as `_Plain` leaves it."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Name)
        and statement.value.id[:1] in ("'", '"')
    )


class _Plain(ast.NodeTransformer):
    """Says the same in a way that can be renamed and stands on one line."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Annotations in a class body stay: they can be seen."""
        node.body = [
            statement if isinstance(statement, ast.AnnAssign) else self.visit(statement)
            for statement in node.body
        ]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """The annotation of a local is never evaluated."""
        self.generic_visit(node)
        if node.value is None or not isinstance(node.target, ast.Name):
            return node
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_Import(self, node: ast.Import) -> ast.AST | list[ast.stmt]:
        """`import a.b` binds `a`, which no `as` can say."""
        found: list[ast.stmt] = []
        for one in node.names:
            made: ast.stmt = ast.Import([one])
            if "." in one.name and one.asname is None:
                package = one.name.partition(".")[0]
                value = ast.Call(ast.Name("__import__", ast.Load()), [ast.Constant(one.name)], [])
                made = ast.Assign([ast.Name(package, ast.Store())], value)
            found.append(ast.copy_location(made, node))
        return found

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """`ast.unparse` would write a docstring on several lines."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value = ast.Name(repr(node.value.value), ast.Load())
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """It would write a formatted string with a line break on several lines, too."""
        parts = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
        if not any("\n" in part or "\\" in part for part in parts):
            return self.generic_visit(node)
        elements: list[ast.expr] = [
            part if isinstance(part, ast.Constant) else ast.JoinedStr([part])
            for part in node.values
        ]
        joined = ast.Call(
            ast.Attribute(ast.Constant(""), "join", ast.Load()),
            [ast.Tuple(elements, ast.Load())],
            [],
        )
        return self.generic_visit(joined)
