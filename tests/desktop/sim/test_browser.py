"""The browser: addresses, links, history, tabs, pages longer than the window, forms, search."""

from __future__ import annotations

import random

import numpy as np
import pytest

from hrlctl.desktop.commands import KEYS, Click, Command, DoubleClick, Drag, Press, Scroll, TypeText
from hrlctl.desktop.contract import LOOKS, Locator
from hrlctl.desktop.sim import SimDesktop
from hrlctl.schema.setup import Setup, Variation

PAGES = [
    {
        "address": "Market.org",
        "title": "Market",
        "content": [
            {"kind": "paragraph", "text": "Fresh goods, seven days a week."},
            {"kind": "links", "entries": [{"text": "Order", "to": "market.org/order"}]},
            {"kind": "links", "entries": [{"text": "Drawn"}], "extra_entries": 2},
        ],
    },
    {
        "address": "market.org/order",
        "title": "Order form",
        "content": [
            {
                "kind": "form",
                "fields": [
                    {"role": "text_field", "name": "Nick"},
                    {"role": "check_box", "name": "Express", "value": False},
                    {
                        "role": "drop_down",
                        "name": "Color",
                        "options": ["Red", "Blue"],
                        "value": "Red",
                    },
                    {
                        "role": "radio_button",
                        "name": "Size",
                        "options": ["Small", "Large"],
                        "value": "Small",
                    },
                ],
            }
        ],
    },
    {
        "address": "table.org",
        "title": "Prices",
        "content": [
            {
                "kind": "table",
                "columns": ["Item", "Price"],
                "rows": [["Lamp", "420"], ["Desk", "77"]],
                "extra_rows": 1,
            }
        ],
    },
    {
        "address": "find.org",
        "title": "Finder",
        "content": [
            {
                "kind": "search",
                "entries": [
                    {"text": "Lamp shop", "to": "market.org"},
                    {"text": "Garden", "to": "table.org"},
                ],
                "extra_entries": 4,
            }
        ],
    },
    {"address": "long.org", "title": "Long", "content": [{"kind": "links", "extra_entries": 20}]},
]
ELSEWHERE = "elsewhere.net"


def surf(address: str | None = None, **more: object) -> Setup:
    return Setup.model_validate(
        {
            "distractors": [0, 0],
            "pages": PAGES,
            "windows": [{"title": "Surf", "program": "browser", "address": address, **more}],
        }
    )


def address(it) -> str:
    return it.desktop.state().addresses["Surf"]


def links(it) -> list[str]:
    return [w.name for w in it.desktop.state().widgets if w.role == "link"]


class TestAddresses:
    def test_a_new_window_waits_for_an_address(self, user):
        it = user(surf())
        assert it.focused_widget == "Address"
        it.type("market.org")
        it.press("enter")
        assert address(it) == "Market.org"
        assert it.widget("Address").value == "Market.org"
        assert it.find("label", "seven") is not None

    @pytest.mark.parametrize("typed", ["HTTPS://market.org/", " market.org ", "http://MARKET.ORG"])
    def test_an_address_has_many_spellings(self, user, typed):
        it = user(surf())
        it.type(typed)
        it.press("enter")
        assert address(it) == "Market.org"

    def test_a_click_selects_the_old_address_so_that_typing_replaces_it(self, user):
        it = user(surf("market.org"))
        it.click("text_field", "Address")
        it.type("table.org")
        it.press("enter")
        assert address(it) == "table.org"

    def test_ctrl_l_goes_to_the_address(self, user):
        it = user(surf("market.org"))
        it.press("ctrl+l")
        it.type("table.org")
        it.press("enter")
        assert address(it) == "table.org"

    def test_an_unknown_address_is_said_not_to_be_found(self, user):
        it = user(surf())
        it.type(ELSEWHERE)
        it.press("enter")
        assert address(it) == ELSEWHERE
        assert it.find("label", "Not found", "Surf") is not None

    def test_a_launcher_opens_its_page(self, user):
        launcher = {"name": "Surf", "program": "browser", "address": "table.org"}
        setup = Setup.model_validate({"launchers": [launcher], "pages": PAGES})
        it = user(setup)
        assert it.desktop.state().addresses == {}
        it.double_click("icon", "Surf")
        assert address(it) == "table.org"


class TestHistory:
    def test_links_lead_on_and_back_and_forward_lead_through_what_was_shown(self, user):
        it = user(surf("market.org"))
        it.click("link", "Order")
        assert address(it) == "market.org/order"
        it.click("button", "Back")
        assert address(it) == "Market.org"
        it.click("button", "Back")  # there is nothing before it
        assert address(it) == "Market.org"
        it.press("alt+right")
        assert address(it) == "market.org/order"
        it.press("alt+left")
        it.click("link", "Drawn")
        assert address(it) == "Market.org/drawn"
        it.press("alt+right")  # a new way forgets the old one
        assert address(it) == "Market.org/drawn"

    def test_a_window_may_have_come_from_somewhere(self, user):
        it = user(surf("table.org", history=("find.org", "market.org")))
        it.press("alt+left")
        assert address(it) == "Market.org"
        it.press("alt+left")
        assert address(it) == "find.org"

    def test_what_was_entered_is_still_there_on_coming_back(self, user):
        it = user(surf("market.org/order"))
        it.click("text_field", "Nick")
        it.type("tom")
        it.press("ctrl+l")
        it.type("table.org")
        it.press("enter", "alt+left")
        assert it.widget("Nick").value == "tom"


class TestTabs:
    def test_each_tab_has_a_page_and_a_history_of_its_own(self, user):
        it = user(surf("market.org"))
        it.click("button", "New tab")
        it.type("table.org")
        it.press("enter")
        assert address(it) == "table.org"
        assert it.widget("Prices").value is True
        assert it.widget("Market").value is False
        it.press("alt+left")
        it.press("alt+left")
        assert address(it) == ""
        it.click("tab", "Market")
        assert address(it) == "Market.org"
        assert it.find("link", "Order") is not None

    def test_closing_the_last_tab_closes_the_window(self, user):
        it = user(surf("market.org"))
        it.press("ctrl+t")
        it.click("button", "Close tab")
        assert address(it) == "Market.org"
        it.press("ctrl+w")
        assert "Surf" not in it.windows

    def test_there_are_no_more_tabs_than_can_be_clicked(self, user):
        it = user(surf("market.org"))
        for _ in range(30):
            it.press("ctrl+t")
        tabs = [w for w in it.desktop.state().widgets if w.role == "tab"]
        assert 3 <= len(tabs) < 30
        width = it.find("tab", "Market").width
        assert width >= 16
        it.click("tab", "Market")
        assert address(it) == "Market.org"


class TestPages:
    def test_a_long_page_scrolls_by_wheel_keys_and_bar(self, user):
        it = user(surf("long.org"))
        first, last = links(it)[0], links(it)[-1]
        assert it.find("link", first) is not None
        assert it.find("link", last) is None
        it.scroll_down("link", first)
        assert it.find("link", first) is None
        it.press("page_down", "page_down", "page_down", "page_down")
        assert it.find("link", last) is not None
        it.desktop.perform(Click(*it.point("scroll_bar", "Long", "Surf", at=0.0)))
        assert it.find("link", first) is not None

    def test_tab_reaches_every_link_and_enter_follows_it(self, user):
        it = user(surf("long.org"))
        seen = set()
        for _ in range(30):
            it.press("tab")
            seen.add(it.focused_widget)
            if it.focused_widget in links(it):
                assert it.find("link", it.focused_widget) is not None
        assert set(links(it)) <= seen
        it.press("shift+tab")
        while it.focused_widget not in links(it):
            it.press("tab")
        name = it.focused_widget
        it.press("enter")
        assert address(it) == f"long.org/{name.lower()}"
        assert links(it) == ["Long"]  # a drawn page has a way back

    def test_drawn_links_differ_from_episode_to_episode_and_never_repeat(self, user):
        first, second = user(surf("long.org"), seed=1), user(surf("long.org"), seed=2)
        assert len(set(links(first))) == 20
        assert links(first) != links(second)

    def test_a_word_is_copied_from_a_text_and_from_a_table(self, user):
        it = user(surf("market.org"))
        it.desktop.perform(DoubleClick(*it.point("label", "seven")))
        it.press("ctrl+c")
        assert it.desktop.state().clipboard == "seven"
        it.press("ctrl+a", "ctrl+c")
        assert it.desktop.state().clipboard == "Fresh goods, seven days a week."
        it.press("ctrl+l")
        it.type("table.org")
        it.press("enter")
        it.desktop.perform(DoubleClick(*it.point("label", "420")))
        it.right_click("label", "420")
        it.click("menu_item", "Copy")
        assert it.desktop.state().clipboard == "420"
        it.press("ctrl+l", "ctrl+v", "enter")
        assert address(it) == "420"

    def test_drawn_rows_look_like_the_named_ones(self, user):
        it = user(surf("table.org"))
        cells = [
            w.value
            for w in it.desktop.state().widgets
            if w.role == "label" and w.window == "Surf" and w.value not in ("Item", "Price")
        ]
        rows = list(zip(cells[1::2], cells[2::2], strict=True))  # without the heading
        assert len(rows) == 3
        assert [row for row in rows if row in (("Lamp", "420"), ("Desk", "77"))] == [
            ("Lamp", "420"),
            ("Desk", "77"),
        ]
        drawn = next(row for row in rows if row[0] not in ("Lamp", "Desk"))
        assert drawn[1].isdigit()
        assert len(drawn[1]) == 3
        assert drawn[1] != "420"

    def test_a_maximised_window_wraps_and_shows_more(self, user):
        it = user(surf("long.org"), size=(320, 240))
        shown = sum(it.find("link", name) is not None for name in links(it))
        it.click("maximize_button", "Surf")
        assert sum(it.find("link", name) is not None for name in links(it)) > shown


class TestForms:
    def test_values_count_once_they_are_sent(self, user):
        it = user(surf("market.org/order"))
        before = dict(it.desktop.state().settings)
        assert before == {"Nick": "", "Express": False, "Color": "Red", "Size": "Small"}
        it.click("text_field", "Nick")
        it.type("tom")
        it.click("check_box", "Express")
        it.click("drop_down", "Color")
        it.click("option", "Blue")
        assert it.desktop.state().settings == before
        it.scroll_down("label", "Nick")
        it.click("radio_button", "Large")
        it.click("button", "Send")
        assert it.desktop.state().settings == {
            "Nick": "tom",
            "Express": True,
            "Color": "Blue",
            "Size": "Large",
        }
        assert address(it) == "market.org/order/sent"
        it.click("link", "Order form")
        assert it.widget("Express").value is True  # a fresh page shows what counts

    def test_enter_in_a_field_sends(self, user):
        it = user(surf("market.org/order"))
        it.click("text_field", "Nick")
        it.type("ann")
        it.press("enter")
        assert it.desktop.state().settings["Nick"] == "ann"

    def test_leaving_the_page_sends_nothing(self, user):
        it = user(surf("market.org/order", history=("market.org",)))
        it.click("check_box", "Express")
        it.press("alt+left")
        assert it.desktop.state().settings["Express"] is False


class TestSearch:
    def test_it_finds_the_entries_that_hold_the_text(self, user):
        it = user(surf("find.org"))
        it.click("text_field", "Search")
        it.type("LAMP")
        it.click("button", "Find")
        assert address(it) == "find.org?q=lamp"
        assert links(it) == ["Lamp shop", "Finder"]
        it.click("link", "Lamp shop")
        assert address(it) == "Market.org"

    def test_enter_searches_nothing_searches_not_and_what_is_missing_is_said(self, user):
        it = user(surf("find.org"))
        it.click("button", "Find")
        assert address(it) == "find.org"
        it.click("text_field", "Search")
        it.type("zz")
        it.press("enter")
        assert links(it) == ["Finder"]
        assert it.find("label", "zz") is not None

    def test_results_can_be_typed_as_an_address(self, user):
        it = user(surf())
        it.type("find.org?q=garden")
        it.press("enter")
        assert links(it) == ["Garden", "Finder"]
        it.press("ctrl+l")
        it.type("table.org?q=lamp")  # there is nothing to search
        it.press("enter")
        assert it.find("label", "Not found", "Surf") is not None


def test_what_stands_on_a_page_is_annotated() -> None:
    desktop = SimDesktop()
    for seed in range(8):
        desktop.reset(surf("market.org"), seed)
        looks, letters = desktop.annotate(15, 20)
        for look, name in (("link", "Order"), ("marked tab", "Market"), ("label", "Fresh")):
            rect = desktop.locate(Locator(look.removeprefix("marked "), name))
            assert rect is not None
            cells = [
                (row, column)
                for row in range(15)
                for column in range(20)
                if rect.contains(8 * column + 4, 8 * row + 4)
            ]
            assert cells
            assert {LOOKS[looks[cell]] for cell in cells} == {look}
            written = {chr(code) for row, _ in cells for code in letters[row]}
            assert set(name[:2]) & written


@pytest.mark.parametrize("held_out", [False, True])
def test_everything_to_click_holds_a_cell_centre_in_all_looks(held_out: bool) -> None:
    desktop = SimDesktop()
    variation = Variation(held_out_themes=held_out, held_out_layouts=held_out)
    setup = surf("market.org").model_copy(update={"variation": variation})
    names = [("button", name) for name in ("Back", "Forward", "New tab", "Close tab")]
    names += [("text_field", "Address"), ("tab", "Market"), ("link", "Order")]
    for seed in range(40):
        desktop.reset(setup, seed)
        for role, name in names:
            rect = desktop.locate(Locator(role, name, "Surf"))  # type: ignore[arg-type]
            assert rect is not None, (seed, name)
            assert any(rect.x <= x < rect.right for x in range(4, 160, 8)), (seed, name, rect)
            assert any(rect.y <= y < rect.bottom for y in range(4, 120, 8)), (seed, name, rect)


def test_whatever_is_done_the_screen_is_what_a_fresh_painting_shows() -> None:
    rng = random.Random(5)
    desktop, again = SimDesktop(), SimDesktop()
    for seed in range(6):
        setup = surf("market.org", history=("find.org", "market.org/order"))
        desktop.reset(setup, seed)
        for _ in range(60):
            desktop.perform(some_command(rng))
            desktop.capture()
        again.restore(desktop.snapshot())
        assert np.array_equal(desktop.capture(), again.capture())
        assert desktop.state().settings == again.state().settings


def some_command(rng: random.Random) -> Command:
    x, y = rng.randrange(160), rng.randrange(20, 105)
    return rng.choice(
        [
            Click(x, y),
            DoubleClick(x, y),
            Drag(x, y, x + 9, y),
            Scroll(x, y, rng.choice(["up", "down"])),
            Press(rng.choice([key for key in KEYS if key not in ("alt+f4", "ctrl+w")])),
            TypeText(rng.choice(["table.org", "lamp", ELSEWHERE])),
        ]
    )
