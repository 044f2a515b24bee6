"""Checking criteria against the state of a desktop: pass, fail, or unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, Final

from hrlctl.desktop.contract import DesktopState, Unknown, WindowState
from hrlctl.errors import TaskError
from hrlctl.packs.discovery import reason_of
from hrlctl.patterns import PatternError, fits
from hrlctl.schema.criteria import (
    AllOf,
    AnyOf,
    ChangedOnly,
    Clipboard,
    Contains,
    CurrentDirectory,
    DialogAnswered,
    DirectoryExists,
    DisplayValue,
    FileContains,
    FileExists,
    FileNotExists,
    Glob,
    Match,
    Not,
    ProcessRunning,
    Range,
    Selected,
    Setting,
    Shown,
    TextField,
    UrlContains,
    Value,
    WidgetFocused,
    WindowClosed,
    WindowFocused,
    WindowInState,
    WindowOpen,
    WindowTitle,
)
from hrlctl.schema.custom_criteria import CriterionModel, CustomCriterion

Scalar = bool | int | str
WindowKey = tuple[str, bool, bool]
"""Title in lower case, whether it is minimised, whether it is maximised."""

HOME: Final = "~"  # how a criterion writes the home folder
SELECTABLE: Final = frozenset(
    {"button", "check_box", "radio_button", "drop_down", "list", "slider", "tab"}
)


class Verdict(Enum):
    """The answer of a criterion. ``UNKNOWN``: the backend cannot observe what it is about."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


@dataclass(frozen=True, slots=True)
class Baseline:
    """What ``changed_only`` compares with: the facts when the episode began."""

    windows: Counter[WindowKey] | Unknown
    settings: Mapping[str, Scalar] | Unknown
    files: Mapping[str, str] | Unknown
    folders: Set[str] | Unknown


def baseline(state: DesktopState) -> Baseline:
    """A copy of what ``changed_only`` needs of ``state``."""
    windows, settings = state.windows, state.settings
    files, folders = state.files, state.folders
    return Baseline(
        windows if isinstance(windows, Unknown) else _window_keys(windows),
        settings if isinstance(settings, Unknown) else dict(settings),
        files if isinstance(files, Unknown) else dict(files),
        folders if isinstance(folders, Unknown) else frozenset(folders),
    )


def check(criterion: CriterionModel, state: DesktopState, start: Baseline | None) -> Verdict:
    """Whether ``criterion`` holds in ``state``.

    Args:
        criterion: with its templates filled in.
        state: the facts now.
        start: the facts when the episode began; without them ``changed_only`` is unknown.

    Raises:
        TaskError: a criterion of another distribution raises something, or answers nonsense.
    """
    return _CHECKS.get(type(criterion), _custom)(criterion, state, start)


def _equal(actual: Scalar | None, expected: Scalar) -> bool:
    """Equality without regard to case; a number equals its digits, a truth value its word."""
    if type(actual) is str and type(expected) is str:  # nearly always
        return actual == expected or actual.casefold() == expected.casefold()
    return actual is not None and str(actual).casefold() == str(expected).casefold()


def _matches(actual: Scalar | None, expected: Value | Match) -> bool:
    if isinstance(expected, bool | int | str):
        return _equal(actual, expected)
    if isinstance(expected, Range):
        is_number = isinstance(actual, int) and not isinstance(actual, bool)
        return is_number and int(expected.min) <= int(actual or 0) <= int(expected.max)
    if actual is None:
        return False
    text = str(actual).casefold()
    if isinstance(expected, Contains):
        return expected.contains.casefold() in text
    if isinstance(expected, Glob):
        return fnmatchcase(text, expected.glob.casefold())
    try:
        return fits(expected.regex, str(actual))
    except PatternError as error:  # a value that was drawn does not go with it
        raise TaskError(f"{expected.regex!r} is no pattern: {error}") from None


def _verdict(holds: bool) -> Verdict:
    return PASS if holds else FAIL


def _any_window(
    state: DesktopState, title: Match, holds: Callable[[WindowState], bool]
) -> bool | None:
    """Whether a window of this title has a property; ``None`` where windows are unknown."""
    windows = state.windows
    if isinstance(windows, Unknown):
        return None
    return any(holds(window) for window in windows if _matches(window.title, title))


def _answer(holds: bool | None) -> Verdict:
    return UNKNOWN if holds is None else _verdict(holds)


def _window_title(c: WindowTitle, state: DesktopState, _: Baseline | None) -> Verdict:
    return _answer(_any_window(state, c.title, lambda window: not window.is_minimized))


def _window_open(c: WindowOpen, state: DesktopState, _: Baseline | None) -> Verdict:
    return _answer(_any_window(state, c.title, lambda window: True))


def _window_closed(c: WindowClosed, state: DesktopState, _: Baseline | None) -> Verdict:
    is_open = _any_window(state, c.title, lambda window: True)
    return UNKNOWN if is_open is None else _verdict(not is_open)


def _window_focused(c: WindowFocused, state: DesktopState, _: Baseline | None) -> Verdict:
    return _answer(_any_window(state, c.title, lambda window: window.is_focused))


def _window_in_state(c: WindowInState, state: DesktopState, _: Baseline | None) -> Verdict:
    return _answer(_any_window(state, c.title, lambda window: _state_of(window) == c.state))


def _state_of(window: WindowState) -> str:
    if window.is_minimized:
        return "minimized"
    return "maximized" if window.is_maximized else "normal"


def _process_running(c: ProcessRunning, state: DesktopState, _: Baseline | None) -> Verdict:
    windows = state.windows
    if isinstance(windows, Unknown):
        return UNKNOWN
    return _verdict(any(_matches(window.program, c.program) for window in windows))


def _file_exists(c: FileExists, state: DesktopState, _: Baseline | None) -> Verdict:
    files = state.files
    return UNKNOWN if isinstance(files, Unknown) else _verdict(c.path in files)


def _file_not_exists(c: FileNotExists, state: DesktopState, _: Baseline | None) -> Verdict:
    files = state.files
    return UNKNOWN if isinstance(files, Unknown) else _verdict(c.path not in files)


def _file_contains(c: FileContains, state: DesktopState, _: Baseline | None) -> Verdict:
    files = state.files
    if isinstance(files, Unknown):
        return UNKNOWN
    content = files.get(c.path)
    return _verdict(content is not None and c.text.casefold() in content.casefold())


def _directory_exists(c: DirectoryExists, state: DesktopState, _: Baseline | None) -> Verdict:
    folders = state.folders
    return UNKNOWN if isinstance(folders, Unknown) else _verdict(c.path in folders)


def _current_directory(c: CurrentDirectory, state: DesktopState, _: Baseline | None) -> Verdict:
    directories = state.directories
    if isinstance(directories, Unknown):
        return UNKNOWN
    path = "" if c.path == HOME else c.path
    return _verdict(
        any(
            shown == path and (c.window is None or _equal(title, c.window))
            for title, shown in directories.items()
        )
    )


def _clipboard(c: Clipboard, state: DesktopState, _: Baseline | None) -> Verdict:
    text = state.clipboard
    return UNKNOWN if isinstance(text, Unknown) else _verdict(_matches(text, c.text))


def _url_contains(c: UrlContains, state: DesktopState, _: Baseline | None) -> Verdict:
    addresses = state.addresses
    if isinstance(addresses, Unknown):
        return UNKNOWN
    return _verdict(
        any(
            c.text.casefold() in address.casefold()
            and (c.window is None or _equal(title, c.window))
            for title, address in addresses.items()
        )
    )


def _widget(
    state: DesktopState,
    roles: Iterable[str],
    name: str | None,
    window: str | None,
    value: Value | Match | None,
) -> Verdict:
    """Whether there is a widget with one of these roles, this name, window and value."""
    widgets = state.widgets
    if isinstance(widgets, Unknown):
        return UNKNOWN
    return _verdict(
        any(
            widget.role in roles
            and (name is None or _equal(widget.name, name))
            and (window is None or _equal(widget.window, window))
            and (value is None or _matches(widget.value, value))
            for widget in widgets
        )
    )


def _text_field(c: TextField, state: DesktopState, _: Baseline | None) -> Verdict:
    return _widget(state, ("text_field", "text_area"), c.name, c.window, c.value)


def _selected(c: Selected, state: DesktopState, _: Baseline | None) -> Verdict:
    return _widget(state, SELECTABLE, c.name, c.window, c.value)


def _shown(c: Shown, state: DesktopState, _: Baseline | None) -> Verdict:
    return _widget(state, (c.role,), c.name, c.window, None)


def _widget_focused(c: WidgetFocused, state: DesktopState, _: Baseline | None) -> Verdict:
    widgets = state.widgets
    if isinstance(widgets, Unknown):
        return UNKNOWN
    return _verdict(
        any(
            widget.is_focused
            and _equal(widget.name, c.name)
            and (c.window is None or _equal(widget.window, c.window))
            for widget in widgets
        )
    )


def _display_value(c: DisplayValue, state: DesktopState, _: Baseline | None) -> Verdict:
    return _widget(state, ("display",), None, c.window, c.value)


def _setting(c: Setting, state: DesktopState, _: Baseline | None) -> Verdict:
    settings = state.settings
    if isinstance(settings, Unknown):
        return UNKNOWN
    if c.name in settings:  # the usual case: the same spelling
        return _verdict(_matches(settings[c.name], c.value))
    return _verdict(
        any(_equal(name, c.name) and _matches(value, c.value) for name, value in settings.items())
    )


def _dialog_answered(c: DialogAnswered, state: DesktopState, _: Baseline | None) -> Verdict:
    answers = state.answers
    if isinstance(answers, Unknown):
        return UNKNOWN
    return _verdict(
        any(_equal(title, c.title) and _equal(given, c.answer) for title, given in answers.items())
    )


def _changed_only(c: ChangedOnly, state: DesktopState, start: Baseline | None) -> Verdict:
    if start is None:
        return UNKNOWN
    names = {name.casefold() for name in c.names}
    return _all(
        (
            lambda: _same_windows(state.windows, start.windows, names),
            lambda: _same_values(state.settings, start.settings, names),
            lambda: _same_values(state.files, start.files, names),
            lambda: _same_folders(state.folders, start.folders, names),
        )
    )


def _window_keys(windows: Iterable[WindowState]) -> Counter[WindowKey]:
    return Counter([(w.title.casefold(), w.is_minimized, w.is_maximized) for w in windows])


def _same_windows(
    now: tuple[WindowState, ...] | Unknown, before: Counter[WindowKey] | Unknown, names: set[str]
) -> Verdict:
    if isinstance(now, Unknown) or isinstance(before, Unknown):
        return UNKNOWN
    keys = _window_keys(now)
    if keys == before:
        return PASS
    changed = [key for key in keys.keys() | before.keys() if keys[key] != before[key]]
    return _verdict(all(title in names for title, _, _ in changed))


def _same_values(
    now: Mapping[str, Any] | Unknown, before: Mapping[str, Any] | Unknown, names: set[str]
) -> Verdict:
    if isinstance(now, Unknown) or isinstance(before, Unknown):
        return UNKNOWN
    if now == before:
        return PASS
    changed = [key for key in now.keys() | before.keys() if now.get(key) != before.get(key)]
    return _verdict(all(key.casefold() in names for key in changed))


def _same_folders(now: Set[str] | Unknown, before: Set[str] | Unknown, names: set[str]) -> Verdict:
    if isinstance(now, Unknown) or isinstance(before, Unknown):
        return UNKNOWN
    return _verdict(now == before or all(path.casefold() in names for path in now ^ before))


def _all(checks: Iterable[Callable[[], Verdict]]) -> Verdict:
    answer = PASS
    for ask in checks:
        verdict = ask()
        if verdict is FAIL:
            return FAIL
        if verdict is UNKNOWN:
            answer = UNKNOWN
    return answer


def _all_of(c: AllOf, state: DesktopState, start: Baseline | None) -> Verdict:
    answer = PASS
    for criterion in c.criteria:
        verdict = check(criterion, state, start)
        if verdict is FAIL:
            return FAIL
        if verdict is UNKNOWN:
            answer = UNKNOWN
    return answer


def _any_of(c: AnyOf, state: DesktopState, start: Baseline | None) -> Verdict:
    answer = FAIL
    for criterion in c.criteria:
        verdict = check(criterion, state, start)
        if verdict is PASS:
            return PASS
        if verdict is UNKNOWN:
            answer = UNKNOWN
    return answer


def _not(c: Not, state: DesktopState, start: Baseline | None) -> Verdict:
    verdict = check(c.criterion, state, start)
    if verdict is UNKNOWN:
        return UNKNOWN
    return FAIL if verdict is PASS else PASS


def _custom(c: CustomCriterion, state: DesktopState, _: Baseline | None) -> Verdict:
    try:
        answer = c.holds(state)
    except Exception as error:  # somebody else's code
        raise TaskError(f"the criterion {c.kind!r} raised {reason_of(error)}") from error
    if not (answer is None or isinstance(answer, bool)):
        raise TaskError(f"the criterion {c.kind!r} answered {answer!r}, not True, False or None")
    return _answer(answer)


_Check = Callable[[Any, DesktopState, "Baseline | None"], Verdict]
_CHECKS: Final[Mapping[type[CriterionModel], _Check]] = {
    WindowTitle: _window_title,
    WindowOpen: _window_open,
    WindowClosed: _window_closed,
    WindowFocused: _window_focused,
    WindowInState: _window_in_state,
    ProcessRunning: _process_running,
    FileExists: _file_exists,
    FileNotExists: _file_not_exists,
    FileContains: _file_contains,
    DirectoryExists: _directory_exists,
    CurrentDirectory: _current_directory,
    Clipboard: _clipboard,
    UrlContains: _url_contains,
    TextField: _text_field,
    Selected: _selected,
    Shown: _shown,
    WidgetFocused: _widget_focused,
    DisplayValue: _display_value,
    Setting: _setting,
    DialogAnswered: _dialog_answered,
    ChangedOnly: _changed_only,
    AllOf: _all_of,
    AnyOf: _any_of,
    Not: _not,
}
