"""Plots as SVG inside a page: ink and colours are those of the page, so that light, dark and print need one drawing."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

INK = "#010203"
COLOURS = ("#0072b2", "#c24e00", "#00805a", "#a8487f", "#8a6500")
"""Told apart with any colour vision; the page has a lighter one of each for a dark ground."""
LINES = ("-", "--", "-.", ":")
FONT_PT = 8.0
_TAGS = re.compile(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|\s*<!--.*?-->", re.DOTALL)
_HEAD = re.compile(r'<svg[^>]*viewBox="([^"]*)"[^>]*>')
_ID = re.compile(r' id="([^"]*)"')
_FONT = re.compile(r"font: (?:\w+ )?([\d.]+)px [^;\"]*")


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot and what is said below it.

    Parameters
    ----------
    title : What it shows.
    svg : The drawing.
    caption : In a few words.
    """

    title: str
    svg: Markup
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ChartGroup:
    """Plots that share their axes.

    Parameters
    ----------
    title : What they show.
    charts : In order.
    """

    title: str
    charts: tuple[Chart, ...]


def panel(width_inch: float, height_inch: float) -> tuple[Figure, Any]:
    """An empty plot with its axes."""
    figure = Figure(figsize=(width_inch, height_inch), layout="constrained")
    figure.patch.set_visible(False)
    axes = figure.add_subplot()
    axes.patch.set_visible(False)
    axes.tick_params(colors=INK, labelsize=FONT_PT, width=0.6, length=3)
    axes.grid(True, color=INK, alpha=0.13, linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color=INK, linewidth=0.7)
    return figure, axes


def svg_of(figure: Figure, *, name: str, title: str, told: str) -> Markup:
    """The figure as an element of a page.

    Parameters
    ----------
    name : Once on the page; the names inside the drawing begin with it.
    title, told : For those who do not see it.
    """
    stream = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        FigureCanvasSVG(figure).print_svg(stream)
    text = stream.getvalue()
    text = _TAGS.sub("", text[text.index("<svg") :])
    text = _with_own_names(text, name).replace(INK, "currentColor")
    for place, colour in enumerate(COLOURS, start=1):
        text = text.replace(colour, f"var(--c{place}, {colour})")
    text = _FONT.sub(r"font-size: \1px", text).replace("xlink:href", "href")
    head = (
        rf'<svg class="chart" role="img" viewBox="\1" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>"
    )
    return Markup(_HEAD.sub(lambda found: head.replace(r"\1", found.group(1)), text, count=1).strip())


def _with_own_names(text: str, name: str) -> str:
    """Names that nothing refers to go, the others begin with that of the drawing."""
    used = set(re.findall(r"#([\w.-]+)", text))
    text = _ID.sub(lambda found: f' id="{name}-{found.group(1)}"' if found.group(1) in used else "", text)
    return re.sub(r'(url\(|href=")#', rf"\1#{name}-", text)
