"""Strokes of the timeline: marks, patterns and words as SVG, with ink and colours of the page."""

from __future__ import annotations

from html import escape

from nelm.report.dosimetry.drawing import COLOURS

MARKS = ("circle", "diamond", "up", "square", "down", "plus")
PATTERNS = ("plain", "rising", "falling", "dots", "level", "upright")
PAUSE = "pause"
BAR_PX = 19.0
_SHAPES = {
    "circle": "M{l} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z",
    "diamond": "M{x} {t}L{e} {y}L{x} {b}L{l} {y}z",
    "up": "M{x} {t}L{e} {b}L{l} {b}z",
    "down": "M{x} {b}L{e} {t}L{l} {t}z",
    "square": "M{l} {t}H{e}V{b}H{l}z",
    "plus": "M{l} {y}H{e}M{x} {t}V{b}",
}
_HATCHES = {
    "plain": "",
    "rising": "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
    "falling": "M-1 -1L7 7M5 -1L7 1M-1 5L1 7",
    "dots": "M1.5 1.5h.01M4.5 4.5h.01",
    "level": "M0 3H6",
    "upright": "M3 0V6",
}


def figured(value: float) -> str:
    """A place in the drawing, to a tenth of a pixel.

    >>> figured(12.04), figured(-0.01), figured(3.25)
    ('12', '0', '3.2')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def colour(place: int) -> str:
    """Colour of the page, by number; they repeat."""
    number = place % len(COLOURS)
    return f"var(--c{number + 1},{COLOURS[number]})"


def mark(shape: str, x: float, y: float, *, told: str = "", radius: float = 5.0) -> str:
    """The mark of an event, with its words on pointing."""
    size = radius if shape != "square" else 0.85 * radius
    places = {
        "x": x,
        "y": y,
        "r": size,
        "d": 2 * size,
        "l": x - size,
        "e": x + size,
        "t": y - size,
        "b": y + size,
    }
    path = _SHAPES[shape].format(**{name: figured(place) for name, place in places.items()})
    return f'<path class="mark {shape}" d="{path}">{_pointed(told)}</path>'


def line(x1: float, y1: float, x2: float, y2: float, *, kind: str) -> str:
    """A straight stroke."""
    places = f'x1="{figured(x1)}" y1="{figured(y1)}" x2="{figured(x2)}" y2="{figured(y2)}"'
    return f'<line class="{kind}" {places}/>'


def words(x: float, y: float, text: str, *, kind: str = "", anchor: str = "start") -> str:
    """A line of words."""
    ends = f' text-anchor="{anchor}"' if anchor != "start" else ""
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{figured(x)}" y="{figured(y)}"{named}{ends}>{escape(text)}</text>'


def patterns(name: str, kinds: list[str]) -> str:
    """What bars of each kind are filled with: told apart by the strokes as well as by the colour."""
    found: list[str] = []
    for place in range(len(kinds)):
        ink = colour(place)
        hatch = PATTERNS[place % len(PATTERNS)]
        found.append(
            f'<pattern id="{name}-k{place}" width="6" height="6" patternUnits="userSpaceOnUse">'
            f'<rect width="6" height="6" style="fill:{ink};fill-opacity:.16"/>'
            f'<path class="hatch" d="{_HATCHES[hatch]}" style="stroke:{ink}"/></pattern>'
        )
    return f"<defs>{''.join(found)}</defs>" if found else ""


def bar(
    name: str, kinds: list[str], kind: str, *, told: str, ends: tuple[float, float, float], ongoing: bool
) -> str:
    """The bar of a span, its end an arrow while it goes on.

    Parameters
    ----------
    name, kinds, kind : Choose the pattern.
    told : Words on pointing.
    ends : Start, end and top [px].
    """
    start, end, top = ends
    tip = min(9.0, (end - start) / 2) if ongoing else 0.0
    path = (
        f"M{figured(start)} {figured(top)}H{figured(end - tip)}L{figured(end)} {figured(top + BAR_PX / 2)}"
        f"L{figured(end - tip)} {figured(top + BAR_PX)}H{figured(start)}z"
    )
    return f'<path class="bar"{bar_style(name, kinds, kind)} d="{path}">{_pointed(told)}</path>'


def bar_style(name: str, kinds: list[str], kind: str) -> str:
    """Fill and edge of bars of one kind; a pause is empty with a broken edge."""
    if kind not in kinds:
        broken = ";stroke-dasharray:4 3" if kind == PAUSE else ""
        return f' style="fill:none;stroke:currentColor{broken}"'
    place = kinds.index(kind)
    return f' style="fill:url(#{name}-k{place});stroke:{colour(place)}"'


def _pointed(told: str) -> str:
    return f"<title>{escape(told)}</title>" if told else ""
