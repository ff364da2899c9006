"""The plan as words in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.tree import Tree

from nelm.guideline.criteria import Intent, State, Verdict
from nelm.planner.plan import DISCLAIMER, AnsweredCriterion, Plan, PlannedOption
from nelm.report import glance
from nelm.report.reasons import reason_of
from nelm.report.wording import (
    INTENT_WORDS,
    KIND_WORDS,
    POSITION_WORDS,
    READ_WORDS,
    STATE_WORDS,
    STATUS_WORDS,
    VERDICT_MARKS,
    VERDICT_WORDS,
    answer_text,
    criterion_answer,
    fact_words,
    item_value,
    limit_words,
    named,
    outcome_words,
    plain,
)

STYLES = {
    Verdict.RECOMMENDED: "bold green",
    Verdict.OPTION: "cyan",
    Verdict.UNDETERMINED: "yellow",
    Verdict.NOT_INDICATED: "dim",
    Verdict.CONTRAINDICATED: "red",
}


def _verdict(verdict: Verdict) -> str:
    return f"[{STYLES[verdict]}]{VERDICT_MARKS[verdict]} {VERDICT_WORDS[verdict]}[/]"


def print_plan(plan: Plan, console: Console) -> None:
    """The whole plan, options by intent."""
    who = " · ".join(escape(line.value or "") for line in glance.headline(plan))
    made = f"[dim]nelm {plan.software}, knowledge {plan.knowledge}[/]"
    head = f"[bold]{escape(plan.case_id)}[/]  {plan.as_of}  {made}\n{who}"
    console.print(Panel(head, subtitle="research and education, not a medical device"))
    _print_blocks(plan, console)
    for intent in Intent:
        _print_intent(plan, intent, console)
    left = [item.name for item in plan.options if item.verdict is Verdict.NOT_INDICATED]
    if left:
        console.print(f"\n[dim]– not indicated: {escape(', '.join(left))}[/]")
    _print_next(plan, console)
    if plan.conflicts:
        console.print("\n[bold]Where guidelines differ for this patient[/]")
    for item in plan.conflicts:
        console.print(
            f"  {escape(item.topic)} [dim]({escape(', '.join(view.body for view in item.views))})[/]"
        )
    for item in plan.follow_up:
        console.print(f"[bold]Follow-up:[/] {escape(item.text)}")
    _print_warnings(plan, console)


def _print_blocks(plan: Plan, console: Console) -> None:
    for heading, lines in glance.blocks(plan):
        told = ", ".join(
            f"{escape(line.label)} "
            + (f"[bold]{escape(line.value)}[/]" if line.value else "[yellow]not known[/]")
            for line in lines
        )
        console.print(f"[bold]{heading}:[/] {told}")


def _print_intent(plan: Plan, intent: Intent, console: Console) -> None:
    group = glance.rows(plan, intent)
    if not group:
        return
    table = Table(title=f"\n[bold]{INTENT_WORDS[intent]}[/]", title_justify="left", title_style="", expand=True,
                  box=None, padding=(0, 1), show_header=False)  # fmt: skip
    table.add_column("rank", width=2)
    table.add_column("option", ratio=4)
    table.add_column("verdict", width=17)
    table.add_column("why", ratio=7)
    for row in group:
        doubt = STATUS_WORDS[row.reason.status]
        why = escape(row.reason.words) + (f" [magenta]({doubt})[/]" if doubt else "")
        names = ", ".join(name for _, name in row.options)
        table.add_row(str(row.rank or ""), escape(names), _verdict(row.verdict), why)
    console.print(table)


def _print_next(plan: Plan, console: Console, most: int = 7) -> None:
    asked = glance.questions(plan)
    console.print(
        "\n[bold]What to find out first[/]" if asked else "\nNo missing fact would change a verdict."
    )
    for place, item in enumerate(asked[:most], start=1):
        facts = ", ".join(
            f"{named(fact.meaning)}{' (more exactly)' if fact.measurement else ''}" for fact in item.facts
        )
        bears = f"bears on {len(item.options)} option{'s' if len(item.options) != 1 else ''}"
        console.print(f"  {place}. [bold]{escape(item.answered_by)}[/]: {escape(facts)} [dim]({bears})[/]")


def _print_warnings(plan: Plan, console: Console) -> None:
    for text in plan.warnings:
        console.print(f"[yellow]Note:[/] {escape(text)}")
    console.print(f"\n[dim]{DISCLAIMER}[/]")


def print_explanation(plan: Plan, option_id: str, console: Console) -> None:
    """Why: criteria, facts, limits and sources of one option as a tree."""
    option = next(item for item in plan.options if item.id == option_id)
    tree = Tree(f"[bold]{escape(option.name)}[/] ({option.id}): {_verdict(option.verdict)}")
    tree.add(f"[bold]because[/] {escape(reason_of(option).words)}")
    criteria = tree.add("[bold]criteria[/]")
    for criterion in option.criteria:
        _add_criterion(criteria, criterion, plan)
    _add_positions(tree, option, plan)
    for need in option.needs:
        told = "; ".join(f"{answer_text(c.value)} → {VERDICT_WORDS[c.verdict]}" for c in need.consequences)
        tree.add(f"[yellow]missing:[/] {escape(fact_words(need.fact))}{': ' if told else ''}{escape(told)}")
    _add_practice(tree, option, plan)
    for reason in option.reasons:
        tree.add(f"[bold]order:[/] {escape(reason)}")
    console.print(tree)
    console.print(f"[dim]{DISCLAIMER}[/]")


def _add_positions(tree: Tree, option: PlannedOption, plan: Plan) -> None:
    positions = tree.add("[bold]who says what[/]") if option.positions else tree
    for position in option.positions:
        words = POSITION_WORDS.get(position.position, position.position)
        doubt = STATUS_WORDS[position.status]
        mark = f" [magenta]({doubt})[/]" if doubt else ""
        node = positions.add(
            f"{escape(position.body)}: {words}; for this patient: {STATE_WORDS[position.applies]}{mark}"
        )
        node.add(escape(position.statement))
        _add_sources(node, position.sources, plan)


def _add_practice(tree: Tree, option: PlannedOption, plan: Plan) -> None:
    proposal = option.proposal
    blocks = (
        ("how it is given", proposal.regimen),
        ("in numbers, for this patient", proposal.quantities),
        ("what to watch", proposal.monitoring),
        ("take care", proposal.cautions),
    )
    for title, lines in blocks:
        branch = tree.add(f"[bold]{title}[/]") if lines else tree
        for line in lines:
            value = item_value(line)
            shown = f"{value} – " if value and value not in line.text else ""
            _add_sources(branch.add(escape(f"{line.label}: {shown}{line.text}")), line.sources, plan)
    evidence = tree.add("[bold]what studies showed[/]") if option.evidence else tree
    for item in option.evidence:
        words = STATE_WORDS[item.would_have_been_in]
        node = evidence.add(f"{escape(item.trial.name)} ({item.trial.year}); this patient in it: {words}")
        for outcome in item.trial.outcomes:
            node.add(escape(outcome_words(outcome)))
        _add_sources(node, item.trial.sources, plan)


def _add_criterion(tree: Tree, criterion: AnsweredCriterion, plan: Plan) -> None:
    style = {State.MET: "bold", State.NOT_MET: "dim", State.UNKNOWN: "yellow"}[criterion.state]
    doubt = STATUS_WORDS[criterion.status]
    mark = f" [magenta]({doubt})[/]" if doubt else ""
    answer = criterion_answer(criterion.kind, criterion.state)
    head = f"{KIND_WORDS[criterion.kind]}: {escape(criterion.statement)} [{style}]{answer}[/]"
    node = tree.add(head + mark)
    paths = {item.name: ", ".join(item.paths) for item in plan.facts}
    for name, written in criterion.facts.items():
        place = f" [dim]{escape(paths.get(name, ''))}[/]" if name in paths else ""
        told = escape(plain(written)) if written is not None else "[yellow]not known[/]"
        node.add(f"fact: {escape(fact_words(name))}: {told}{place}")
    for limit in criterion.limits:
        node.add(
            f"limit: {escape(limit_words(limit))} [dim]{escape(limit.statement)} ({escape(limit.place)})[/]"
        )
    _add_sources(node, criterion.sources, plan)


def _add_sources(node: Tree, keys: tuple[str, ...], plan: Plan) -> None:
    for key in keys:
        source = plan.sources.get(key)
        if source is not None:
            read = READ_WORDS.get(source.read, plain(source.read))
            node.add(f"[dim]source: {escape(source.citation)} (read: {read})[/]")


def print_check(plan: Plan, console: Console) -> None:
    """The document is valid; what is missing, ranked, with the options that wait for it."""
    console.print(f"[green]valid[/] {escape(plan.case_id)}: {len(plan.facts)} facts")
    for heading, lines in glance.blocks(plan):
        missing = [line.label for line in lines if line.value is None]
        if missing:
            console.print(f"  [bold]{heading}[/]: not known: {escape(', '.join(missing))}")
    _print_next(plan, console, most=len(plan.next_facts))
    table = Table(
        title="\n[bold]Fact by fact[/]", title_justify="left", title_style="", box=None, expand=True
    )
    for name, ratio in (("fact", 5), ("found out by", 4), ("options that wait", 2), ("moves by itself", 2)):
        table.add_column(name, ratio=ratio)
    for item in plan.next_facts:
        table.add_row(
            escape(named(item.meaning)),
            escape(item.answered_by),
            str(len(item.needed_by)),
            str(len(item.settles)),
        )
    if plan.next_facts:
        console.print(table)
    _print_warnings(plan, console)
