"""Self-contained HTML pages from templates: nothing in them is fetched or run from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render_page(template: str, **content: Any) -> str:
    """The page that ``template`` of ``hrlctl/cli/templates`` makes of ``content``.

    Every text in it is escaped.
    """
    environment = Environment(
        loader=PackageLoader("hrlctl.cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": _percent,
        "interval": _interval,
        "level": _level,
        "ratio": _ratio,
    }
    return environment.get_template(template).render(**content)


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _interval(ends: Sequence[float]) -> str:
    low, high = ends
    return f"{low:.1%} to {high:.1%}"


def _level(rate: float) -> str:
    """The class that colours a rate, as the terminal colours it."""
    if rate < 1 / 3:
        return "poor"
    return "fair" if rate < 0.75 else "good"


def _ratio(figures: Mapping[str, Any]) -> str:
    known = figures["steps_to_oracle"]
    return "" if known is None else f"{known:.2f} \N{MULTIPLICATION SIGN}"
