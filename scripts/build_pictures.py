"""Make the pictures of the README.

python scripts/build_pictures.py desktops    # a dozen instances of the shipped tasks as they begin
python scripts/build_pictures.py agent       # the shipped model at work on held-out instances
python scripts/build_pictures.py panel       # the live panel; trains for some minutes
"""

from __future__ import annotations

import argparse
import io
import re
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from rich.console import Console

from hrlctl.cli.film_frames import SCALE as FILM_SCALE
from hrlctl.cli.film_frames import Verdict, film_frame
from hrlctl.cli.image_files import Animation
from hrlctl.cli.panel_layout import PanelLayout
from hrlctl.cli.progress import RunProgress
from hrlctl.config import resolve
from hrlctl.desktop.sim import SimDesktop
from hrlctl.evaluation import evaluate
from hrlctl.evaluation.replay import Replay, examples
from hrlctl.events import RunFinished
from hrlctl.packs import draw_instance, load_packs
from hrlctl.pretrained import MODEL
from hrlctl.schema.base import Split
from hrlctl.training.run import train

FOLDER: Final = Path(__file__).parent.parent / "docs" / "images"
ROWS, COLUMNS, SCALE, GAP = 3, 4, 2, 6
FILM_TASKS: Final = ("open-icon", "save-word", "choose-radio", "calculator-add", "toggle-setting")
PANEL_TASKS: Final = ("open-icon", "open-menu", "dismiss-popup", "choose-radio")
PANEL_STEPS: Final = 40_960
PANEL_COLUMNS, PANEL_ROWS = 120, 36


def draw_desktops() -> Path:
    """Screens of tasks as they begin, side by side."""
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
    path = FOLDER / "desktops.png"
    Image.fromarray(sheet).save(path, optimize=True)
    return path


def film_agent() -> Path:
    """The first held-out instance of some tasks, whatever became of it, one after the other."""
    ids = tuple(f"desktop_basics/{name}" for name in FILM_TASKS)
    report = evaluate(
        MODEL, episodes=len(ids), tasks=ids, termination="agent", is_replayed=True
    )  # fmt: skip
    replay = Replay(report.setup, FILM_SCALE)
    animation = Animation(1.0)
    for result in examples(report):
        ending = result.ending("agent")
        words = f"success after {ending.steps} steps" if ending.success else f"{ending.failure}"
        for frame in replay.frames(result, "agent"):
            verdict = Verdict(words, ending.success)
            animation.add(film_frame(frame, result.instruction, verdict, max(1, ending.steps)))
    path = FOLDER / "agent.gif"
    animation.write(path)
    return path


def draw_panel() -> Path:
    """The live panel as it stands at the end of a short training."""
    progress = RunProgress()
    layout = PanelLayout(progress)
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "environment.tasks": [f"desktop_basics/{name}" for name in PANEL_TASKS],
            "training.total_timesteps": PANEL_STEPS,
            "output.save_dir": folder,
            "output.log_dir": folder,
        }
        for event in train(resolve(options, {}, None).config):
            if not isinstance(event, RunFinished):  # the panel closes then
                progress.apply(event)
    console = Console(
        record=True, width=PANEL_COLUMNS, height=PANEL_ROWS, file=io.StringIO(), force_terminal=True
    )
    console.print(layout.build(PANEL_COLUMNS, PANEL_ROWS), height=PANEL_ROWS)
    picture = console.export_svg(title="hrlctl train")
    # The fonts that rich names would be loaded from the network.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    path = FOLDER / "panel.svg"
    path.write_text(picture, encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    makers = {"desktops": draw_desktops, "agent": film_agent, "panel": draw_panel}
    parser.add_argument("picture", choices=makers)
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"wrote {makers[parser.parse_args().picture]()}")


if __name__ == "__main__":
    main()
