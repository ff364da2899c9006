"""Files and functions stay short enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 600
FUNCTION_LINES = 60
POSITIONAL_ARGUMENTS = 4
DATA = {".csv", ".toml", ".json", ".svg", ".lock", ".png", ".pdf"}

# "path::qualified.name" -> why it may be longer.
LONG_FUNCTIONS: dict[str, str] = {}
# "path" -> why it may be longer.
LONG_FILES: dict[str, str] = {}

type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(root: Path, path: Path) -> Iterator[tuple[str, type_of_function]]:
    """Every function of a file, with its path and qualified name."""
    module = ast.parse((root / path).read_text(encoding="utf-8"), filename=str(path))
    open_nodes: list[tuple[str, ast.AST]] = [("", module)]
    while open_nodes:
        prefix, node = open_nodes.pop()
        for child in ast.iter_child_nodes(node):
            name = (
                getattr(child, "name", None) if isinstance(child, type_of_function | ast.ClassDef) else None
            )
            qualified = f"{prefix}.{name}".lstrip(".") if name else prefix
            open_nodes.append((qualified, child))
            if isinstance(child, type_of_function):
                yield f"{path}::{qualified}", child


def length(function: type_of_function) -> int:
    """Lines of a function without decorators and docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def positional(function: type_of_function) -> int:
    """How many arguments may be given by position, self and cls apart."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in ("self", "cls")])


def is_compiled(function: type_of_function) -> bool:
    """Whether numba compiles a function: it knows no keyword-only arguments, and takes numbers one by one."""
    return any("jit" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_no_function_is_longer_than_the_gate(root: Path, python_files: list[Path]) -> None:
    found = {name: length(node) for path in python_files for name, node in functions(root, path)}
    too_long = {
        name: lines for name, lines in found.items() if lines > FUNCTION_LINES and name not in LONG_FUNCTIONS
    }
    assert not too_long, f"split these functions (over {FUNCTION_LINES} lines): {too_long}"


def test_exceptions_to_the_function_gate_are_still_needed(root: Path, python_files: list[Path]) -> None:
    found = {name: length(node) for path in python_files for name, node in functions(root, path)}
    stale = [name for name in LONG_FUNCTIONS if found.get(name, 0) <= FUNCTION_LINES]
    assert not stale, f"remove these exceptions: {stale}"


def test_no_function_of_the_package_takes_many_arguments_by_position(
    root: Path, python_files: list[Path]
) -> None:
    sources = [path for path in python_files if path.parts[0] == "src"]
    every = [(name, node) for path in sources for name, node in functions(root, path)]
    found = {name: positional(node) for name, node in every if not is_compiled(node)}
    too_many = {name: count for name, count in found.items() if count > POSITIONAL_ARGUMENTS}
    assert not too_many, f"make arguments keyword-only (over {POSITIONAL_ARGUMENTS} by position): {too_many}"


def test_no_file_is_longer_than_the_gate(root: Path, tree: list[Path]) -> None:
    too_long: dict[str, int] = {}
    for path in tree:
        if path.suffix in DATA or str(path) in LONG_FILES:
            continue
        lines = (root / path).read_bytes().count(b"\n")
        if lines > FILE_LINES:
            too_long[str(path)] = lines
    assert not too_long, f"split these files (over {FILE_LINES} lines): {too_long}"
