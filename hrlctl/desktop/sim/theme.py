"""What a theme is: the colours, styles and metrics that painters and layout read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

Surface = Literal["flat", "bevel", "round"]
CheckStyle = Literal["tick", "cross", "fill"]
ControlStyle = Literal["glyph", "box", "dot"]
TitleButton = Literal["minimize", "maximize", "close"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Theme:
    """How a desktop looks. Themes compare by name, which makes them cheap keys of caches: a
    changed copy of a theme needs a name of its own.

    Colours come in pairs where a surface is shaded from top to bottom. Metrics are pixels; whatever
    can be clicked is at least 8 by 8, so that it holds the centre of a pointer cell.
    """

    name: str
    is_dark: bool
    held_out: bool = False

    # Fonts, by their names in FONTS.
    text_font: str
    title_font: str

    # Windows.
    window: Colour  # behind the widgets
    text: Colour
    muted: Colour  # disabled text, rules
    edge: Colour  # around windows
    edge_idle: Colour
    title: tuple[Colour, Colour]
    title_text: Colour
    title_idle: tuple[Colour, Colour]
    title_idle_text: Colour
    control: Colour | None  # behind minimise and maximise; None shows the title bar
    control_glyph: Colour
    close: Colour | None
    close_glyph: Colour

    # Widgets.
    button: tuple[Colour, Colour]
    button_edge: Colour
    button_text: Colour
    light: Colour  # lit and shaded edges of bevels
    shade: Colour
    field: Colour  # text fields, lists, check boxes
    field_edge: Colour
    field_text: Colour
    accent: Colour  # selections, ticks, the filled part of a slider, what has the focus
    accent_text: Colour
    focus: Colour
    track: Colour  # of scroll bars and sliders
    thumb: tuple[Colour, Colour]
    menu: Colour
    menu_text: Colour
    menu_edge: Colour

    # Shell.
    wallpaper: tuple[Colour, Colour]  # the main and the second colour of every wallpaper
    icon_text: Colour
    icon_plate: Colour | None  # behind an icon's label; None gives the label a shadow
    icon_shadow: Colour
    taskbar: tuple[Colour, Colour]
    taskbar_edge: Colour
    taskbar_text: Colour
    task: tuple[Colour, Colour]  # button of a window in the taskbar
    task_active: tuple[Colour, Colour]
    task_active_text: Colour
    start: tuple[Colour, Colour]
    start_text: Colour
    start_label: str = "Menu"

    # Styles.
    surface: Surface = "flat"
    check_style: CheckStyle = "tick"
    control_style: ControlStyle = "glyph"
    title_align: Literal["left", "centre"] = "left"
    title_side: Literal["left", "right"] = "right"  # where the title buttons are
    title_order: tuple[TitleButton, ...] = ("minimize", "maximize", "close")  # left to right
    taskbar_position: Literal["top", "bottom"] = "bottom"

    # Metrics.
    title_height: int = 10
    border: int = 1  # of a window, around its client area
    row_height: int = 9
    button_height: int = 11
    field_height: int = 11
    check_size: int = 8
    slider_height: int = 9
    scroll_bar_width: int = 8
    taskbar_height: int = 11
    icon_size: int = 14
    icon_cell: tuple[int, int] = (40, 24)  # width, height
    start_width: int = 24
    padding: int = 2
