"""What a test cell builds on: the statements of other cells that it needs, and the answers that it and they use.

In a notebook a test cell finds all that ran before it. Where verdicts are made, neither the answers' cells nor what
hangs on them have run: what a test cell needs of them is run again, with it. Reads trusted notebooks only, and runs
nothing.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from groundschool.course import Cell, Notebook, Role, code, without_magics
from groundschool.course.code import parsed

LOOKS = frozenset({"dir", "globals", "locals", "vars"})  # what finds a name by its text
GIVING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")
COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try)


@dataclass(frozen=True)
class Statement:
    """A statement of a cell's own scope: the names that it gives, those whose objects it changes, those it needs, and
    those that functions in it need when they are called. `whole`: what it gives does not hang on what was there.
    """

    source: str
    given: frozenset[str]
    changed: frozenset[str]
    used: frozenset[str]
    later: frozenset[str]
    whole: bool
    hidden: bool = False


@dataclass(frozen=True)
class Opened:
    """What a test cell takes from the candidate's side beyond answers, since its solution does not pass without: these
    `objects` of plain cells, what calls change of their `arguments`.
    """

    objects: tuple[str, ...] = ()
    arguments: bool = False


NOTHING = Opened()


@dataclass(frozen=True)
class Preparation:
    """`statements` run before a test cell; `hidden` says whether some are of a hidden part. `answers` are fetched when
    they are used, but `named` ones at once, since the test looks whether they exist.
    """

    statements: tuple[str, ...] = ()
    hidden: bool = False
    answers: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def prepared(notebook: Notebook, opened: Mapping[str, Opened]) -> dict[str, Preparation]:
    """What is to run with each test cell of the notebook, by its id, as `opened` is."""
    return {test.id: _prepared(notebook, test, opened.get(test.id, NOTHING).objects) for test in notebook.tests}


def _prepared(notebook: Notebook, test: Cell, opened: Sequence[str]) -> Preparation:
    tree = None if test.asks_checks else _tree(test.source)
    if tree is None:
        return Preparation(answers=notebook.answers_of(test))
    known, named = notebook.answers | notebook.lent.keys() | frozenset(opened), frozenset[str]()
    wanted = _free(tree)
    if wanted & LOOKS:
        named = known & {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    above = _Above(notebook, test, known)
    above.need(wanted | named)
    chosen = [above.steps[place].statement for place in sorted(above.chosen)]
    return Preparation(
        tuple(statement.source for statement in chosen),
        any(statement.hidden for statement in chosen),
        tuple(sorted(above.names & known)),
        tuple(sorted(named)),
    )


def changeable(notebook: Notebook, test: Cell) -> tuple[str, ...]:
    """The objects of plain cells that solution cells above a test cell change, where it may look at them."""
    above = _Above(notebook, test, notebook.answers)
    trees = [_tree(cell.source) for cell in above.cells if cell.role == Role.SOLUTION]
    changed = frozenset[str]().union(*(changed_by(node) for tree in trees if tree for node in tree.body))
    above.need(test.names.loaded)
    return tuple(sorted(above.names & changed & notebook.plain_names - notebook.answers))


def left_behind(notebook: Notebook, test: Cell, shown: str) -> tuple[str, ...]:
    """The statements of a test cell's released text whose names later cells of the candidate's may need.

    Imports and definitions, and assignments that the author's own later cells build on.
    """
    if test.asks_checks:
        return ()
    place = notebook.cells.index(test)
    later = [cell for cell in notebook.cells[place + 1 :] if cell.role in (Role.PLAIN, Role.SOLUTION)]
    wanted = frozenset[str]().union(*(_free(tree) for cell in later if (tree := _tree(cell.source))))
    tree = _tree(shown)
    found = []
    for node in tree.body if tree else []:
        if isinstance(node, ast.Assert):
            continue
        statement = _statement(node)
        if isinstance(node, GIVING) or (statement.given | statement.changed) & wanted:
            found.append(statement.source)
    return tuple(found)


BLANK = Statement("", frozenset(), frozenset(), frozenset(), frozenset(), whole=True)


@dataclass(frozen=True)
class _Step:
    """A statement above a test cell. `ran`: with the plain cells; `answers`: the names that a solution cell gives."""

    statement: Statement
    ran: bool = False
    answers: frozenset[str] = frozenset()


class _Above:
    """The statements above a test cell; those that names hang on are `chosen`, by place."""

    def __init__(self, notebook: Notebook, test: Cell, known: frozenset[str]) -> None:
        self.cells = notebook.cells[: notebook.cells.index(test)]
        self.steps = list(_steps(self.cells, known, notebook.plain_names))
        self.chosen, self.names = set[int](), set[str]()
        self._known = known
        self._done: set[tuple[str, int, bool]] = set()

    def need(self, names: Iterable[str]) -> None:
        """Chooses the statements on which these names hang, seen from the test cell."""
        pending = [(name, len(self.steps), False) for name in names]
        while pending:
            if (wanted := pending.pop()) not in self._done:
                self._done.add(wanted)
                self.names.add(wanted[0])
                pending += self._given(*wanted)

    def _given(self, name: str, before: int, anew: bool) -> Iterator[tuple[str, int, bool]]:
        """What the statements hang on that give the name before that place. `anew`: the object is to be made again,
        since it is changed and others see that of the plain cells.
        """
        for place in reversed(range(before)):
            step = self.steps[place]
            statement, gives = step.statement, name in step.statement.given
            if name in step.answers:
                return
            if not gives and name not in statement.changed or gives and name in self._known and step.ran:
                continue
            if not step.ran or anew:
                self.chosen.add(place)
                yield from ((each, place, False) for each in statement.used)
                yield from ((each, len(self.steps), False) for each in statement.later)
                yield from ((each, place, True) for each in statement.changed - self._known)
            if gives and statement.whole:
                return


def _steps(cells: Sequence[Cell], known: frozenset[str], plain: frozenset[str]) -> Iterator[_Step]:
    tainted = known  # names that the plain cells alone don't give
    for cell in cells:
        if cell.role == Role.SOLUTION:
            yield _Step(BLANK, answers=cell.names.bound | cell.names.imported)
        for statement in _statements(cell):
            ran = cell.role == Role.PLAIN and not (statement.used | statement.later) & tainted
            if not ran and statement.given & known and cell.role == Role.PLAIN:
                continue  # the candidate's side has run it
            tainted = tainted - statement.given | known if ran else tainted | statement.given
            yield _Step(statement, ran)


def _statements(cell: Cell) -> Iterator[Statement]:
    """The statements of a plain cell, or of both parts of a test cell, that may give or change a name."""
    if cell.role not in (Role.PLAIN, Role.TEST) or cell.asks_checks:
        return
    parts = cell.visible_and_hidden if cell.role == Role.TEST else (cell.source, "")
    for hidden, source in enumerate(parts):
        tree = _tree(source)
        for node in tree.body if tree else []:
            if not isinstance(node, ast.Assert):
                yield _statement(node, hidden=bool(hidden))


def _statement(node: ast.stmt, *, hidden: bool = False) -> Statement:
    source = ast.unparse(node)
    given, used, later = _names(source)
    compound = isinstance(node, COMPOUND)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        used |= {node.target.id}
    elif compound:
        used -= given  # what it gives itself before it uses it
    return Statement(source, given, changed_by(node), used, later, not compound, hidden)


@lru_cache(maxsize=4096)
def _names(source: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names that a piece of code gives in its own scope, those it needs of it, and those its functions need."""
    try:
        table = symtable.symtable(source, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return frozenset(), frozenset(), frozenset()
    inner = [node.target for node in ast.walk(code.tree(source)) if isinstance(node, ast.comprehension)]
    own = {name.id for target in inner for name in ast.walk(target) if isinstance(name, ast.Name)}
    given = {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()}
    used = {each.get_name() for each in table.get_symbols() if each.is_referenced()}
    later, scopes = set[str](), [(child, _is_called(child)) for child in table.get_children()]
    while scopes:
        scope, called = scopes.pop()
        names = {each.get_name() for each in scope.get_symbols() if each.is_global() and each.is_referenced()}
        later, used = (later | names, used) if called else (later, used | names)
        scopes += [(child, called or _is_called(child)) for child in scope.get_children()]
    return frozenset(given - own), frozenset(used - own), frozenset(later)


def _is_called(scope: symtable.SymbolTable) -> bool:
    """Whether a scope is a function's, which runs when that is called."""
    return scope.get_type() == "function" and scope.get_name() not in COMPREHENSIONS


def changed_by(node: ast.stmt) -> frozenset[str]:
    """The names of the objects into which a statement writes, or whose methods it calls for their effect alone."""
    found = set[str]()
    for each in ast.walk(node):
        if isinstance(each, ast.Subscript | ast.Attribute) and isinstance(each.ctx, ast.Store | ast.Del):
            found |= _root(each)
        elif isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
            found |= _root(each.value.func) if isinstance(each.value.func, ast.Attribute) else set()
    return frozenset(found)


def _root(node: ast.expr) -> set[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _free(tree: ast.Module) -> frozenset[str]:
    """The names that a cell needs of what ran before it."""
    given, free = frozenset[str](), frozenset[str]()
    for node in tree.body:
        statement = _statement(node)
        free |= (statement.used | statement.later) - given
        given |= statement.given
    return free


def _tree(source: str) -> ast.Module | None:
    return parsed(without_magics(source))
