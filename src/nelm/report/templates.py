"""The templates of all pages, set up alike: text is escaped, and a name that is not known is an error."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def template_of(
    name: str, *, filters: dict[str, Callable[[str], str]] | None = None, **names: object
) -> Template:
    """A template of the package.

    Parameters
    ----------
    name : Of its file.
    filters : By the name that the template calls them by.
    names : What the template can use beside what it is rendered with.
    """
    environment = Environment(
        loader=PackageLoader("nelm.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters or {})
    environment.globals.update(names)
    return environment.get_template(name)
