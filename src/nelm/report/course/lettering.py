"""How wide words are, and where they break: room is reckoned in the widest of the fonts that the page may get."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font

UNKNOWN_EM = 1.0
"""Width of a letter that the measuring font does not have."""
FONTS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}


def text_width(text: str, size_px: float, *, bold: bool = False) -> float:
    """Width of a line [px].

    >>> text_width("", 12.0)
    0.0
    >>> text_width("mm", 12.0) == 2 * text_width("m", 12.0)
    True
    """
    return size_px * sum(_advance_em(letter, bold) for letter in text)


def wrapped(text: str, size_px: float, width_px: float, *, bold: bool = False) -> list[str]:
    """Lines of no more than a width, broken between words; a longer word is broken within."""
    lines: list[str] = []
    line = ""
    for word in _pieces(text, size_px, width_px, bold):
        longer = f"{line} {word}" if line else word
        if line and text_width(longer, size_px, bold=bold) > width_px:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def _pieces(text: str, size_px: float, width_px: float, bold: bool) -> list[str]:
    """Words, those wider than a line in parts."""
    found: list[str] = []
    for word in text.replace("\n", " ").split(" "):
        part = ""
        for letter in word:
            if part and text_width(part + letter, size_px, bold=bold) > width_px:
                found.append(part)
                part = ""
            part += letter
        if part:
            found.append(part)
    return found


@cache
def _advance_em(letter: str, bold: bool) -> float:
    font = _font(bold)
    glyph = font.get_char_index(ord(letter))
    return font.load_glyph(glyph).linearHoriAdvance / 65536 / 10 if glyph else UNKNOWN_EM


@cache
def _font(bold: bool) -> FT2Font:
    font = FT2Font(str(Path(mpl.get_data_path(), "fonts", "ttf", FONTS[bold])))
    font.set_size(10, 72)
    return font
