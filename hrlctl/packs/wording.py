"""A drawn instance in words, for people: its setup, its criteria and its oracle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hrlctl.packs.instances import Milestone
from hrlctl.packs.pages import page_in_words
from hrlctl.schema import criteria as facts
from hrlctl.schema.criteria import Contains, Glob, Match, Range, Regex
from hrlctl.schema.custom_criteria import CriterionModel, CustomCriterion
from hrlctl.schema.setup import DialogSetup, FieldSetup, LauncherSetup, Setup, WindowSetup
from hrlctl.schema.task import DragStep, OracleStep, PointStep, PressStep, ScrollStep, Target

_LONGEST_CONTENT = 40  # characters of a file that are shown


def criteria_in_words(criterion: CriterionModel) -> tuple[str, ...]:
    """What must hold, one sentence a fact; all of them together are the criterion."""
    if isinstance(criterion, facts.AllOf):
        return tuple(words for part in criterion.criteria for words in criteria_in_words(part))
    return (_fact(criterion),)


def milestone_in_words(milestone: Milestone) -> str:
    """The skill, what it is about, and the fact that it reaches."""
    about = f" {_quoted(milestone.about)}" if milestone.about else ""
    reached = " and ".join(criteria_in_words(milestone.criterion))
    return f"{skill_in_words(milestone.skill)}{about}: {reached}"


def skill_in_words(skill: str) -> str:
    """A skill's or a role's name as it is said."""
    return skill.replace("_", " ")


def setup_in_words(setup: Setup) -> tuple[str, ...]:
    """How the desktop stands at the start, one line a thing; what is not named is drawn."""
    lines = [
        *map(_launcher, setup.launchers),
        *map(_window, setup.windows),
        *map(_dialog, setup.dialogs),
        *map(page_in_words, setup.pages),
        *(f"file {path}: {_content(text)}" for path, text in setup.files.items()),
        *(f"folder {path}" for path in setup.folders),
    ]
    if setup.other_files:
        lines.append(f"drawn: {setup.other_files} other files in each folder")
    if setup.clipboard:
        lines.append(f"clipboard: {_content(setup.clipboard)}")
    fewest, most = setup.distractors
    others = str(fewest) if fewest == most else f"{fewest} to {most}"
    lines.append(f"drawn: at least {setup.icons} icons, {others} other windows")
    return tuple(lines)


def step_in_words(step: OracleStep) -> str:
    """A step of an oracle as one would say it to a person."""
    match step:
        case PointStep(action=action, target=target):
            return f"{skill_in_words(action)} {target_in_words(target)}"
        case DragStep(start=start, end=end):
            return f"drag {target_in_words(start)} to {target_in_words(end)}"
        case ScrollStep(target=target, direction=direction, until=until):
            goal = f" until {target_in_words(until)} is in view" if until else ""
            return f"scroll {direction} over {target_in_words(target)}{goal}"
        case PressStep(key=key):
            return f"press {key}"
        case _:
            return f"type {_quoted(step.text)}"


def target_in_words(target: Target) -> str:
    """A thing on the screen by its role and name."""
    place = f" at {target.at}%" if target.at is not None else ""
    return _thing(target.role, target.name, target.window) + place


def _fact(criterion: CriterionModel) -> str:
    match criterion:
        case facts.AllOf(criteria=parts):
            return " and ".join(map(_part, parts))
        case facts.AnyOf(criteria=parts):
            return " or ".join(map(_part, parts))
        case facts.Not(criterion=part):
            return f"it does not hold that {_part(part)}"
        case facts.Clipboard(text=text):
            return f"the clipboard holds {_text(text)}"
        case facts.UrlContains(text=text, window=window):
            return f"the browser{_inside(window)} shows an address with {_quoted(text)} in it"
        case facts.TextField(value=value, name=name, window=window):
            return f"{_thing('text_field', name, window)} shows {_text(value)}"
        case facts.Setting(name=name, value=value):
            return f"the applied setting {_quoted(name)} is {_value(value)}"
        case facts.Selected(name=name, value=value, window=window):
            return f"{_quoted(name)}{_inside(window)} shows {_value(value)}"
        case facts.Shown(role=role, name=name, window=window):
            return f"{_thing(role, name, window)} is shown"
        case facts.WidgetFocused(name=name, window=window):
            return f"{_quoted(name)}{_inside(window)} has the keyboard focus"
        case facts.DisplayValue(value=value, window=window):
            return f"{'a calculator' if window is None else _quoted(window)} shows {value}"
        case facts.DialogAnswered(title=title, answer=answer):
            return f"the dialog {_quoted(title)} was ended by {_quoted(answer)}"
        case facts.ChangedOnly(names=names):
            return f"nothing else than {_listed(names)} changed" if names else "nothing changed"
        case CustomCriterion(kind=kind):
            arguments = criterion.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
            given = (f"{name} {value}" for name, value in arguments.items())
            return f"{skill_in_words(kind)}: {', '.join(given)}"
        case _:
            return _window_fact(criterion)


def _window_fact(criterion: CriterionModel) -> str:
    match criterion:
        case facts.WindowTitle(title=title):
            return f"a window {_titled(title)} is open and not minimised"
        case facts.WindowOpen(title=title):
            return f"a window {_titled(title)} is open"
        case facts.WindowClosed(title=title):
            return f"no window {_titled(title)} is open"
        case facts.WindowFocused(title=title):
            return f"a window {_titled(title)} has the focus"
        case facts.WindowInState(title=title, state=state):
            return f"a window {_titled(title)} is {state}"
        case facts.ProcessRunning(program=program):
            return f"a program {_text(program)} runs"
        case facts.FileExists(path=path):
            return f"there is a file {path}"
        case facts.FileNotExists(path=path):
            return f"there is no file {path}"
        case facts.FileContains(path=path, text=text):
            return f"the file {path} has {_quoted(text)} in it"
        case facts.DirectoryExists(path=path):
            return f"there is a folder {path}"
        case facts.CurrentDirectory(path=path, window=window):
            return (
                f"{'a file manager' if window is None else _quoted(window)} shows the folder {path}"
            )
        case _:
            raise TypeError(f"no words for the criterion {type(criterion).__name__}")


def _part(criterion: CriterionModel) -> str:
    """A fact inside another one; a compound one in parentheses."""
    is_compound = isinstance(criterion, facts.AllOf | facts.AnyOf)
    return f"({_fact(criterion)})" if is_compound else _fact(criterion)


def _launcher(launcher: LauncherSetup) -> str:
    offered = (("icon", launcher.on_desktop), ("menu entry", launcher.in_menu))
    places = " and ".join(place for place, is_there in offered if is_there) or "launcher"
    opened = launcher.path or launcher.address
    document = f" with {opened}" if opened else ""
    kind = skill_in_words(launcher.program)
    return f"{places} {_quoted(launcher.name)}: {kind}{document}{_fields(launcher.fields)}"


def _window(window: WindowSetup) -> str:
    notes = [skill_in_words(window.program)]
    notes += [window.state] if window.state != "normal" else []
    notes += ["partly covered"] if window.covered else []
    notes += [f"shows {shown}" for shown in (window.path, window.address) if shown]
    notes += [f"came from {', '.join(window.history)}"] if window.history else []
    notes += [f"unsaved text {_content(window.text)}"] if window.text is not None else []
    return f"window {_quoted(window.title)}: {', '.join(notes)}{_fields(window.fields)}"


def _dialog(dialog: DialogSetup) -> str:
    message = f" says {_quoted(dialog.message)}" if dialog.message else ""
    buttons = f"{'buttons' if len(dialog.buttons) > 1 else 'button'} {_listed(dialog.buttons)}"
    return f"dialog {_quoted(dialog.title)}{message}: {buttons}{_fields(dialog.fields)}"


def _fields(fields: Iterable[FieldSetup]) -> str:
    return "".join(f"; {words}" for words in map(_field, fields))


def _field(field: FieldSetup) -> str:
    return " ".join(_field_parts(field))


def _field_parts(field: FieldSetup) -> Iterator[str]:
    yield f"{skill_in_words(field.role)} {_quoted(field.name)}"
    if field.value is not None:
        yield f"is {_value(field.value)}"
    if field.options:
        yield f"of {_listed(field.options)}"
    if field.extra_options:
        yield f"and {field.extra_options} drawn"


def _thing(role: str, name: str | None, window: str | None) -> str:
    called = f" {_quoted(name)}" if name is not None else ""
    return f"the {skill_in_words(role)}{called}{_inside(window)}"


def _inside(window: str | None) -> str:
    return f" in {_quoted(window)}" if window is not None else ""


def _titled(match: Match) -> str:
    match match:
        case Contains(contains=text):
            return f"with {_quoted(text)} in its title"
        case Glob(glob=pattern):
            return f"with a title like {_quoted(pattern)}"
        case Regex(regex=pattern):
            return f"with a title of the pattern {_quoted(pattern)}"
        case _:
            return _quoted(match)


def _text(match: Match) -> str:
    match match:
        case Contains(contains=text):
            return f"a text with {_quoted(text)} in it"
        case Glob(glob=pattern):
            return f"a text like {_quoted(pattern)}"
        case Regex(regex=pattern):
            return f"a text of the pattern {_quoted(pattern)}"
        case _:
            return _quoted(match)


def _value(value: bool | int | str | Contains | Glob | Regex | Range) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case int():
            return str(value)
        case Range(min=low, max=high):
            return f"from {low} to {high}"
        case _:
            return _text(value)


def _content(text: str) -> str:
    if not text:
        return "empty"
    is_long = len(text) > _LONGEST_CONTENT
    return _quoted(text[:_LONGEST_CONTENT] + "…" if is_long else text)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names))


def _quoted(text: str) -> str:
    return '"' + text.replace("\n", "⏎") + '"'
