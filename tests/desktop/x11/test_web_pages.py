"""The pages of a task as a real browser gets them."""

from __future__ import annotations

import random

from hrlctl.desktop.x11.looks import draw_look
from hrlctl.desktop.x11.web_pages import drawn_web, html
from hrlctl.schema.setup import Setup

LOOK = draw_look(random.Random(0), held_out=False)
LINKS = {"kind": "links", "entries": [{"text": "Prices", "to": "kelp.org/p"}], "extra_entries": 3}
SETUP = Setup.model_validate(
    {
        "pages": [
            {
                "address": "kelp.org",
                "title": "<Kelp> & Co",
                "content": [{"kind": "paragraph", "text": "</style><script>"}, LINKS],
            }
        ]
    }
)


def test_what_a_task_writes_is_text_and_never_code() -> None:
    page = html(drawn_web(SETUP, random.Random(1)).page("kelp.org"), LOOK)
    assert "<title>&lt;Kelp&gt; &amp; Co</title>" in page
    assert "<script" not in page
    assert 'href="https://kelp.org/p"' in page


def test_what_a_task_leaves_open_is_drawn_from_the_seed() -> None:
    pages = [html(drawn_web(SETUP, random.Random(s)).page("kelp.org"), LOOK) for s in (1, 1, 2)]
    assert pages[0] == pages[1]
    assert pages[0] != pages[2]
    assert pages[0].count("<li>") == 4


def test_every_kind_of_content_has_its_form() -> None:
    content = [
        {"kind": "table", "columns": ["Item"], "rows": [["Lamp"]]},
        {"kind": "search", "name": "Look", "entries": [{"text": "Hose", "to": "kelp.org"}]},
    ]
    setup = Setup.model_validate(
        {"pages": [{"address": "kelp.org", "title": "Kelp", "content": content}]}
    )
    web = drawn_web(setup, random.Random(1))
    page = html(web.page("kelp.org"), LOOK)
    assert "<td><span>Lamp</span></td>" in page
    assert 'aria-label="Look"' in page
    assert "Hose" in html(web.page("kelp.org?q=hos"), LOOK)
    assert "Not found" in html(web.page("else.org"), LOOK)
