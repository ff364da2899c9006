"""The answer of one set of criteria at one examination, with what the error of measurement allows and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nelm.knowledge import Entry


class Criteria(StrEnum):
    """Sets of response criteria."""

    RECIST = "RECIST 1.1"
    MRECIST = "mRECIST"
    CHOI = "Choi"
    MODIFIED_CHOI = "modified Choi"
    VOLUME = "tumour volume"


class Word(StrEnum):
    """What a set of criteria answers."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    PD = "PD"
    NON_CR_NON_PD = "non-CR/non-PD"
    NE = "NE"
    UNKNOWN = "unknown"
    REFUSED = "refused"


DECIDED = (Word.CR, Word.PR, Word.SD, Word.NON_CR_NON_PD, Word.PD)
"""Answers that say something of the disease, best first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a sentence, and the entry of knowledge that says so if one does."""

    text: str
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one set of criteria.

    Parameters
    ----------
    criteria : Which set.
    word : The answer by the best values; unknown where a fact that decides is not known, refused where the criteria
        do not apply.
    possible : Every answer that errors and unknown facts allow, `word` first if it is one of them; empty if refused.
    reasons : Sentences with their entries.
    """

    criteria: Criteria
    word: Word
    possible: tuple[Word, ...]
    reasons: tuple[Reason, ...]

    @property
    def is_certain(self) -> bool:
        """Whether neither an error nor an unknown fact allows another answer."""
        return self.possible == (self.word,)

    @property
    def in_words(self) -> str:
        """The answer as people write it."""
        others = [str(word) for word in self.possible if word is not self.word]
        if not others:
            return str(self.word)
        if self.word in (Word.UNKNOWN, Word.REFUSED):
            return f"{self.word}: {' or '.join(others)}"
        return f"{self.word}, within the error also {' or '.join(others)}"


def refused(criteria: Criteria, text: str, entry: Entry | None = None) -> Answer:
    """The answer of criteria that do not apply, with the reason."""
    return Answer(criteria, Word.REFUSED, (), (Reason(text, entry),))


def answered(
    criteria: Criteria, nominal: Word, allowed: tuple[Word, ...], reasons: tuple[Reason, ...]
) -> Answer:
    """The answer of criteria that apply; `allowed` may hold `nominal`, once or more often."""
    return Answer(criteria, nominal, tuple(dict.fromkeys((nominal, *allowed))), reasons)


def undecided(criteria: Criteria, allowed: tuple[Word, ...], reasons: tuple[Reason, ...]) -> Answer:
    """Unknown where a fact is missing that would decide among `allowed`."""
    words = tuple(dict.fromkeys(allowed))
    if len(words) == 1:
        return Answer(criteria, words[0], words, reasons)
    return Answer(criteria, Word.UNKNOWN, words, reasons)
