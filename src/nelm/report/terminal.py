"""The plan as words in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.tree import Tree

from nelm.guideline.criteria import Intent, State, Verdict
from nelm.planner.plan import DISCLAIMER, AnsweredCriterion, Plan, PlannedOption
from nelm.report.wording import (
    INTENT_WORDS,
    KIND_WORDS,
    POSITION_WORDS,
    STATE_WORDS,
    STATUS_WORDS,
    VERDICT_MARKS,
    VERDICT_WORDS,
    decisive,
    fact_words,
    finding_words,
    item_value,
    limit_words,
    needed_words,
)

STYLES = {
    Verdict.RECOMMENDED: "bold green",
    Verdict.OPTION: "cyan",
    Verdict.UNDETERMINED: "yellow",
    Verdict.NOT_INDICATED: "dim",
    Verdict.CONTRAINDICATED: "red",
}


def _why(option: PlannedOption) -> str:
    if option.verdict is Verdict.UNDETERMINED and option.needs:
        return f"needs: {needed_words(option)}"
    found = decisive(option)
    return found.statement if found else ""


def print_plan(plan: Plan, console: Console) -> None:
    """The whole plan, options by intent."""
    console.print(Panel(f"[bold]{escape(plan.case_id)}[/]   as of {plan.as_of}   nelm {plan.software}, "
                        f"knowledge {plan.knowledge}", subtitle="research and education"))  # fmt: skip
    for item in plan.findings:
        console.print(f"  {escape(item.label)}: [bold]{escape(finding_words(item))}[/]")
    for intent in Intent:
        table = Table(title=INTENT_WORDS[intent], title_justify="left", expand=True, box=None, padding=(0, 1))
        table.add_column("", width=2)
        table.add_column("option", ratio=3)
        table.add_column("verdict", ratio=2)
        table.add_column("why", ratio=7)
        group = [item for item in plan.of_intent(intent) if item.verdict is not Verdict.NOT_INDICATED]
        for item in group:
            rank = str(item.rank) if item.rank else ""
            verdict = f"{VERDICT_MARKS[item.verdict]} {VERDICT_WORDS[item.verdict]}"
            table.add_row(rank, escape(item.name), f"[{STYLES[item.verdict]}]{verdict}[/]", escape(_why(item)))
        if group:
            console.print(table)
    left = [item.name for item in plan.options if item.verdict is Verdict.NOT_INDICATED]
    console.print(f"[dim]Not indicated: {escape(', '.join(left))}[/]")
    _print_next(plan, console)
    for item in plan.conflicts:
        console.print(f"[bold]Guidelines differ:[/] {escape(item.topic)}")
    _print_warnings(plan, console)


def _print_next(plan: Plan, console: Console, most: int = 8) -> None:
    console.print("[bold]What to find out first[/]")
    for place, item in enumerate(plan.next_facts[:most], start=1):
        measured = " (measure more exactly)" if item.measurement else ""
        waiting = f"{len(item.needed_by)} options wait for it" if item.needed_by else ""
        moves = f"moves {len(item.settles)} verdicts alone" if item.settles else ""
        told = "; ".join(text for text in (waiting, moves) if text)
        console.print(f"  {place}. {escape(item.meaning)}{measured} – {escape(item.answered_by)} [dim]({told})[/]")


def _print_warnings(plan: Plan, console: Console) -> None:
    for text in plan.warnings:
        console.print(f"[yellow]Note:[/] {escape(text)}")
    console.print(f"[dim]{DISCLAIMER}[/]")


def print_explanation(plan: Plan, option_id: str, console: Console) -> None:
    """Why: criteria, facts, limits and sources of one option as a tree."""
    option = next(item for item in plan.options if item.id == option_id)
    verdict = f"[{STYLES[option.verdict]}]{VERDICT_WORDS[option.verdict]}[/]"
    tree = Tree(f"[bold]{escape(option.name)}[/] ({option.id}): {verdict}")
    for criterion in option.criteria:
        _add_criterion(tree, criterion, plan)
    positions = tree.add("Positions")
    for position in option.positions:
        words = POSITION_WORDS.get(position.position, position.position)
        node = positions.add(f"{escape(position.body)}: {words}; applies: {STATE_WORDS[position.applies]}")
        node.add(escape(position.statement))
        _add_sources(node, position.sources, plan)
    for need in option.needs:
        told = "; ".join(f"{c.value}: {VERDICT_WORDS[c.verdict]}" for c in need.consequences)
        tree.add(f"[yellow]missing:[/] {escape(fact_words(need.fact))} {escape(told)}")
    practice = tree.add("In practice")
    for line in (*option.proposal.regimen, *option.proposal.quantities, *option.proposal.monitoring):
        practice.add(escape(f"{line.label}: {item_value(line)} {line.text}"))
    for reason in option.reasons:
        tree.add(f"order: {escape(reason)}")
    console.print(tree)
    console.print(f"[dim]{DISCLAIMER}[/]")


def _add_criterion(tree: Tree, criterion: AnsweredCriterion, plan: Plan) -> None:
    style = {State.MET: "bold", State.NOT_MET: "dim", State.UNKNOWN: "yellow"}[criterion.state]
    doubt = STATUS_WORDS[criterion.status]
    mark = f" [magenta]({doubt})[/]" if doubt else ""
    head = f"{KIND_WORDS[criterion.kind]}: {escape(criterion.statement)} [{style}]{STATE_WORDS[criterion.state]}[/]"
    node = tree.add(head + mark)
    paths = {item.name: ", ".join(item.paths) for item in plan.facts}
    for name, written in criterion.facts.items():
        place = f" [dim]{escape(paths.get(name, ''))}[/]" if name in paths else ""
        node.add(f"fact {escape(name)}: {escape(written) if written is not None else '[yellow]not known[/]'}{place}")
    for limit in criterion.limits:
        node.add(f"limit {escape(limit.id)}: {escape(limit_words(limit))} [dim]{escape(limit.place)}[/]")
    _add_sources(node, criterion.sources, plan)


def _add_sources(node: Tree, keys: tuple[str, ...], plan: Plan) -> None:
    for key in keys:
        source = plan.sources.get(key)
        if source is not None:
            node.add(f"[dim]source {escape(source.citation)} (read: {source.read.replace('_', ' ')})[/]")


def print_check(plan: Plan, console: Console) -> None:
    """The document is valid; what is missing."""
    console.print(f"[green]valid[/] {escape(plan.case_id)}: {len(plan.facts)} facts")
    _print_next(plan, console, most=20)
    _print_warnings(plan, console)
