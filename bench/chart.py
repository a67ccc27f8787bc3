"""Draws how many times better ways of grading are, as bars in an SVG that reads on light and on dark pages."""

from __future__ import annotations

import html
from collections.abc import Sequence

from ratios import Range, Ratio

LEFT, WIDTH, BAR, GAP = 250, 420, 16, 10
COLOURS = {"CPU": "#2e8540", "throughput": "#3b6fb6"}
TEXT = 'font-family="sans-serif" font-size="13" fill="#777"'


def drawn(ratios: Sequence[Ratio]) -> str:
    """The chart; a thin line over each bar says from where to where the single measurements lie."""
    bars = [
        (each, what, found) for each in ratios for what, found in (("CPU", each.cpu), ("throughput", each.throughput))
    ]
    most = max((found.high for _, _, found in bars), default=1.0)
    height = GAP + len(bars) * (BAR + GAP)
    lines = [_bar(place, each, what, found, WIDTH / most) for place, (each, what, found) in enumerate(bars)]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 90}" height="{height}" role="img">'
    title = "<title>Times better than stock nbgrader, by topic and way of grading</title>"
    return "\n".join([opening, title, *lines, "</svg>"]) + "\n"


def _bar(place: int, each: Ratio, what: str, found: Range, scale: float) -> str:
    top = GAP + place * (BAR + GAP)
    name = html.escape(f"{each.topic}, {each.way}: {what}")
    ends = LEFT + found.low * scale, LEFT + found.high * scale
    return (
        f'<text x="{LEFT - 8}" y="{top + 13}" text-anchor="end" {TEXT}>{name}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{found.ratio * scale:.1f}" height="{BAR}" fill="{COLOURS[what]}"/>'
        f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{top + 8}" y2="{top + 8}" stroke="#d98200" stroke-width="2"/>'
        f'<text x="{ends[1] + 8:.1f}" y="{top + 13}" {TEXT}>{found.ratio:.1f}x</text>'
    )
