"""The pages of a task as HTML, in the colours of the episode."""

from __future__ import annotations

import random
from collections.abc import Iterable
from html import escape
from typing import Final

from hrlctl.desktop.sim.names import Names, Taken
from hrlctl.desktop.sim.web import Block, Link, Links, Page, Paragraph, Search, Table, Web
from hrlctl.desktop.sim.web_drawing import drawn_pages, names_of
from hrlctl.desktop.x11.looks import Look
from hrlctl.schema.setup import Setup

_FONT_SIZE: Final = 18
"""Pixels; at half the size letters are as high as those of other programs."""
_PAGE: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,">
<style>
body {{ background: {base}; color: {text}; font: {size}px "{font}", sans-serif; margin: 8px 14px; }}
h1 {{ font-size: 24px; margin: 0 0 8px; }}
p, table, form, ul {{ margin: 0 0 8px; padding: 0; }}
li {{ list-style: none; line-height: 30px; }}
a {{ color: {accent}; }}
td, th {{ border: 1px solid {accent}; padding: 3px 12px; text-align: left; }}
table {{ border-collapse: collapse; }}
input, button {{ font: inherit; color: {text}; background: {base}; border: 1px solid {accent};
  padding: 3px 8px; }}
</style></head><body>
<h1>{heading}</h1>
{blocks}
</body></html>
"""


def drawn_web(setup: Setup, rng: random.Random) -> Web:
    """The pages of an episode; what its task leaves open is drawn as the simulator draws it."""
    taken = Taken(name for page in setup.pages for name in names_of(page))
    names = Names(rng, held_out=setup.variation.held_out_words, taken=taken)
    return Web(drawn_pages(setup.pages, names, lambda fields: ()))


def html(page: Page, look: Look) -> str:
    """What a browser is sent for ``page``."""
    return _PAGE.format(
        title=escape(page.title),
        heading=_words(page.title),
        blocks="\n".join(_block(block, page) for block in page.blocks),
        size=_FONT_SIZE,
        font=look.font,
        **look.palette._asdict(),
    )


def _block(block: Block, page: Page) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{_words(text)}</p>"
        case Links(links):
            return f"<ul>{''.join(map(_link, links))}</ul>"
        case Table(columns, rows):
            return f"<table>{_row('th', columns)}{''.join(_row('td', row) for row in rows)}</table>"
        case Search(name, _):
            return (
                f'<form action="{_url(page.address)}"><label>{escape(name)} '
                f'<input name="q" aria-label="{escape(name)}" autocomplete="off"></label> '
                "<button>Find</button></form>"
            )
        case _:  # ``check_setup`` has refused forms
            raise ValueError(f"no HTML is known for {block!r}")


def _link(link: Link) -> str:
    return f'<li><a href="{_url(link.address)}">{escape(link.text)}</a></li>'


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_words(cell)}</{tag}>' for cell in cells)}</tr>"


def _words(text: str) -> str:
    """Each word by itself, so that it can be found where it stands."""
    return " ".join(f"<span>{escape(word)}</span>" for word in text.split())


def _url(address: str) -> str:
    return escape(f"https://{address}")
