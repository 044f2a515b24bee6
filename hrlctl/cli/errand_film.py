"""``hrlctl run --record``: a run as an animation."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hrlctl.cli.errand_view import Ending, words_of
from hrlctl.cli.film_frames import SCALE, Verdict, film_frame
from hrlctl.cli.image_files import Animation
from hrlctl.evaluation.errand import Errand, ErrandStep
from hrlctl.evaluation.replay import Frame

_SECONDS: Final = 1.0  # for which a screen is shown


class ErrandFilm:
    """The frames of a run, as they are seen.

    Args:
        errand: that is carried out.
    """

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._frames: list[Frame] = []

    def add(self, step: ErrandStep) -> None:
        """One more frame: the desktop as it stands, and what is about to be done."""
        screen = self._errand.desktop.render(SCALE)
        self._frames.append(Frame(screen, step.number - 1, step.command, step.action, step.skill))

    def write(self, path: Path, ending: Ending, steps: int) -> None:
        """Write the film with the desktop as it stands now as its end.

        Raises:
            StorageError: the file cannot be written.
        """
        verdict = Verdict(words_of(ending, steps), ending is Ending.SAID_DONE)
        last = Frame(self._errand.desktop.render(SCALE), steps, None, "", "")
        animation = Animation(_SECONDS)
        for frame in (*self._frames, last):
            shown = film_frame(frame, self._errand.instruction, verdict, max(1, steps))
            animation.add(shown)
        animation.write(path)
