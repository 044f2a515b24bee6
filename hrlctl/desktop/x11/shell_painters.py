"""Pictures of the desktop's own parts: wallpaper, icons, panel and menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.x11.annotation import Character
from hrlctl.desktop.x11.looks import Look, rgb

ICON: Final = 48  # pixels, of the picture
_ICON_FOLDERS: Final = tuple(
    Path(root) / theme / size / kind
    for root in ("/usr/share/icons", "/usr/local/share/icons")
    for theme in ("hicolor", "Adwaita", "gnome", "locolor")
    for size in ("48x48", "64x64", "128x128", "32x32")
    for kind in ("apps", "legacy", "places")
)
_PIXMAPS: Final = Path("/usr/share/pixmaps")


class Label(NamedTuple):
    """A line of text as it is written."""

    text: str
    x: float  # of its left end
    y: float  # of what ``anchor`` says
    anchor: Literal["la", "lm"]  # its top, or its middle (Pillow's text anchors)


class IconLook(NamedTuple):
    """An icon as it is painted."""

    label: str
    pictures: tuple[str, ...]  # names in icon themes, preferred first
    rect: Rect  # picture and label
    is_selected: bool


class ButtonLook(NamedTuple):
    """A button of the panel, or an entry of the menu."""

    label: str
    rect: Rect  # inside the picture
    is_pressed: bool


def paint_desktop(size: tuple[int, int], look: Look, icons: Sequence[IconLook]) -> Image.Image:
    """The wallpaper with its icons."""
    picture = _wallpaper(size, look.wallpaper, look.wallpaper_colours).copy()
    draw = ImageDraw.Draw(picture)
    font = _font(look)
    for icon in icons:
        rect = icon.rect
        left = rect.x + (rect.width - ICON) // 2
        image = _icon(icon.pictures, icon.label)
        picture.paste(image, (left, rect.y), image)
        label = icon_label(look, icon.label, rect)
        at = label.x, label.y
        if icon.is_selected:
            box = draw.textbbox(at, label.text, font, anchor=label.anchor)
            draw.rectangle(
                (box[0] - 3, box[1] - 2, box[2] + 3, box[3] + 2), rgb(look.palette.accent)
            )
        else:
            shadow = at[0] + 1, at[1] + 1
            draw.text(shadow, label.text, (0, 0, 0), font, anchor=label.anchor)
        draw.text(at, label.text, (255, 255, 255), font, anchor=label.anchor)
    return picture


def icon_label(look: Look, label: str, rect: Rect) -> Label:
    """How the label of an icon that fills ``rect`` is written."""
    left = rect.x + (rect.width - _font(look).getlength(label)) / 2
    return Label(label, left, rect.y + ICON + 2, "la")


def button_label(look: Look, label: str, rect: Rect) -> Label:
    """How the label of a button or of a menu's entry is written: cut where it is too long."""
    font = _font(look)
    room = rect.width - 12
    while label and font.getlength(label) > room:
        label = label.rstrip(".")[:-1].rstrip() + "..." if len(label) > 4 else ""
    return Label(label, rect.x + 6, rect.y + rect.height / 2, "lm")


def characters_of(look: Look, label: Label) -> list[Character]:
    """Where each character of a label stands, in the picture's pixels."""
    font = _font(look)
    _, top, _, bottom = font.getbbox("H", anchor=label.anchor)
    middle = label.y + (top + bottom) / 2
    edges = [label.x + font.getlength(label.text[:end]) for end in range(len(label.text) + 1)]
    return [
        Character(text, left, right, middle)
        for text, (left, right) in zip(label.text, pairwise(edges), strict=True)
    ]


def label_size(look: Look, label: str) -> tuple[int, int]:
    """Width and height in pixels of ``label``."""
    left, top, right, bottom = _font(look).getbbox(label)
    return round(right - left), round(bottom - top)


def paint_panel(size: tuple[int, int], look: Look, buttons: Sequence[ButtonLook]) -> Image.Image:
    """The panel with its buttons."""
    palette = look.palette
    picture = Image.new("RGB", size, rgb(palette.background))
    draw = ImageDraw.Draw(picture)
    draw.line((0, 0, size[0], 0), _between(palette.background, palette.foreground, 0.5))
    for button in buttons:
        _paint_button(draw, look, button)
    return picture


def paint_menu(size: tuple[int, int], look: Look, entries: Sequence[ButtonLook]) -> Image.Image:
    """An open menu; the entry under the pointer or cursor is ``is_pressed``."""
    palette = look.palette
    picture = Image.new("RGB", size, rgb(palette.base))
    draw = ImageDraw.Draw(picture)
    edge = _between(palette.background, palette.foreground, 0.6)
    draw.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=edge)
    for entry in entries:
        rect = entry.rect
        if entry.is_pressed:
            draw.rectangle((rect.x, rect.y, rect.right - 1, rect.bottom - 1), rgb(palette.accent))
        colour = (255, 255, 255) if entry.is_pressed else rgb(palette.text)
        _text(draw, look, entry.label, rect, colour)
    return picture


def _paint_button(draw: ImageDraw.ImageDraw, look: Look, button: ButtonLook) -> None:
    palette, rect = look.palette, button.rect
    fill = _between(palette.background, palette.foreground, 0.2 if button.is_pressed else 0.05)
    edge = _between(palette.background, palette.foreground, 0.45)
    draw.rounded_rectangle((rect.x, rect.y, rect.right - 1, rect.bottom - 1), 3, fill, edge)
    _text(draw, look, button.label, rect, rgb(palette.foreground))


def _text(
    draw: ImageDraw.ImageDraw, look: Look, label: str, rect: Rect, colour: tuple[int, int, int]
) -> None:
    written = button_label(look, label, rect)
    at = written.x, written.y
    draw.text(at, written.text, colour, _font(look), anchor=written.anchor)


def _between(first: str, second: str, share: float) -> tuple[int, int, int]:
    a, b = rgb(first), rgb(second)
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def _font(look: Look) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return _load_font(look.font, round(look.font_size * 96 / 72))


@lru_cache
def _load_font(name: str, pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(name.replace(" Sans", "Sans").replace(" ", "-") + ".ttf", pixels)
    except OSError:
        return ImageFont.load_default(pixels)


@lru_cache(maxsize=64)
def _icon(names: tuple[str, ...], label: str) -> Image.Image:
    """A picture from the icon themes that are installed; a tile with a letter without one."""
    for name in names:
        places = [folder / f"{name}.png" for folder in _ICON_FOLDERS]
        for path in (*places, _PIXMAPS / f"{name}.png"):
            if path.exists():
                with Image.open(path) as image:
                    return image.convert("RGBA").resize((ICON, ICON), Image.Resampling.LANCZOS)
    tile = Image.new("RGBA", (ICON, ICON))
    draw = ImageDraw.Draw(tile)
    draw.rounded_rectangle((3, 3, ICON - 4, ICON - 4), 8, (225, 228, 232, 255), (90, 96, 104, 255))
    draw.text(
        (ICON / 2, ICON / 2),
        label[:1].upper(),
        (50, 60, 75, 255),
        _load_font("DejaVu Sans", 28),
        anchor="mm",
    )
    return tile


@lru_cache(maxsize=8)
def _wallpaper(
    size: tuple[int, int], pattern: str, colours: tuple[tuple[int, int, int], ...]
) -> Image.Image:
    first, second = colours
    width, height = size
    picture = Image.new("RGB", size, first)
    draw = ImageDraw.Draw(picture)
    match pattern:
        case "gradient":
            for y in range(height):
                share = y / height
                mixed = tuple(round(a + (b - a) * share) for a, b in zip(*colours, strict=True))
                draw.line((0, y, width, y), mixed)
        case "stripes":
            for x in range(0, width, 64):
                draw.rectangle((x, 0, x + 31, height), second)
        case "checks":
            for x in range(0, width, 40):
                for y in range((x // 40 % 2) * 40, height, 80):
                    draw.rectangle((x, y, x + 39, y + 39), second)
        case "diagonal":
            for x in range(-height, width, 80):
                draw.polygon(
                    [(x, height), (x + 40, height), (x + 40 + height, 0), (x + height, 0)], second
                )
    return picture
