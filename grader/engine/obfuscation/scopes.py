"""Renames the names that a function binds for itself, and none that others can see.

`rename` walks a function once and notes every place where an identifier stands, with the scope that
it stands in. Then it resolves each by Python's own rules: a name belongs to the nearest function or
comprehension around it that binds it, and a class body is seen from the inside only. Parameters of
the function itself, attributes, globals and keywords keep their names.
"""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

NewName = Callable[[str], str]


@dataclass(eq=False)
class _Scope:
    kind: Literal["function", "class", "comprehension"]
    outer: "_Scope | None" = None
    bound: set[str] = field(default_factory=set)
    """The names that are assigned here, in any way."""
    kept: set[str] = field(default_factory=set)
    """The names that are bound here and must not change."""
    global_: set[str] = field(default_factory=set)
    nonlocal_: set[str] = field(default_factory=set)
    new: dict[str, str] = field(default_factory=dict)

    def binds(self, name: str) -> bool:
        return name in self.bound - self.global_ - self.nonlocal_

    def of_walrus(self) -> "_Scope":
        """The scope in which `:=` binds: never a comprehension's."""
        here = self
        while here.kind == "comprehension" and here.outer is not None:
            here = here.outer
        return here

    def resolve(self, name: str, new_name: NewName, free: NewName) -> str:
        """The new name of a name that stands here."""
        here: _Scope | None = self
        while here is not None:
            if name in here.global_:
                return name
            if here.binds(name) and (here.kind != "class" or here is self):
                if here.kind == "class" or name in here.kept:
                    return name
                if name not in here.new:
                    here.new[name] = new_name(name)
                return here.new[name]
            here = here.outer
        return free(name)


def rename(function: Function, new_name: NewName, free: NewName = lambda name: name) -> Function:
    """Rename in place all that `function` binds and nobody else sees; the same function.

    `new_name` is asked once for each name of each scope, `free` for each name from outside.
    """
    for scope, node, attribute in _Walk(function).places:
        if isinstance(node, ast.Nonlocal):
            node.names = [scope.resolve(name, new_name, free) for name in node.names]
        else:
            setattr(node, attribute, scope.resolve(getattr(node, attribute), new_name, free))
    return function


class _Walk:
    """The places of all identifiers in a function."""

    def __init__(self, function: Function) -> None:
        self.places: list[tuple[_Scope, Any, str]] = []
        self._handed_on = _handed_on(function)
        self._function(function, None)

    def _function(self, node: Function, outer: _Scope | None) -> None:
        inner = _Scope("function", outer)
        if outer is not None:
            self._bind(outer, node, "name")
            self._outside(node.args, outer)
            self._visit_all([*node.decorator_list, node.returns], outer)
            self._visit_all((one.annotation for one in parameters(node.args)), outer)
        self._parameters(node.args, inner)
        if outer is None or node.name in self._handed_on or node.decorator_list:
            inner.kept = set(inner.bound)
        self._visit_all(node.body, inner)

    def _visit(self, node: ast.AST, scope: _Scope) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, scope)
            case ast.Lambda():
                inner = _Scope("function", scope)
                self._outside(node.args, scope)
                self._parameters(node.args, inner)
                inner.kept = set(inner.bound)  # by whom it is called is hard to see
                self._visit(node.body, inner)
            case ast.ClassDef():
                self._bind(scope, node, "name")
                self._visit_all([*node.decorator_list, *node.bases, *node.keywords], scope)
                self._visit_all(node.body, _Scope("class", scope))
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, scope)
            case ast.NamedExpr():
                self._bind(scope.of_walrus(), node.target, "id")
                self._visit(node.value, scope)
            case _:
                self._identifier(node, scope)
                self._visit_all(ast.iter_child_nodes(node), scope)

    def _identifier(self, node: ast.AST, scope: _Scope) -> None:
        match node:
            case ast.Name(ctx=ast.Load()):
                self.places.append((scope, node, "id"))
            case ast.Name():
                self._bind(scope, node, "id")
            case ast.alias(name=name):
                node.asname = node.asname or name
                self._bind(scope, node, "asname")
            case (
                ast.ExceptHandler(name=str()) | ast.MatchAs(name=str()) | ast.MatchStar(name=str())
            ):
                self._bind(scope, node, "name")
            case ast.MatchMapping(rest=str()):
                self._bind(scope, node, "rest")
            case ast.Global(names=names):
                scope.global_.update(names)
            case ast.Nonlocal(names=names):
                scope.nonlocal_.update(names)
                self.places.append((scope, node, "names"))

    def _comprehension(self, node: Comprehension, scope: _Scope) -> None:
        """The first iterable is looked at from outside; all the rest is a scope of its own."""
        inner = _Scope("comprehension", scope)
        first, *others = node.generators
        self._visit(first.iter, scope)
        self._visit_all([first.target, *first.ifs, *others], inner)
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._visit_all(results, inner)

    def _outside(self, arguments: ast.arguments, outer: _Scope) -> None:
        """Defaults belong to the scope around a function."""
        self._visit_all([*arguments.defaults, *arguments.kw_defaults], outer)

    def _parameters(self, arguments: ast.arguments, inner: _Scope) -> None:
        for parameter in parameters(arguments):
            self._bind(inner, parameter, "arg")
        inner.kept.update(parameter.arg for parameter in arguments.kwonlyargs)

    def _bind(self, scope: _Scope, node: Any, attribute: str) -> None:
        scope.bound.add(getattr(node, attribute))
        self.places.append((scope, node, attribute))

    def _visit_all(self, nodes: Iterable[ast.AST | None], scope: _Scope) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, scope)


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters, in their order."""
    everything = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs]
    return [one for one in (*everything, arguments.kwarg) if one is not None]


def _handed_on(function: Function) -> set[str]:
    """The names of functions that are not only called by position: their parameters must stay."""
    called = {
        id(node.func)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and not node.keywords
    }
    return {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called
    } | {
        # a method is an attribute, which anyone may call
        method.name
        for node in ast.walk(function)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, FUNCTIONS)
    }
