"""Pages that tasks describe: links lead somewhere, mistakes are named, words say what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from hrlctl.errors import PackError, TaskError
from hrlctl.packs import load_task_file
from hrlctl.packs.pages import check_pages
from hrlctl.packs.wording import setup_in_words
from hrlctl.schema.pages import PageSetup
from hrlctl.schema.setup import Setup

PAGES: TypeAdapter[tuple[PageSetup, ...]] = TypeAdapter(tuple[PageSetup, ...])
TASK = """
- id: visit
  instruction: 'Go to "{site}.org"'
  difficulty: EASY
  num_steps: 3
  parameters: {site: {kind: word}}
  setup:
    windows: [{title: Surf, program: browser}]
    pages:
      - address: "{site}.org"
        title: Shop
        content:
          - {kind: links, entries: [{text: Order, to: "{site}.org/order"}]}
      - {address: "{site}.org/order", title: Order}
  success_criteria: {url_contains: "{site}.org"}
"""


def pages(*content: dict[str, Any], **more: Any) -> tuple[PageSetup, ...]:
    return PAGES.validate_python(
        [{"address": "Shop.org", "title": "Shop", "content": content}, *more.get("others", [])]
    )


def load(folder: Path, text: str) -> None:
    path = folder / "tasks.yaml"
    path.write_text(text, encoding="utf-8")
    load_task_file(path)


def test_links_and_forms_that_lead_to_pages_are_sound_in_any_spelling() -> None:
    check_pages(
        pages(
            {"kind": "links", "entries": [{"text": "a", "to": "https://SHOP.org/"}, {"text": "b"}]},
            {"kind": "form", "fields": [], "to": "shop.org"},
            {"kind": "form"},
        )
    )


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "links", "entries": [{"text": "Order", "to": "shop.orgg"}]},
        {"kind": "search", "entries": [{"text": "Order", "to": "shop.orgg"}]},
        {"kind": "form", "submit": "Order", "to": "shop.orgg"},
    ],
)
def test_what_leads_nowhere_is_named_with_a_suggestion(content: dict[str, Any]) -> None:
    with pytest.raises(TaskError, match="'Order'") as caught:
        check_pages(pages(content))
    assert "shop.org" in (caught.value.hint or "")


def test_two_pages_of_one_address_are_a_fault() -> None:
    with pytest.raises(TaskError, match="two pages"):
        check_pages(pages(others=[{"address": "shop.org/", "title": "Other"}]))


def test_a_task_with_pages_loads_and_a_dead_link_is_found_at_load(tmp_path: Path) -> None:
    load(tmp_path, TASK)
    with pytest.raises(PackError, match="no page") as caught:
        load(tmp_path, TASK.replace('org/order"}]}', 'org/ordre"}]}'))
    assert "tasks/visit" in str(caught.value.where)


@pytest.mark.parametrize(
    ("old", "new", "line", "suggestion"),
    [
        ("kind: links", "kind: lynks", 13, "links"),
        ("entries: [{text", "entrys: [{text", 13, "entries"),
        ("title: Shop", "titel: Shop", 11, "title"),
        ('address: "{site}.org"', 'address: "{sight}.org"', 7, "site"),
        ("url_contains", "url_contain", 15, "url_contains"),
        ("program: browser", "program: browsr", 8, "browser"),
    ],
)
def test_a_mistake_is_named_with_line_and_suggestion(
    tmp_path: Path, old: str, new: str, line: int, suggestion: str
) -> None:
    with pytest.raises(PackError) as caught:
        load(tmp_path, TASK.replace(old, new, 1))
    assert str(caught.value.where).endswith(f":{line}")
    assert suggestion in (caught.value.hint or "")


def test_a_table_has_as_many_cells_in_each_row_as_columns(tmp_path: Path) -> None:
    table = "{kind: table, columns: [Item, Price], rows: [[Lamp, '42'], [Desk]]}"
    with pytest.raises(PackError, match="1 cells, but there are 2 columns"):
        load(tmp_path, TASK.replace("title: Order}", f"title: Order, content: [{table}]}}"))


def test_the_words_name_everything_on_the_pages() -> None:
    setup = Setup.model_validate(
        {
            "launchers": [{"name": "One", "program": "browser", "address": "two.org"}],
            "windows": [
                {
                    "title": "Three",
                    "program": "browser",
                    "address": "four.org",
                    "history": ["five.org"],
                }
            ],
            "pages": [
                {
                    "address": "six.org",
                    "title": "Seven",
                    "content": [
                        {"kind": "paragraph", "text": "Eight"},
                        {"kind": "links", "entries": [{"text": "Nine"}], "extra_entries": 8},
                        {"kind": "table", "columns": ["a"], "rows": [["Ten"]]},
                        {
                            "kind": "form",
                            "fields": [{"role": "check_box", "name": "Eleven"}],
                            "submit": "Twelve",
                        },
                        {
                            "kind": "search",
                            "name": "Thirteen",
                            "entries": [{"text": "Fourteen", "to": "six.org"}],
                        },
                    ],
                }
            ],
        }
    )
    text = "\n".join(setup_in_words(setup))
    for name in (
        "One two.org Three four.org five.org six.org Seven Eight Nine Ten Eleven Twelve Thirteen"
        " Fourteen"
    ).split():
        assert name in text
    assert "8 drawn" in text
