"""How fast real programs are operated, and whether what is captured is what they show.

    python benchmarks/real_desktop.py --json                            # all but the soak
    python benchmarks/real_desktop.py --steps 1000 --check-every 1      # each capture is checked
    python benchmarks/real_desktop.py --soak 1000                       # nothing but the soak

Random clicks and keys in each program; a capture is checked against one that is taken 500 ms later,
every pixel of it: no cursor blinks and no clock is shown. What is printed, with --json on one line:

    steps_per_second       by program, capture and settling included, the waits of checks left out
    fresh                  by program: how many captures were the same as the later one, of how many
    reset_seconds_median   of a reset to a desktop without open windows
    two_displays           steps per second in the text editor of one display alone, of two side by
                           side, each with a process of its own, and their ratio
    typing                 characters of ASCII and strings of random Unicode characters that were
                           typed into the text editor, and how many lines came back otherwise
    backend, sandboxed     how mss takes pictures, and whether programs run in a sandbox
    soak                   see soak.py
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import string
import time
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any

import numpy as np
from soak import soak

from hrlctl.desktop.commands import Click, Command, Press, TypeText
from hrlctl.desktop.contract import Desktop, Locator
from hrlctl.desktop.x11.desktop import X11Desktop
from hrlctl.schema.setup import ProgramKind, Setup, WindowSetup

PROGRAMS: Sequence[ProgramKind] = ("text_editor", "calculator")
_LATER = 0.5  # seconds
_KEYS = ("space", "backspace", "left", "right", "home", "end")
_STRINGS = 200
_LONGEST_STRING = 12
_LAST_CHARACTER = 0x2FFFF  # of the planes that hold scripts and symbols
_LINES_AT_ONCE = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=200, help="of each program")
    parser.add_argument("--check-every", type=int, default=10, help="one step of so many")
    parser.add_argument("--resets", type=int, default=30)
    parser.add_argument("--soak", type=int, metavar="N", help="play N episodes on two displays")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.soak:
        figures: dict[str, Any] = {"soak": soak(arguments.soak)}
    else:
        figures = _figures(arguments.steps, arguments.check_every, arguments.resets)
    print(json.dumps(figures, indent=None if arguments.json else 2))


def _figures(steps: int, check_every: int, resets: int) -> dict[str, Any]:
    desktop = X11Desktop()
    try:
        figures: dict[str, Any] = {
            "steps_per_second": {},
            "fresh": {},
            "reset_seconds_median": _resets(desktop, resets),
            "backend": desktop.capture_backend,
            "sandboxed": desktop.session.is_sandboxed,
        }
        for kind in PROGRAMS:
            speed, fresh = _operate(desktop, kind, steps, check_every)
            figures["steps_per_second"][kind] = round(speed, 1)
            figures["fresh"][kind] = fresh
        figures["typing"] = _typing(desktop)
    finally:
        desktop.close()
    figures["two_displays"] = _displays(steps)
    return figures


def _resets(desktop: Desktop, count: int) -> float:
    """Median seconds of a reset to a desktop without open windows."""
    seconds = []
    for seed in range(count):
        began = time.perf_counter()
        desktop.reset(Setup(), seed)
        desktop.capture()
        seconds.append(time.perf_counter() - began)
    return round(statistics.median(seconds), 4)


def _operate(
    desktop: X11Desktop, kind: ProgramKind, steps: int, check_every: int
) -> tuple[float, dict[str, int]]:
    """Steps per second, and how many captures equal a later one; none is checked where 0."""
    rng = random.Random(0)
    setup = _with(kind)
    spent, checked, same = 0.0, 0, 0
    desktop.reset(setup, 0)
    for step in range(steps):
        if desktop.locate(Locator("text_area")) is None:  # it was closed or minimized
            desktop.reset(setup, step)
        command = _draw(desktop, rng)
        began = time.perf_counter()
        desktop.perform(command)
        screen = desktop.capture().copy()
        spent += time.perf_counter() - began
        if check_every and step % check_every == 0:
            time.sleep(_LATER)
            desktop.look_again()
            checked += 1
            same += np.array_equal(screen, desktop.capture())
    return steps / spent, {"same": same, "of": checked}


def _with(kind: ProgramKind) -> Setup:
    return Setup(windows=(WindowSetup(title=kind, program=kind),))


def _draw(desktop: Desktop, rng: random.Random) -> Command:
    match rng.randrange(3):
        case 0:
            return TypeText(rng.choice("0123456789+-"))
        case 1:
            return Press(rng.choice(_KEYS))
        case _:
            place = desktop.locate(Locator("text_area"))
            assert place is not None
            x, y = rng.randrange(place.x, place.right), rng.randrange(place.y, place.bottom)
            return Click(x, y)


def _displays(steps: int) -> dict[str, float]:
    """Steps per second of one display, of two at the same time, and what two are worth."""
    one, two = _side_by_side(1, steps), _side_by_side(2, steps)
    return {"one": round(one, 1), "two": round(two, 1), "ratio": round(two / one, 2)}


def _side_by_side(displays: int, steps: int) -> float:
    context = get_context("spawn")
    barrier = context.Barrier(displays)
    with ProcessPoolExecutor(displays, context, _meet, (barrier,)) as pool:
        return sum(pool.map(_operate_alone, [steps] * displays))


_barrier: Barrier


def _meet(barrier: Barrier) -> None:
    """In a process of a display: know the others, which begin at the same time."""
    global _barrier
    _barrier = barrier


def _operate_alone(steps: int) -> float:
    desktop = X11Desktop()
    try:
        _barrier.wait()
        return _operate(desktop, "text_editor", steps, check_every=0)[0]
    finally:
        desktop.close()


def _typing(desktop: Desktop) -> dict[str, int]:
    """Type, copy everything, and compare it line by line."""
    rng = random.Random(0)
    characters = [chr(code) for code in range(_LAST_CHARACTER) if _can_be_typed(chr(code))]
    ascii_characters = string.printable[:95]
    lines = [
        "".join(rng.choices(characters, k=rng.randint(1, _LONGEST_STRING))) for _ in range(_STRINGS)
    ]
    errors = sum(
        read != line
        for text in ([*ascii_characters, ascii_characters], lines)
        for read, line in zip(_typed(desktop, text), text, strict=True)
    )
    return {"ascii_characters": 95, "unicode_strings": len(lines), "errors": errors}


def _can_be_typed(character: str) -> bool:
    """Whether it is a character of its own: assigned, and not a part of those around it."""
    category = unicodedata.category(character)
    return character.isprintable() and category[0] in "LNPSZ"


def _typed(desktop: Desktop, lines: Sequence[str]) -> list[str]:
    """What a text editor holds after ``lines`` were typed."""
    desktop.reset(_with("text_editor"), 0)
    for start in range(0, len(lines), _LINES_AT_ONCE):
        desktop.perform(
            TypeText("".join(f"{line}\n" for line in lines[start : start + _LINES_AT_ONCE]))
        )
    for key in ("ctrl+a", "ctrl+c"):
        desktop.perform(Press(key))
    read = desktop.state().clipboard
    return read.split("\n")[: len(lines)] if isinstance(read, str) else [""] * len(lines)


if __name__ == "__main__":
    main()
