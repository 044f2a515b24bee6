"""A task's pages: whether their links lead anywhere, and the pages in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hrlctl.errors import TaskError, did_you_mean
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
    normal_address,
)


def check_pages(pages: Sequence[PageSetup]) -> None:
    """Whether every address is that of one page, and whatever leads somewhere leads to one.

    Raises:
        TaskError: two pages have one address, or a link or a form leads to none.
    """
    known: set[str] = set()
    for page in pages:
        address = normal_address(page.address)
        if address in known:
            raise TaskError(
                f"two pages have the address {page.address!r}", hint="give each one of its own"
            )
        known.add(address)
    for page in pages:
        for what, to in _ways(page.content):
            if normal_address(to) not in known:
                raise TaskError(
                    f"on the page {page.address!r} {what} leads to {to!r}, where there is no page",
                    hint=did_you_mean(to, known) or "leave 'to' out: then a page is drawn",
                )


def _ways(content: Iterable[Content]) -> Iterator[tuple[str, str]]:
    """What leads from a page to others, and their addresses."""
    for part in content:
        match part:
            case LinksSetup(entries=links) | SearchSetup(entries=links):
                yield from ((f"the link {link.text!r}", link.to) for link in links if link.to)
            case WebFormSetup(submit=submit, to=str(to)):
                yield f"the button {submit!r}", to


def page_in_words(page: PageSetup) -> str:
    """What a page shows, as far as the task says."""
    return "; ".join([f'page {page.address} "{page.title}"', *map(_part, page.content)])


def _part(part: Content) -> str:
    match part:
        case ParagraphSetup(text=text):
            return f'text "{text}"'
        case LinksSetup(entries=links, extra_entries=extra):
            return "links " + _listed(map(_link, links), extra)
        case TableSetup(rows=rows, extra_rows=extra):
            return "table of " + _listed((" | ".join(row) for row in rows), extra)
        case WebFormSetup(fields=fields, extra_fields=extra, submit=submit):
            return f'form with "{submit}" and {_listed(map(_field, fields), extra)}'
        case SearchSetup(name=name, entries=entries, extra_entries=extra):
            return f'search "{name}" of {_listed(map(_link, entries), extra)}'


def _link(link: LinkSetup) -> str:
    return f'"{link.text}" to {link.to}' if link.to else f'"{link.text}"'


def _field(field: FieldSetup) -> str:
    return f'{field.role.replace("_", " ")} "{field.name}"'


def _listed(words: Iterable[str], extra: int) -> str:
    """``words``, and how many are drawn beside them."""
    return ", ".join([*words, *([f"{extra} drawn"] if extra else [])]) or "nothing"
