"""What the code of a cell says: its names, its magics, and whether two cells are the same code.

Parses, never runs. The code may be hostile: whatever the parser says of it, there is an answer.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
ANSWER = re.compile(r"%%answer[ \t]+([^\W\d]\w*)[ \t]*(?:\n|\Z)")
HELP = re.compile(r"^(\s*)(?:\?{1,2}[\w.]+|[\w.]+\?{1,2})[ \t]*$", re.MULTILINE)
AROUND = re.compile(r"%%(?:time|capture)\b")  # magics of a whole cell that leave its names
WRITES_FILE = re.compile(r"^%%(?:writefile|file)\s+(?:-a\s+)?(\S+)")
# Beyond this a parser may cost seconds and gigabytes; such a cell of a stranger is compared as text and gives no
# answer.
MAX_PARSED = 20_000
_one_at_a_time = threading.Lock()
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SCOPES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Names:
    """The names of a cell. `bound` are those it assigns or defines in the notebook's own scope; an import is in
    `imported` only.

    `texts` are bound to a text, `functions` defined by `def`, `loaded` are used anywhere in it.
    """

    bound: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    loaded: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=4096)
def names_in(source: str) -> Names:
    """The names of a cell; words under `%%answer` are its text, any other magic is a blank line, and a cell that does
    not parse has none.
    """
    if typed := ANSWER.match(source):
        return Names(bound=frozenset([typed.group(1)]), texts=frozenset([typed.group(1)]))
    tree = parsed(without_magics(source)) if AROUND.match(source) or not source.startswith("%%") else None
    if tree is None:
        return Names()
    own = list(_own(tree))
    return Names(
        bound=frozenset(name for node in own if (name := _bound(node))),
        imported=frozenset(_imported(node) for node in own if isinstance(node, ast.alias)),
        loaded=frozenset(
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        ),
        texts=frozenset(name for node in own if (name := _bound_to_text(node))),
        functions=frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef)),
    )


def modules_in(source: str) -> dict[str, str]:
    """What a trusted cell imports in its own scope, by its name: the module that it is, or where it would be one."""
    found: dict[str, str] = {}
    for node in _own(parsed(without_magics(source)) or ast.Module([], [])):
        if isinstance(node, ast.Import):
            found |= {_imported(each): each.name if each.asname else _imported(each) for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {_imported(each): f"{node.module}.{each.name}" for each in node.names if each.name != "*"}
    return found


def answers_in(source: str) -> frozenset[str]:
    """What a stranger's cell may answer with: the names it binds or imports, or the file it writes, as `%%writefile
    <name>`.
    """
    if written := WRITES_FILE.match(source):
        return frozenset([f"%%writefile {written.group(1)}"])
    names = names_in(source) if len(source) <= MAX_PARSED or ANSWER.match(source) else Names()
    return names.bound | names.imported


def is_same_code(source: str, other: str) -> bool:
    """Whether two cells differ in nothing but comments, blank lines and spaces; words have no comments."""
    if source.strip() == other.strip() or ANSWER.match(source) or ANSWER.match(other):
        return source.split() == other.split()
    plain = max(len(source), len(other)) <= MAX_PARSED and not MAGIC.search(source) and not MAGIC.search(other)
    one, two = (_dumped(source), _dumped(other)) if plain else ("", "")
    return one == two if one and two else _bare(source) == _bare(other)


@functools.lru_cache(maxsize=4096)
def _dumped(source: str) -> str:
    """The code without its spaces and comments, as a hash; "" when Python cannot read it or write it down."""
    found = parsed(source)
    try:
        return hashlib.sha256(ast.dump(found).encode("utf-8", "surrogatepass")).hexdigest() if found else ""
    except (RecursionError, MemoryError, ValueError):  # ValueError: a number of too many digits to be written down
        return ""


def is_blank(source: str) -> bool:
    """Whether a cell holds comments and blank lines only."""
    return not _bare(source)


def comments_in(source: str) -> list[str]:
    """The lines of a cell that are comments, without what makes them comments."""
    lines = (line.strip() for line in source.splitlines())
    return [text for line in lines if line.startswith("#") and (text := line.lstrip("# "))]


def without_magics(source: str) -> str:
    """The source with a `pass` for every line that IPython alone understands."""
    return source if parsed(source) else HELP.sub(r"\1pass", MAGIC.sub(r"\1pass", source))


def tree(source: str) -> ast.Module:
    """The syntax tree. Raises what `ast.parse` raises.

    Python 3.11 counts the depth of the tree once for all threads, and fails with SystemError where two build one at a
    time: here one waits for the other.
    """
    with _one_at_a_time:
        return ast.parse(source)


def parsed(source: str) -> ast.Module | None:
    """The syntax tree; None when Python cannot read the source."""
    try:
        return tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _own(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of the notebook's own scope; what functions and comprehensions hold is theirs."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def _bound(node: ast.AST) -> str:
    if isinstance(node, DEFINITIONS):
        return node.name
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""


def _imported(alias: ast.alias) -> str:
    return (alias.asname or alias.name).split(".")[0]


def _bound_to_text(node: ast.AST) -> str:
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.value, ast.Constant):
        return ""
    target = node.targets[0]
    return target.id if isinstance(target, ast.Name) and isinstance(node.value.value, str) else ""


def _bare(source: str) -> list[str]:
    lines = [line.strip() for line in source.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
