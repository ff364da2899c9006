"""Turn the Markdown of the repository and the command line's help into pages; refuse broken links."""

import html
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
TOP_PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; display: block; overflow-x: auto }
td, th { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: .25rem .6rem }
th { text-align: left }
pre { overflow-x: auto; padding: .8rem; background: color-mix(in srgb, currentColor 7%, transparent) }
img { max-width: 100% }
"""
LINK = re.compile(r'(?P<kind>href|src)="(?P<target>[^"]*)"')


def pages() -> list[Path]:
    """Every Markdown page, relative to the root."""
    top = [Path(name) for name in TOP_PAGES if (ROOT / name).exists()]
    return top + sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))


def title(markdown: str, page: Path) -> str:
    """First heading of a page, or its name."""
    found = re.search(r"^# (.+)$", markdown, flags=re.MULTILINE)
    return found.group(1) if found else page.stem


def document(heading: str, body: str, *, depth: int) -> str:
    """A whole HTML page, `depth` folders below the index."""
    return (
        f'<!doctype html>\n<html lang="en-GB"><meta charset="utf-8"><title>{html.escape(heading)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>\n'
        f'<p><a href="{"../" * depth}index.html">nelm</a></p>\n{body}</html>\n'
    )


def is_local(target: str) -> bool:
    """Whether a link leads into the repository."""
    return bool(target) and not re.match(r"[a-z]+:|#|//", target)


def broken_links(page: Path, body: str) -> Iterator[str]:
    """Links of a page that lead nowhere in the repository."""
    for link in LINK.finditer(body):
        target = link["target"].partition("#")[0]
        if is_local(link["target"]) and not (ROOT / page.parent / target).exists():
            yield f"{page}: the link to {link['target']} leads nowhere; correct it or add the file"


def write_page(page: Path, out: Path) -> list[str]:
    """Write one page with the pictures and files that it links to; its broken links."""
    markdown = (ROOT / page).read_text(encoding="utf-8")
    body = MarkdownIt("commonmark").enable("table").render(markdown)
    broken = list(broken_links(page, body))
    for link in LINK.finditer(body):
        source = ROOT / page.parent / link["target"].partition("#")[0]
        if is_local(link["target"]) and source.is_file() and source.suffix != ".md":
            copy = out / source.resolve().relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    as_html = re.sub(r'href="([^":]+)\.md(#[^"]*)?"', r'href="\1.html\2"', body)
    target = (out / page).with_suffix(".html")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(document(title(markdown, page), as_html, depth=len(page.parts) - 1), encoding="utf-8")
    return broken


def help_texts(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """Name and help of a command and of every command below it."""
    context = click.Context(command, info_name=name, terminal_width=100)
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            child = command.get_command(context, below)
            if child is not None:
                yield from help_texts(child, f"{name} {below}")


def write_command_line(out: Path) -> None:
    """Write the page of the command line from the commands themselves."""
    entry = import_module("nelm.cli").main
    command = entry if isinstance(entry, click.Command) else getattr(import_module("nelm.cli"), "nelm", None)
    if not isinstance(command, click.Command):
        raise SystemExit("docs: nelm.cli has neither main nor nelm as a click command; export it in nelm.cli")
    parts = [f"<h2>{n}</h2><pre>{html.escape(t)}</pre>" for n, t in help_texts(command, "nelm")]
    body = "<h1>Command line</h1>" + "\n".join(parts)
    (out / "command-line.html").write_text(document("Command line", body, depth=0), encoding="utf-8")


def write_index(out: Path) -> None:
    """Write the list of all pages."""
    rows = [(page.with_suffix(".html"), title((ROOT / page).read_text("utf-8"), page)) for page in pages()]
    rows.append((Path("command-line.html"), "Command line"))
    items = "\n".join(f'<li><a href="{path}">{html.escape(heading)}</a></li>' for path, heading in rows)
    body = f"<h1>nelm</h1>\n<ul>{items}</ul>"
    (out / "index.html").write_text(document("nelm", body, depth=0), encoding="utf-8")


def main(out: Path) -> int:
    """Exit code: 0 when every page was written and every link leads somewhere."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    broken = [message for page in pages() for message in write_page(page, out)]
    write_command_line(out)
    write_index(out)
    print(*broken, sep="\n", end="\n" if broken else "", file=sys.stderr)
    print(f"{len(pages()) + 2} pages in {out}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
