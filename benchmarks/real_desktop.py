"""How fast real programs are operated, and whether what is captured is what they show.

    python benchmarks/real_desktop.py --json

Random clicks and keys in each program; after every tenth step the capture is compared with one that
is taken 500 ms later.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from hrlctl.desktop.commands import Click, Command, Press, TypeText
from hrlctl.desktop.contract import Desktop, Locator
from hrlctl.desktop.x11.desktop import X11Desktop
from hrlctl.schema.setup import ProgramKind, Setup, WindowSetup

PROGRAMS: Sequence[ProgramKind] = ("text_editor", "calculator")
_CHECK_EVERY = 10
_LATER = 0.5  # seconds
_KEYS = ("space", "backspace", "left", "right", "home", "end")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200, help="of each program")
    parser.add_argument("--resets", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    desktop = X11Desktop()
    try:
        figures: dict[str, Any] = {
            "steps_per_second": {},
            "fresh": {},
            "reset_seconds_median": _resets(desktop, arguments.resets),
            "backend": desktop.capture_backend,
            "sandboxed": desktop.session.is_sandboxed,
        }
        for kind in PROGRAMS:
            speed, fresh = _operate(desktop, kind, arguments.steps)
            figures["steps_per_second"][kind] = round(speed, 1)
            figures["fresh"][kind] = fresh
    finally:
        desktop.close()
    print(json.dumps(figures) if arguments.json else json.dumps(figures, indent=2))


def _resets(desktop: Desktop, count: int) -> float:
    """Median seconds of a reset to a desktop without open windows."""
    seconds = []
    for seed in range(count):
        began = time.perf_counter()
        desktop.reset(Setup(), seed)
        desktop.capture()
        seconds.append(time.perf_counter() - began)
    return round(statistics.median(seconds), 4)


def _operate(desktop: X11Desktop, kind: ProgramKind, steps: int) -> tuple[float, dict[str, int]]:
    """Steps per second, and how many captures equal a later one."""
    rng = random.Random(0)
    setup = Setup(windows=(WindowSetup(title=kind, program=kind),))
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
        if step % _CHECK_EVERY == 0:
            time.sleep(_LATER)
            desktop.look_again()
            checked += 1
            same += np.array_equal(screen, desktop.capture())
    return steps / spent, {"same": same, "of": checked}


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


if __name__ == "__main__":
    main()
