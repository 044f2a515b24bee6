"""A real browser finds the pages of its task and no others, and what it shows is known."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrlctl.desktop.backends import check_available, make_desktop
from hrlctl.desktop.commands import Click, DoubleClick, Press, TypeText, Wait
from hrlctl.desktop.contract import LOOKS, UNKNOWN, UNREAD, Desktop, Locator, Unknown
from hrlctl.errors import DesktopUnavailableError, TaskError
from hrlctl.schema.setup import Setup

from .conftest import middle
from .test_annotation import says
from .test_processes import is_running, name_of, wait_for

pytestmark = pytest.mark.x11

PAGES = [
    {
        "address": "kelp.org",
        "title": "Kelp shop",
        "content": [
            {
                "kind": "search",
                "name": "All",
                "entries": [{"text": "Lamps", "to": "kelp.org/prices"}],
            },
            {"kind": "paragraph", "text": "Open <all> day & night."},
            {"kind": "links", "entries": [{"text": "Prices", "to": "kelp.org/prices"}]},
        ],
    },
    {
        "address": "kelp.org/prices",
        "title": "Prices",
        "content": [
            {"kind": "table", "columns": ["Item", "Price"], "rows": [["Lamp", "341"]]},
            {"kind": "search", "entries": [{"text": "Garden hose", "to": "kelp.org"}]},
        ],
    },
]
WINDOW = {"title": "Browser", "program": "browser"}


def setup(**more: object) -> Setup:
    return Setup.model_validate({"pages": PAGES, **more})


@pytest.fixture(scope="module")
def desktop(real_programs: None) -> Iterator[Desktop]:
    try:
        check_available("x11", [setup(windows=[WINDOW])])
    except DesktopUnavailableError as error:
        pytest.skip(f"needs real programs: {error}")
    made = make_desktop("x11", 320, 240)
    yield made
    made.close()


def addresses(desktop: Desktop) -> list[str]:
    found = desktop.state().addresses
    assert not isinstance(found, Unknown)
    return list(found.values())


def titles(desktop: Desktop) -> list[str]:
    """Of the pages that windows show, without the browser's name."""
    found = desktop.state().windows
    assert not isinstance(found, Unknown)
    return [window.title.rpartition(" - ")[0] for window in found]


def go_to(desktop: Desktop, address: str) -> None:
    for command in (Press("ctrl+l"), TypeText(address), Press("enter")):
        desktop.perform(command)


def browsers(desktop: Desktop) -> list[int]:
    pids = desktop.tree.running()  # type: ignore[attr-defined]
    return [pid for pid in pids if name_of(pid).startswith(("chrom", "google"))]


def test_the_address_is_known_after_each_way_of_getting_there(desktop: Desktop) -> None:
    desktop.reset(setup(), 1)
    assert addresses(desktop) == []
    desktop.perform(DoubleClick(*middle(desktop, Locator("icon", "Browser"))))
    assert addresses(desktop) == [""]
    go_to(desktop, "kelp.org")
    assert addresses(desktop) == ["kelp.org"]
    assert desktop.locate(Locator("label", "<all>")) is not None
    desktop.perform(Click(*middle(desktop, Locator("link", "prices"))))
    assert addresses(desktop) == ["kelp.org/prices"]
    desktop.perform(Click(*middle(desktop, Locator("text_field", "Search"))))
    for command in (TypeText("hose"), Press("enter")):
        desktop.perform(command)
    assert addresses(desktop) == ["kelp.org/prices?q=hose"]
    desktop.perform(Click(*middle(desktop, Locator("link", "Garden hose"))))
    assert addresses(desktop) == ["kelp.org"]
    desktop.perform(Press("alt+left"))
    assert addresses(desktop) == ["kelp.org/prices?q=hose"]
    desktop.perform(Press("alt+right"))
    desktop.perform(Click(*middle(desktop, Locator("text_field", "All"))))
    desktop.perform(Press("enter"))
    assert titles(desktop) == ["Kelp shop"]
    desktop.perform(Click(*middle(desktop, Locator("text_field", "All"))))
    for command in (TypeText("Lamp"), Press("enter")):
        desktop.perform(command)
    assert addresses(desktop) == ["kelp.org?q=lamp"]
    assert desktop.locate(Locator("link", "Lamps")) is not None


def test_only_the_pages_of_the_task_are_found(desktop: Desktop) -> None:
    desktop.reset(setup(windows=[{**WINDOW, "address": "kelp.org"}]), 2)
    assert addresses(desktop) == ["kelp.org"]
    for elsewhere in ("debian.org", "http://127.0.0.1", "file:///etc/passwd"):
        go_to(desktop, elsewhere)
        assert titles(desktop) == ["Not found"]


def test_what_is_typed_is_not_completed_by_what_was_typed_before(desktop: Desktop) -> None:
    desktop.reset(setup(windows=[WINDOW]), 3)
    for address in ("kelp.org/prices", "kelp.org") * 3:
        go_to(desktop, address)
        assert addresses(desktop) == [address]


def test_a_double_click_selects_a_word_and_two_clicks_do_not(desktop: Desktop) -> None:
    desktop.reset(setup(windows=[{**WINDOW, "address": "kelp.org/prices"}]), 4)
    price = middle(desktop, Locator("label", "341"))
    for command in (Click(*price), Click(*price), Press("ctrl+c")):
        desktop.perform(command)
    assert desktop.state().clipboard == ""
    desktop.perform(DoubleClick(*price))
    desktop.perform(Press("ctrl+c"))
    assert desktop.state().clipboard == "341"


def test_a_window_shows_the_last_page_of_its_history(desktop: Desktop) -> None:
    window = {**WINDOW, "history": ["kelp.org"], "address": "kelp.org/prices"}
    desktop.reset(setup(windows=[window]), 5)
    assert addresses(desktop) == ["kelp.org/prices"]
    desktop.perform(Press("alt+left"))
    assert addresses(desktop) == ["kelp.org"]


def test_tabs_and_windows_are_told_apart(desktop: Desktop) -> None:
    other = {**WINDOW, "address": "kelp.org/prices"}
    desktop.reset(setup(windows=[{**WINDOW, "address": "kelp.org"}, other]), 6)
    shown = [("Kelp shop", "kelp.org"), ("Prices", "kelp.org/prices")]
    assert list(zip(titles(desktop), addresses(desktop), strict=True)) == shown
    desktop.perform(Press("ctrl+t"))
    assert sorted(addresses(desktop)) == ["", "kelp.org"]
    desktop.perform(Press("ctrl+w"))
    assert list(zip(titles(desktop), addresses(desktop), strict=True)) == shown


def test_a_browser_that_was_closed_opens_again(desktop: Desktop) -> None:
    desktop.reset(setup(windows=[{**WINDOW, "address": "kelp.org"}]), 7)
    desktop.perform(Press("alt+f4"))
    assert desktop.state().windows == ()
    assert addresses(desktop) == []
    desktop.perform(DoubleClick(*middle(desktop, Locator("icon", "Browser"))))
    go_to(desktop, "kelp.org")
    assert addresses(desktop) == ["kelp.org"]


def test_a_browser_that_died_opens_again(desktop: Desktop) -> None:
    desktop.reset(setup(windows=[{**WINDOW, "address": "kelp.org"}]), 8)
    for pid in browsers(desktop):
        os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: not browsers(desktop))
    desktop.perform(Wait())
    assert addresses(desktop) == []
    desktop.perform(DoubleClick(*middle(desktop, Locator("icon", "Browser"))))
    go_to(desktop, "kelp.org")
    assert addresses(desktop) == ["kelp.org"]


def test_an_address_that_a_browser_does_not_tell_is_unknown(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.reset(setup(windows=[{**WINDOW, "address": "kelp.org"}]), 9)
    monkeypatch.setattr("hrlctl.desktop.x11.devtools.ANSWER_SECONDS", 0.1)
    pids = browsers(desktop)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    desktop.look_again()  # type: ignore[attr-defined]
    assert desktop.state().addresses is UNKNOWN
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    assert wait_for(lambda: _after(desktop) == ["kelp.org"])


def _after(desktop: Desktop) -> list[str]:
    """The addresses now; none as long as they are unknown."""
    desktop.look_again()  # type: ignore[attr-defined]
    found = desktop.state().addresses
    return [] if isinstance(found, Unknown) else list(found.values())


def test_nothing_of_a_browser_is_left(desktop: Desktop) -> None:
    desktop.reset(setup(windows=[{**WINDOW, "address": "kelp.org"}]), 10)
    pids = browsers(desktop)
    assert pids
    desktop.reset(Setup(), 10)
    assert not any(is_running(pid) for pid in pids)
    assert not browsers(desktop)
    assert not [p for p in Path(desktop.tree.folder).iterdir() if p.is_fifo()]  # type: ignore[attr-defined]


def test_forms_are_refused(desktop: Desktop) -> None:
    page = {"address": "kelp.org", "title": "Order", "content": [{"kind": "form"}]}
    with pytest.raises(TaskError, match="forms"):
        desktop.reset(Setup.model_validate({"pages": [page]}), 0)


def test_what_stands_on_a_page_is_annotated(desktop: Desktop) -> None:
    desktop.reset(setup(windows=[{**WINDOW, "address": "kelp.org"}]), 3)
    seen = desktop.annotate(30, 40)
    assert seen is not None
    for role, name in (("link", "Prices"), ("text_field", "All"), ("button", "Find")):
        x, y = middle(desktop, Locator(role, name))  # type: ignore[arg-type]
        assert LOOKS[seen.looks[y // 8, x // 8]] == role
    link = desktop.locate(Locator("link", "Prices"))
    assert link is not None
    assert says(seen, link, "Prices")
    field = desktop.locate(Locator("text_field", "All"))
    assert field is not None
    x, y = middle(desktop, Locator("text_field", "All"))
    assert seen.letters[y // 8, x // 4] == UNREAD
    desktop.perform(Click(x, y))
    focused = desktop.annotate(30, 40)
    assert focused is not None
    assert LOOKS[focused.looks[y // 8, x // 8]] == "marked text_field"
