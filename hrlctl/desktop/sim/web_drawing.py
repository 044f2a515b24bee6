"""Draws what a task's pages leave open: further links, rows, entries, and the pages behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hrlctl.desktop.sim.fields import Field, drawn, field_names
from hrlctl.desktop.sim.names import Names
from hrlctl.desktop.sim.web import Block, Link, Links, Page, Paragraph, Search, Table, WebForm
from hrlctl.schema.fields import FieldSetup
from hrlctl.schema.pages import (
    Content,
    LinkSetup,
    LinksSetup,
    PageSetup,
    ParagraphSetup,
    SearchSetup,
    TableSetup,
    WebFormSetup,
)

Resolve = Callable[[tuple[FieldSetup, ...]], tuple[Field, ...]]

_MEAN_WORDS = 8  # of a drawn page


def drawn_pages(setups: Iterable[PageSetup], names: Names, resolve: Resolve) -> Iterator[Page]:
    """All pages of an episode: those of the task, and those that drawn links lead to.

    Args:
        names: where drawn names and chance come from.
        resolve: draws the values of named fields.
    """
    for setup in setups:
        drawing = _Drawing(setup, names, resolve)
        yield Page(setup.address, setup.title, tuple(map(drawing.block, setup.content)))
        yield from drawing.further


def names_of(page: PageSetup) -> Iterator[str]:
    """Every name on a page, so that none is drawn again."""
    yield page.title
    for content in page.content:
        match content:
            case LinksSetup(entries=links) | SearchSetup(entries=links):
                yield from (link.text for link in links)
            case TableSetup(columns=columns, rows=rows):
                yield from columns
                yield from (cell for row in rows for cell in row)
            case WebFormSetup(fields=fields, submit=submit):
                yield submit
                yield from field_names(fields)
            case ParagraphSetup(text=text):
                yield from text.split()


class _Drawing:
    """Draws one page.

    Attributes:
        further: the pages that its drawn links and its form lead to.
    """

    def __init__(self, setup: PageSetup, names: Names, resolve: Resolve) -> None:
        self._setup = setup
        self._names = names
        self._resolve = resolve
        self.further: list[Page] = []

    def block(self, content: Content) -> Block:
        """What ``content`` describes, with drawn parts where it leaves them."""
        match content:
            case ParagraphSetup(text=text):
                return Paragraph(text)
            case LinksSetup(entries=links, extra_entries=extra):
                return Links(self._links(links, extra))
            case SearchSetup(name=name, entries=entries, extra_entries=extra):
                return Search(name, self._links(entries, extra))
            case TableSetup():
                return self._table(content)
            case WebFormSetup():
                return self._form(content)

    def _place(self, count: int) -> int:
        """A place among ``count`` things, also the one after the last."""
        return int(self._names.rng.random() * (count + 1))

    def _links(self, setups: tuple[LinkSetup, ...], extra: int) -> tuple[Link, ...]:
        links = [
            Link(link.text, self._drawn_page(link.text) if link.to is None else link.to)
            for link in setups
        ]
        for _ in range(extra):
            name = self._names.draw()
            links.insert(self._place(len(links)), Link(name, self._drawn_page(name)))
        return tuple(links)

    def _drawn_page(self, title: str) -> str:
        """The address of a page of drawn words, with a way back."""
        address = f"{self._setup.address}/{title.lower().replace(' ', '-')}"
        count = _MEAN_WORDS // 2 + self._place(_MEAN_WORDS)
        text = " ".join(self._names.word() for _ in range(count)).capitalize() + "."
        back = Links((Link(self._setup.title, self._setup.address),))
        self.further.append(Page(address, title, (Paragraph(text), back)))
        return address

    def _table(self, setup: TableSetup) -> Table:
        rows = list(setup.rows)
        taken = {cell for row in rows for cell in row}
        pattern = rows[0]
        for _ in range(setup.extra_rows):
            cells = [self._cell(cell, taken) for cell in pattern[1:]]
            rows.insert(self._place(len(rows)), (self._names.draw(), *cells))
        return Table(setup.columns, tuple(rows))

    def _cell(self, pattern: str, taken: set[str]) -> str:
        """A number with as many digits as ``pattern``, or a word where that is none."""
        if not pattern.isdigit():
            return self._names.draw().lower()
        lowest = 10 ** (len(pattern) - 1)
        while (cell := str(lowest + int(self._names.rng.random() * 9 * lowest))) in taken:
            pass
        taken.add(cell)
        return cell

    def _form(self, setup: WebFormSetup) -> WebForm:
        fields = list(self._resolve(setup.fields))
        for field in drawn(setup.extra_fields, self._names):
            fields.insert(self._place(len(fields)), field)
        address = setup.to
        if address is None:
            address = f"{self._setup.address}/sent"
            back = Links((Link(self._setup.title, self._setup.address),))
            thanks = Paragraph("Your entries have been sent.")
            self.further.append(Page(address, "Thank you", (thanks, back)))
        return WebForm(tuple(fields), setup.submit, address)
