"""Small pictures made of characters: bars, curves, large figures."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

_EIGHTHS = " ▁▂▃▄▅▆▇█"
REST = "grey23"  # the part of a bar that is not full
_DIGITS = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ".": (" ", " ", "▀"),
    "%": ("▀ █", " █ ", "▀ ▀"),
    "-": ("   ", "▀▀▀", "   "),
}


def bar(share: float, width: int, style: str) -> Text:
    """A line of ``width`` cells of which ``share`` is in ``style``, to half a cell."""
    halves = round(min(max(share, 0.0), 1.0) * width * 2)
    full, half = divmod(halves, 2)
    return Text.assemble(
        ("━" * full + "╸" * half, style), ("─" * (width - full - half), REST), no_wrap=True
    )


def success_style(rate: float | None) -> str:
    """Red, yellow or green; grey where nothing is known."""
    if rate is None:
        return "bright_black"
    if rate < 1 / 3:
        return "red"
    return "yellow" if rate < 0.75 else "green"


def curve(points: Sequence[tuple[float, float]], width: int, height: int, end: float) -> list[str]:
    """The area under a curve, drawn in blocks to an eighth of a cell.

    Args:
        points: (x, y) with x ascending from 0 to ``end`` and y in [0, 1].
        width: cells.
        height: cells.
        end: the x of the right edge.

    Returns:
        ``height`` lines of ``width`` characters, top to bottom.
    """
    levels = [_level(points, (column + 0.5) / width * end) for column in range(width)]
    # A known rate of zero still draws its base line: it is not "unknown".
    eighths = [0 if level is None else max(1, round(level * height * 8)) for level in levels]
    return [
        "".join(_EIGHTHS[min(max(filled - row * 8, 0), 8)] for filled in eighths)
        for row in reversed(range(height))
    ]


def _level(points: Sequence[tuple[float, float]], x: float) -> float | None:
    """The curve's height at ``x``, linear between points; ``None`` outside of them."""
    if not points or x > points[-1][0]:
        return None
    before: tuple[float, float] | None = None
    for point in points:
        if point[0] >= x:
            if before is None or point[0] == before[0]:
                return point[1] if before is not None or point[0] <= x else None
            share = (x - before[0]) / (point[0] - before[0])
            return before[1] + share * (point[1] - before[1])
        before = point
    return None


def large(text: str) -> tuple[str, str, str]:
    """``text`` (digits, point, percent sign) in three lines of blocks."""
    glyphs = [_DIGITS[character] for character in text]
    return (
        " ".join(glyph[0] for glyph in glyphs),
        " ".join(glyph[1] for glyph in glyphs),
        " ".join(glyph[2] for glyph in glyphs),
    )


def duration(seconds: float) -> str:
    """``4:07`` or ``1:02:45``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def amount(number: float) -> str:
    """``950``, ``12.3k`` or ``1.25M``."""
    if number < 10_000:
        return f"{number:,.0f}"
    return f"{number / 1e3:.0f}k" if number < 1e6 else f"{number / 1e6:.2f}M"
