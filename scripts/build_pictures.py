"""Make the picture of the README: a dozen instances of the shipped tasks as they begin.

python scripts/build_pictures.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from hrlctl.desktop.sim import SimDesktop
from hrlctl.packs import draw_instance, load_packs
from hrlctl.schema.base import Split

TARGET = Path(__file__).parent.parent / "docs" / "images" / "desktops.png"
ROWS, COLUMNS, SCALE, GAP = 3, 4, 2, 6


def main() -> None:
    tasks = load_packs(["desktop_basics"]).tasks()
    desktop = SimDesktop()
    height, width = desktop.height * SCALE, desktop.width * SCALE
    sheet = np.full((ROWS * (height + GAP) - GAP, COLUMNS * (width + GAP) - GAP, 3), 255, np.uint8)
    for index in range(ROWS * COLUMNS):
        # A step that shares no factor with the number of tasks, so that neighbours differ.
        instance = draw_instance(tasks[(index * 5 + 3) % len(tasks)], index, Split.TRAINING)
        desktop.reset(instance.setup, instance.seed)
        row, column = divmod(index, COLUMNS)
        top, left = row * (height + GAP), column * (width + GAP)
        sheet[top : top + height, left : left + width] = desktop.render(SCALE)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
