"""Draws a desktop from a setup and a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from math import gcd
from typing import TypeVar

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.compositor import Compositor
from hrlctl.desktop.sim.fields import VALUE_ROLES, Field, field_names, resolved
from hrlctl.desktop.sim.file_system import HOME, joined
from hrlctl.desktop.sim.icons import ICONS
from hrlctl.desktop.sim.launchers import DesktopIcon, Launcher
from hrlctl.desktop.sim.layout import LayoutFamily, Placer, arranged, icon_cells, layouts
from hrlctl.desktop.sim.names import Names, Taken
from hrlctl.desktop.sim.programs.message import Message
from hrlctl.desktop.sim.programs.program import Start
from hrlctl.desktop.sim.session import Session
from hrlctl.desktop.sim.shell import MOST_ENTRIES
from hrlctl.desktop.sim.themes import themes
from hrlctl.desktop.sim.wallpapers import wallpaper, wallpapers
from hrlctl.desktop.sim.web import Web
from hrlctl.desktop.sim.web_drawing import drawn_pages, names_of
from hrlctl.desktop.sim.windows import Modality, Window
from hrlctl.packs.words import HELD_OUT_PROGRAMS, TRAINING_PROGRAMS
from hrlctl.schema.setup import FieldSetup, ProgramKind, Setup, WindowSetup

T = TypeVar("T")

_DISTRACTORS: tuple[ProgramKind, ...] = (
    "viewer", "viewer", "viewer", "form", "form", "calculator", "text_editor", "settings",
)  # fmt: skip
_ICON_OF = {
    "browser": "globe",
    "calculator": "calculator",
    "file_manager": "folder",
    "settings": "settings",
    "text_editor": "editor",
}
_SUFFIXES = (".txt", ".txt", ".md", ".log", ".png", "")  # of drawn files; without one: a folder
# Icons are dealt in steps through the set: no two alike until it is used up.
_STRIDE = next(step for step in (11, 13, 17, 19) if gcd(step, len(ICONS)) == 1)


class Episode:
    """Draws one episode; ``session`` is the result.

    Args:
        compositor: what the screen is drawn on.
        setup: what is named; everything else is drawn.
        seed: of all chance in the episode.
    """

    def __init__(self, compositor: Compositor, setup: Setup, seed: int) -> None:
        self._setup = setup
        self._rng = rng = random.Random(seed)
        variation = setup.variation
        theme = _pick(rng, themes(held_out=variation.held_out_themes))
        self._layout: LayoutFamily = _pick(rng, layouts(held_out=variation.held_out_layouts))
        height, width = compositor.screen.shape[:2]
        picture = wallpaper(
            _pick(rng, wallpapers(held_out=variation.held_out_themes)), theme, width, height
        )
        theme = arranged(theme, self._layout)
        compositor.reset()
        self._theme = theme
        taken = Taken(_named(setup))
        held_out = variation.held_out_words
        self.session = Session(
            compositor,
            theme,
            picture,
            seed,
            taken=taken,
            held_out_words=held_out,
        )
        self._names = Names(rng, held_out=held_out, taken=taken)
        self._programs = HELD_OUT_PROGRAMS if held_out else TRAINING_PROGRAMS
        self._next_icon = int(rng.random() * len(ICONS))
        self.session.clipboard = setup.clipboard
        self.session.files.fill(setup.files.items(), setup.folders)
        self._draw_files(setup.other_files)
        self._build()

    def _build(self) -> None:
        session, setup, rng = self.session, self._setup, self._rng
        session.web = Web(drawn_pages(setup.pages, self._names, self._fields))
        named = [
            (
                item,
                Launcher(
                    item.name,
                    item.program,
                    self._icon(item.name, item.program),
                    self._fields(item.fields),
                    item.path,
                    item.address,
                ),
            )
            for item in setup.launchers
        ]
        cells = icon_cells(session.work_area, self._theme, self._layout, rng)
        on_desktop = [launcher for item, launcher in named if item.on_desktop][: len(cells)]
        in_menu = [launcher for item, launcher in named if item.in_menu]
        placer = Placer(session.work_area, self._layout, rng, cells, len(on_desktop))
        self._open_windows(placer)
        drawn = self._place_icons(cells, placer.free, on_desktop)
        while len(in_menu) + len(drawn) < MOST_ENTRIES:
            drawn.append(self._drawn_launcher())
        rng.shuffle(drawn)
        count = max(0, 5 + int(rng.random() * (MOST_ENTRIES - 4)) - len(in_menu))
        entries = [*in_menu, *drawn[:count]]
        rng.shuffle(entries)
        session.shell.menu = entries
        # Many windows need the room for their names.
        if rng.random() < 0.6 and len(session.manager.opened) <= 3:
            minutes = int(rng.random() * 1440)
            session.shell.clock = f"{minutes // 60}:{minutes % 60:02d}"
        self._open_dialogs()

    def _draw_files(self, count: int) -> None:
        """Put ``count`` files, now and then a folder among them, into each folder."""
        files, names = self.session.files, self._names
        for folder in (HOME, *sorted(files.folders)) if count else ():
            for _ in range(count):
                suffix = _pick(self._rng, _SUFFIXES)
                name = names.draw()
                if suffix:
                    path = joined(folder, name.lower() + suffix)
                    files[path] = f"{names.word()} {names.word()}\n"
                else:
                    files.fill((), [joined(folder, name)])

    def _fields(self, setups: tuple[FieldSetup, ...]) -> tuple[Field, ...]:
        fields = tuple(resolved(setup, self._names) for setup in setups)
        for field in fields:
            if field.role in VALUE_ROLES:
                self.session.settings.setdefault(field.name, field.value)
        return fields

    # Launchers and icons.

    def _icon(self, name: str, program: str) -> str:
        if program in _ICON_OF:
            return _ICON_OF[program]
        if name.lower() in ICONS:
            return name.lower()
        self._next_icon += _STRIDE
        return ICONS[self._next_icon % len(ICONS)]

    def _drawn_name(self) -> str:
        return self._names.pick(self._programs) if self._rng.random() < 0.5 else self._names.draw()

    def _drawn_launcher(self) -> Launcher:
        name = self._drawn_name()
        program = "viewer" if self._rng.random() < 0.7 else _pick(self._rng, _DISTRACTORS)
        return Launcher(name, program, self._icon(name, program))

    def _place_icons(
        self, cells: Sequence[Rect], free: Sequence[Rect], named: list[Launcher]
    ) -> list[Launcher]:
        """Put the icons on the desktop, the named ones where no window is; returns the others."""
        rng = self._rng
        count = max(len(named), min(len(cells), self._setup.icons + int(rng.random() * 3)))
        usual = cells[:count]
        open_cells: Sequence[Rect] = [cell for cell in usual if cell in free]
        if len(open_cells) < len(named):
            open_cells = free if len(free) >= len(named) else cells
        places = rng.sample(open_cells, len(named))
        others = [cell for cell in cells if cell not in places][: count - len(named)]
        drawn = [self._drawn_launcher() for _ in others]
        icons = [
            DesktopIcon(launcher, cell)
            for launcher, cell in (
                *zip(named, places, strict=True),
                *zip(drawn, others, strict=True),
            )
        ]
        icons.sort(key=lambda icon: (icon.cell.x, icon.cell.y))
        self.session.shell.icons = icons
        self.session.shell.cells = cells
        return drawn

    # Windows.

    def _open_windows(self, placer: Placer) -> None:
        setup, rng = self._setup, self._rng
        fewest, most = setup.distractors
        distractors = fewest + int(rng.random() * (max(fewest, most) - fewest + 1))
        covering = sum(window.covered for window in setup.windows)
        for _ in range(distractors - covering):
            self._open_distractor(placer)
        made = [(item, self._new_task_window(item)) for item in setup.windows]
        for index, (item, window) in enumerate(made):
            later = [w for other, w in made[index + 1 :] if other.state != "minimized"]
            tallest = max((self.session.outer_size(w).height for w in later), default=0)
            self._open_task_window(placer, item, window, tallest)
            if item.covered:
                self._open_distractor(placer, covers=window.area)
        # The order of the taskbar says nothing about the order of the stack.
        rng.shuffle(self.session.manager.opened)

    def _open_distractor(self, placer: Placer, covers: Rect | None = None) -> None:
        program = _pick(self._rng, _DISTRACTORS)
        window = self.session.new_window(self._drawn_name(), program, Start(), self._names)
        self._place(placer, window, is_task=False, covers=covers)

    def _new_task_window(self, item: WindowSetup) -> Window:
        start = Start(self._fields(item.fields), item.path, item.text, item.address, item.history)
        return self.session.new_window(item.title, item.program, start, self._names)

    def _open_task_window(
        self, placer: Placer, item: WindowSetup, window: Window, room_below: int
    ) -> None:
        session = self.session
        is_minimized = item.state == "minimized"
        if is_minimized:
            width, height = session.outer_size(window)
            work = session.work_area
            x = work.x + int(self._rng.random() * (work.width - width + 1))
            y = work.y + int(self._rng.random() * (work.height - height + 1))
            window.set_area(Rect(x, y, width, height))
            session.manager.add(window, is_minimized=True)
        else:
            self._place(
                placer, window, is_task=True, is_covered=item.covered, room_below=room_below
            )
            if item.state == "maximized":
                session.manager.toggle_maximized(window)

    def _place(
        self,
        placer: Placer,
        window: Window,
        *,
        is_task: bool,
        is_covered: bool = False,
        room_below: int = 0,
        covers: Rect | None = None,
    ) -> None:
        session = self.session
        theme = session.theme
        width, height = session.outer_size(window)
        area = placer.place(
            width,
            height,
            theme.title_height + theme.border,
            is_kept_in_sight=is_task and not is_covered,
            room_below=room_below,
            covers=covers,
            may_fail=not is_task and covers is None,
        )
        if area is not None:
            window.set_area(area)
            session.manager.add(window)

    def _open_dialogs(self) -> None:
        session, rng = self.session, self._rng
        for item in self._setup.dialogs:
            start = Start(self._fields(item.fields))
            session.open_dialog(
                item.title,
                lambda window, item=item, start=start: Message(  # type: ignore[misc]
                    window, start, item.message, item.buttons
                ),
                modality=Modality.EVERYTHING if item.modal else Modality.NONE,
                offset=(int(rng.random() * 49) - 24, int(rng.random() * 37) - 18),
            )


def _pick(rng: random.Random, items: Sequence[T]) -> T:
    return items[int(rng.random() * len(items))]


def _named(setup: Setup) -> Iterator[str]:
    """Every name that the task uses."""
    for launcher in setup.launchers:
        yield launcher.name
        yield from field_names(launcher.fields)
    for window in setup.windows:
        yield window.title
        yield from field_names(window.fields)
    for dialog in setup.dialogs:
        yield dialog.title
        yield from dialog.buttons
        yield from field_names(dialog.fields)
    for page in setup.pages:
        yield from names_of(page)
    for path in (*setup.files, *setup.folders):
        yield from path.split("/")
    yield from setup.reserved_names
