"""The pages that browsers of one episode find, by their addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote_plus, unquote_plus

from hrlctl.desktop.sim.fields import Field
from hrlctl.schema.pages import normal_address

_QUERY = "?q="
BLANK = ""
"""The address of a new tab."""
NOT_FOUND = "Not found"
"""The title of what stands at every other address."""


class Link(NamedTuple):
    text: str
    address: str


class Paragraph(NamedTuple):
    text: str


class Links(NamedTuple):
    links: tuple[Link, ...]


class Table(NamedTuple):
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class WebForm(NamedTuple):
    """Fields with their first values; ``address`` is the page after the button."""

    fields: tuple[Field, ...]
    submit: str
    address: str


class Search(NamedTuple):
    name: str
    entries: tuple[Link, ...]


Block = Paragraph | Links | Table | WebForm | Search


class Page(NamedTuple):
    """What stands at an address; later blocks below earlier ones."""

    address: str
    title: str
    blocks: tuple[Block, ...]


def results_address(page: str, query: str) -> str:
    """Where the page at ``page`` lists what its search finds."""
    return f"{page}{_QUERY}{quote_plus(query.strip().lower())}"


class Web:
    """All pages; what is at no known address is a page that says so."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._pages = {normal_address(page.address): page for page in pages}

    def page(self, address: str) -> Page:
        """What a browser shows for ``address``, in any spelling."""
        address = normal_address(address)
        if address == BLANK:
            advice = Paragraph("Type an address above and press Enter.")
            return Page(BLANK, "New tab", (advice,))
        if (known := self._pages.get(address)) is not None:
            return known
        place, separator, query = address.partition(_QUERY)
        if separator and (found := self._results(place, unquote_plus(query))) is not None:
            return Page(address, "Results", found)
        return Page(address, NOT_FOUND, (Paragraph(f"There is no page at {address}."),))

    def _results(self, place: str, query: str) -> tuple[Block, ...] | None:
        """The answer to a search; ``None`` where nothing can be searched."""
        page = self._pages.get(place)
        search = next((b for b in page.blocks if isinstance(b, Search)), None) if page else None
        if page is None or search is None:
            return None
        found = tuple(entry for entry in search.entries if query in entry.text.lower())
        back = Link(page.title, page.address)
        if not found:
            return (Paragraph(f"Nothing found for {query}."), Links((back,)))
        return (Links(found), Links((back,)))
