"""Every error that nelm raises on purpose.

The tree, with the exit code that the command line gives each leaf::

    NelmError
    ├── InputError         a document, file or image that cannot be used as given      3
    ├── KnowledgeError     the knowledge shipped with nelm contradicts itself          1
    ├── GeometryError      images whose geometry cannot be trusted                     3
    ├── ConvergenceError   a computation that did not converge or left its validity    5
    └── MissingExtraError  an optional package or program that is not installed        4

A message says what is wrong, where, what was expected and what to do. It carries no name, no birth date and
no free text of a patient beyond the offending value itself, shortened. Missing clinical data is never an
error: it is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

LONGEST_VALUE = 60
"""Characters of an offending value that a message may show."""


class NelmError(Exception):
    """An error with its place, what was expected and the remedy.

    Parameters
    ----------
    what : What is wrong, one sentence without a full stop.
    where : File, path inside it, criterion id or series UID.
    expected : What would have been right, in plain words.
    remedy : What to do now.
    """

    def __init__(self, what: str, *, where: str = "", expected: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.expected = expected
        self.remedy = remedy
        super().__init__(_sentence(what, where=where, expected=expected, remedy=remedy))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    Parameters
    ----------
    path : Place inside the document (``tumour.specimens[0].ki67_percent``, ``line 3, column 5``, ``document``).
    value : The offending value as text, already shortened by `shown`; empty if something is absent.
    expected : What would have been right, in plain words.
    remedy : What to do, with the closest accepted spelling if there is one.
    contradicts : Path of the other fact, where two facts cannot both be true.
    """

    path: str
    value: str
    expected: str
    remedy: str = ""
    contradicts: str = ""

    def under(self, prefix: str) -> Problem:
        """The same problem with its paths placed below `prefix`."""
        other = _below(prefix, self.contradicts) if self.contradicts else ""
        return replace(self, path=_below(prefix, self.path), contradicts=other)

    def __str__(self) -> str:
        if self.contradicts:
            both = f"{self.path}: found {self.value}, which contradicts {self.contradicts}"
            return f"{both}, {self.expected}. {self.remedy}"
        found = f": found {self.value}" if self.value else ""
        remedy = f". {self.remedy}" if self.remedy else ""
        return f"{self.path or 'document'}{found}; expected {self.expected}{remedy}"


class InputError(NelmError, ValueError):
    """A document, file or image that cannot be used as given; carries every problem found (exit code 3).

    Parameters
    ----------
    problems : Everything that is wrong, in document order.
    file : The file, or ``-`` for standard input; empty when the input was not a file.
    """

    def __init__(self, problems: Iterable[Problem], *, file: str = "") -> None:
        self.problems = tuple(problems)
        self.file = file
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the input\n{lines}", where=file)

    def in_file(self, file: str) -> InputError:
        """The same problems, said of `file`."""
        return InputError(self.problems, file=file)

    def __reduce__(self) -> tuple[object, ...]:
        return (_input_error, (self.problems, self.file))


class KnowledgeError(NelmError):
    """The knowledge files are incomplete or contradict themselves (exit code 1)."""


class GeometryError(NelmError):
    """Images whose geometry cannot be trusted (exit code 3)."""


class ConvergenceError(NelmError):
    """A computation that did not converge or fell outside its validity (exit code 5)."""


class MissingExtraError(NelmError):
    """An optional package or program that is needed and not installed (exit code 4)."""

    @classmethod
    def of(cls, *, feature: str, extra: str) -> MissingExtraError:
        """The error for a feature that lives in an optional extra of this package."""
        return cls(
            f"{feature} needs the extra '{extra}', which is not installed",
            remedy=f"Install it with: pip install 'nelm[{extra}]'",
        )


def problem(value: object, expected: str, remedy: str = "", *, path: str = "") -> InputError:
    """An `InputError` with a single problem, for raising from a validator."""
    return InputError((Problem(path, shown(value), expected, remedy),))


def shown(value: object) -> str:
    """A value as a message may show it: one printable line, at most `LONGEST_VALUE` characters."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a group of keys"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "a list"
    if isinstance(value, int) and abs(value) >= 10**LONGEST_VALUE:
        return "a very large integer"
    if isinstance(value, float):
        return f"{value:.10g}"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = "".join(letter if letter.isprintable() else "?" for letter in text[: 2 * LONGEST_VALUE])
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _below(prefix: str, path: str) -> str:
    """A path inside the place `prefix`; either may be empty."""
    if not path or not prefix or prefix == "document":
        return path or prefix
    return prefix + path if path.startswith("[") else f"{prefix}.{path}"


def _sentence(what: str, *, where: str, expected: str, remedy: str) -> str:
    """The whole message, parts that are not known left out."""
    head = f"{where}: {what}" if where else what
    tail = "".join([f"; expected {expected}" if expected else "", f". {remedy}" if remedy else ""])
    return head + tail


def _input_error(problems: tuple[Problem, ...], file: str) -> InputError:
    """An `InputError` from its parts, for unpickling."""
    return InputError(problems, file=file)
