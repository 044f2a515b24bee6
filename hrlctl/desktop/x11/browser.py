"""The browser of a display: the pages that it finds, the addresses that it shows."""

from __future__ import annotations

import base64
import json
import random
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from hrlctl.desktop.contract import UNKNOWN, Locator, Rect, Role, Unknown
from hrlctl.desktop.sim.web import NOT_FOUND, Web
from hrlctl.desktop.x11.annotation import Character, Labels, Thing
from hrlctl.desktop.x11.browser_profile import NEW_TAB, write_profile
from hrlctl.desktop.x11.devtools import ANSWER_SECONDS, DevTools
from hrlctl.desktop.x11.looks import Look
from hrlctl.desktop.x11.session import START_SECONDS, Session
from hrlctl.desktop.x11.shell import PANEL_HEIGHT
from hrlctl.desktop.x11.web_pages import html
from hrlctl.desktop.x11.windows import Window
from hrlctl.errors import DesktopError
from hrlctl.schema.pages import normal_address
from hrlctl.schema.vocabulary import MARKABLE

_NEW_TABS: Final = ("about:", "chrome:")
"""What the browser itself shows is at no address."""
_EMPTY_SEARCH: Final = "?q="
"""What searches for nothing shows the page again."""
_SIZE: Final = (520, 350)  # of a window without its frame, in pixels
_FRAME: Final = 30  # pixels, that the window manager's frame is higher at most
_AGAIN: Final = 0.005  # seconds between two looks at a page that is not there yet
_SELECTORS: Final[Mapping[Role, str]] = {
    "link": "a",
    "label": "span",
    "text_field": "input",
    "button": "button",
}
_FIND: Final = """(() => {
  const things = [];
  for (const element of document.querySelectorAll(%r)) {
    const name = element.getAttribute("aria-label") ?? element.textContent.trim();
    const place = element.getBoundingClientRect();
    things.push([name, place.x, place.y, place.width, place.height]);
  }
  return {width: innerWidth, height: innerHeight, things};
})()"""
_READ: Final = """(() => {
  const things = [], characters = [], range = document.createRange();
  for (const [role, selector] of Object.entries(%s))
    for (const element of document.querySelectorAll(selector)) {
      const place = element.getBoundingClientRect();
      const isFocused = element === document.activeElement;
      things.push([role, isFocused, place.x, place.y, place.width, place.height]);
    }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    for (let at = 0; at < texts.currentNode.length; at++) {
      range.setStart(texts.currentNode, at);
      range.setEnd(texts.currentNode, at + 1);
      const place = range.getBoundingClientRect();
      if (place.width > 0 && place.top >= 0 && place.bottom <= innerHeight)
        characters.push(
          [range.toString(), place.left, place.right, place.top + place.height / 2]);
    }
  return {width: innerWidth, height: innerHeight, things, characters};
})()"""


class _Tab(NamedTuple):
    target: str
    title: str  # as the window shows it
    address: str


class Browser:
    """Starts browsers of an episode and answers for all pages, so that they need no network.

    Args:
        session: the display.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._devtools: DevTools | None = None
        self._web = Web(())
        self._look: Look | None = None
        self._rng = random.Random(0)

    def begin(self, web: Web, look: Look, rng: random.Random) -> None:
        """Begin an episode; the programs of the one before have ended.

        Args:
            web: the pages that are found.
            look: in which they are drawn.
            rng: draws where windows open.
        """
        self.close()
        self._web, self._look = web, look
        self._rng = random.Random(rng.random())

    def close(self) -> None:
        """Let go of a browser."""
        if self._devtools is not None:
            self._devtools.close()
            self._devtools = None

    def open(self, command: Sequence[str], addresses: Sequence[str] = ()) -> None:
        """Open a window.

        Args:
            command: the browser.
            addresses: the pages that it shows one after another, the last one last; a new tab
                without any.
        """
        if self._is_running():
            self._open_window(addresses, ANSWER_SECONDS)  # one that is busy opens it later
        if not self._is_running():  # or it has ended, which showed only now
            self._start(command)
            self._open_window(addresses, START_SECONDS)

    def _is_running(self) -> bool:
        return self._devtools is not None and not self._devtools.is_gone

    def _start(self, command: Sequence[str]) -> None:
        # Each has a profile of its own: one that has just ended may still hold the one before.
        self.close()
        try:
            profile = Path(tempfile.mkdtemp(prefix=".browser-", dir=self._session.home))
            write_profile(profile)
        except OSError as error:  # an agent may have done anything to its home
            raise DesktopError(f"a browser's profile cannot be written: {error}") from error
        self._devtools = devtools = DevTools(self._session.tree.folder, self._handle)
        self._session.start(
            [*command, f"--user-data-dir={self._session.home_seen}/{profile.name}"],
            pipes=devtools.pipes,
        )
        devtools.send("Fetch.enable", patterns=[{"urlPattern": "*"}])

    def _open_window(self, addresses: Sequence[str], seconds: float) -> None:
        """Ask a browser for a window, and wait ``seconds`` for an answer at most."""
        width, height = _SIZE
        lowest = self._session.height - PANEL_HEIGHT - height
        first, *others = (f"https://{address}" for address in addresses or ("",))
        made = self._call(
            "Target.createTarget",
            seconds=seconds,
            url="chrome://newtab" if first == "https://" else first,
            newWindow=True,
            left=self._rng.randrange(max(1, self._session.width - width)),
            top=self._rng.randrange(_FRAME, max(_FRAME + 1, lowest)),
            width=width,
            height=height,
        )
        if made is None:
            return
        for before, address in pairwise((first, *others)):
            self._wait_for_page(made["targetId"], before)
            self._in_tab(made["targetId"], "Page.navigate", url=address)

    def _wait_for_page(self, target: str, url: str) -> None:
        """Wait until a tab shows a page; one that another replaces before is not in its history."""
        ends = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < ends:
            found = self._in_tab(target, "Page.getNavigationHistory")
            if found is None:
                return
            if _address(found["entries"][found["currentIndex"]]["url"]) == _address(url):
                return
            time.sleep(_AGAIN)

    def _call(self, method: str, **parameters: Any) -> dict[str, Any] | None:
        """What a request leads to, see ``DevTools.call``."""
        return None if self._devtools is None else self._devtools.call(method, **parameters)

    def _in_tab(self, target: str, method: str, **parameters: Any) -> dict[str, Any] | None:
        """What a request to a tab leads to."""
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        if attached is None:
            return None
        session = attached["sessionId"]
        answer = self._call(method, session=session, **parameters)
        self._call("Target.detachFromTarget", sessionId=session)
        return answer

    # What browsers ask for.

    def fileno(self) -> int | None:
        """What can be read when the browser has said something."""
        return None if self._devtools is None or not self._is_running() else self._devtools.fileno()

    def pump(self) -> bool:
        """Answer all that the browser has asked for; returns whether it had."""
        return self._devtools is not None and self._devtools.pump()

    def _handle(self, method: str, parameters: dict[str, Any]) -> None:
        if method != "Fetch.requestPaused":
            return
        assert self._devtools is not None
        request = parameters["requestId"]
        if parameters["resourceType"] != "Document":
            self._devtools.send("Fetch.failRequest", requestId=request, errorReason="Aborted")
            return
        assert self._look is not None
        url = parameters["request"]["url"]
        address = "" if url == NEW_TAB else _address(url)
        page = self._web.page(address.removesuffix(_EMPTY_SEARCH))
        self._devtools.send(
            "Fetch.fulfillRequest",
            requestId=request,
            responseCode=404 if page.title == NOT_FOUND else 200,
            responseHeaders=[{"name": "Content-Type", "value": "text/html; charset=utf-8"}],
            body=base64.b64encode(html(page, self._look).encode()).decode(),
        )

    # What they show.

    def addresses(self, windows: Iterable[Window]) -> Mapping[str, str] | Unknown:
        """The address that each of a browser's windows shows, by the window's title.

        A window says only the title of its tab: unknown where several with other addresses bear
        it, and where the browser does not answer.
        """
        windows = tuple(windows)
        tabs = self._tabs() if windows else []
        shown: dict[str, str] = {}
        for window in windows:
            found = {tab.address for tab in tabs if tab.title == _tab_title(window)}
            if len(found) != 1:
                return UNKNOWN
            shown[window.title] = found.pop()
        return shown

    def _tabs(self) -> list[_Tab]:
        answer = self._call("Target.getTargets")
        return [
            _Tab(each["targetId"], each["title"] or each["url"], _address(each["url"]))
            for each in (answer or {}).get("targetInfos", ())
            if each["type"] == "page"
        ]

    def part(self, locator: Locator, window: Window) -> Rect | None:
        """Where a thing on the page in a window is, as far as it is scrolled into view."""
        selector = _SELECTORS.get(locator.role)
        page = None if selector is None else self._evaluate(_FIND % selector, window)
        if page is None:
            return None
        view = _view(page, window)
        for name, *place in page["things"]:
            if locator.name is None or name.casefold() == locator.name.casefold():
                rect = _on_screen(place, view)
                if rect is not None:
                    return rect
        return None

    def annotate(self, labels: Labels, window: Window) -> None:
        """Enter what stands on the page in a window."""
        page = self._evaluate(_READ % json.dumps(_SELECTORS), window)
        if page is None:
            return
        view = _view(page, window)
        labels.blank(view)
        labels.write(
            Character(text, view.x + left, view.x + right, view.y + middle)
            for text, left, right, middle in page["characters"]
        )
        for role, is_focused, *place in page["things"]:
            rect = _on_screen(place, view)
            if rect is not None:
                labels.enter([Thing(role, rect, is_focused and role in MARKABLE)])
                if role == "text_field":
                    labels.unread(rect)

    def _evaluate(self, expression: str, window: Window) -> Any:
        """What a script finds out about the page in a window; ``None`` if it cannot be asked."""
        tabs = [tab for tab in self._tabs() if tab.title == _tab_title(window)]
        if len(tabs) != 1:
            return None
        answer = self._in_tab(
            tabs[0].target, "Runtime.evaluate", expression=expression, returnByValue=True
        )
        page = (answer or {}).get("result", {}).get("value")
        return None if page is None or page["width"] != window.client.width else page


def _view(page: Mapping[str, Any], window: Window) -> Rect:
    """Where a page is shown: the browser's own bars lie above it."""
    client, height = window.client, int(page["height"])
    return Rect(client.x, client.bottom - height, client.width, height)


def _on_screen(place: Sequence[float], view: Rect) -> Rect | None:
    """The part that is in ``view`` of a place on the page: x, y, width and height."""
    x, y, width, height = place
    left, upper = max(0, round(x)), max(0, round(y))
    right, lower = min(view.width, round(x + width)), min(view.height, round(y + height))
    if left >= right or upper >= lower:
        return None
    return Rect(view.x + left, view.y + upper, right - left, lower - upper)


def _tab_title(window: Window) -> str:
    """The title of the tab that a window shows; the browser's name follows it."""
    return window.title.rpartition(" - ")[0]


def _address(url: str) -> str:
    """How tasks spell it: without the slash that browsers put after the name of a site."""
    if url.startswith(_NEW_TABS):
        return ""
    path, separator, query = url.partition("#")[0].partition("?")
    return normal_address(path) + separator + query.lower()
