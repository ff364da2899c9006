"""Where every word of the report leads: numbered sources, facts, findings, options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from nelm.knowledge import Status
from nelm.planner.plan import Plan
from nelm.planner.probing import list_of
from nelm.report.wording import STATUS_WORDS

_FIGURE = re.compile(
    r"[^\s(]*\d(?:[^\s)]*[^\s),.;:])?(?:\s?(?:%|mg/m²|mg|GBq|Gy|mL|mm|months|weeks|years|days))?"
)


@dataclass(frozen=True)
class References:
    """The anchors of one plan. Sources are numbered in the order of the list at the end."""

    plan: Plan

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Number of each source."""
        return {key: place for place, key in enumerate(self.plan.sources, start=1)}

    @cached_property
    def facts(self) -> frozenset[str]:
        """Names of the known facts."""
        return frozenset(item.name for item in self.plan.facts)

    @cached_property
    def asked(self) -> frozenset[str]:
        """Names of the facts that the plan asks for."""
        return frozenset(item.fact for item in self.plan.next_facts)

    def fact(self, name: str) -> str:
        """Anchor of a fact: its line among the facts, else among the questions, else the list of facts."""
        if name in self.facts:
            return f"fact-{name}"
        asked = name if name in self.asked else list_of(name)
        return f"next-{asked}" if asked in self.asked else "facts"

    def to(self, text: str, anchor: str) -> Markup:
        """Text of which every figure is a link to one anchor."""
        return self._figures(text, anchor)

    def said(self, text: str, keys: tuple[str, ...], status: Status = Status.VERIFIED) -> Markup:
        """A sentence whose figures link to its first source, its source numbers, and a mark when in doubt."""
        known = [key for key in keys if key in self.numbers]
        if not known:
            return self._figures(text, "sources") + self.doubt(status)
        return self._figures(text, f"source-{known[0]}") + self.marks(tuple(known)) + self.doubt(status)

    def marks(self, keys: tuple[str, ...]) -> Markup:
        """The numbers of the sources, raised."""
        known = sorted((self.numbers[key], key) for key in keys if key in self.numbers)
        link = Markup('<a href="#source-{}">{}</a>')
        links = [link.format(key, number) for number, key in known]
        return (
            Markup('<sup class="refs">{}</sup>').format(Markup("&#8201;").join(links))
            if links
            else Markup("")
        )

    @staticmethod
    def doubt(status: Status) -> Markup:
        """The mark of knowledge that was not read at its source; empty when it was."""
        words = STATUS_WORDS[status]
        return Markup(' <span class="doubt">{}</span>').format(words) if words else Markup("")

    @staticmethod
    def _figures(text: str, anchor: str) -> Markup:
        parts: list[Markup] = []
        end = 0
        for found in _FIGURE.finditer(text):
            parts.append(escape(text[end : found.start()]))
            parts.append(Markup('<a class="n" href="#{}">{}</a>').format(anchor, found.group()))
            end = found.end()
        return Markup("").join([*parts, escape(text[end:])])
