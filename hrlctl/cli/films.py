"""``hrlctl eval --record``: episodes as animations and as strips of pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image

from hrlctl.cli.film_frames import SCALE, Verdict, film_frame, marked
from hrlctl.cli.image_files import Animation, can_write_mp4
from hrlctl.cli.output_files import writing
from hrlctl.evaluation.replay import Frame, Replay, examples

if TYPE_CHECKING:
    from hrlctl.evaluation import EvaluationReport
    from hrlctl.evaluation.results import EpisodeResult

_SECONDS: Final = 1.0  # for which a screen is shown
STRIP_SCALE: Final = 2
_MOST_IN_STRIP: Final = 6
_GAP: Final = 6  # pixels between the pictures of a strip


class Film(NamedTuple):
    """The files of one episode."""

    result: EpisodeResult
    strip: Path  # PNG
    animations: tuple[Path, ...]  # GIF, and MP4 where it can be written


def record(report: EvaluationReport, folder: Path) -> list[Film]:
    """Write the first success and the first failure of each task.

    Raises:
        StorageError: the folder or a file in it cannot be written.
    """
    _make(folder)
    large, small = Replay(report.setup, SCALE), Replay(report.setup, STRIP_SCALE)
    films = []
    for result in examples(report):
        ending = result.ending(report.termination)
        name = _name(result, is_success=ending.success)
        words = f"success after {ending.steps} steps" if ending.success else f"{ending.failure}"
        shown, most = Verdict(words, ending.success), max(1, ending.steps)
        animation = Animation(_SECONDS)
        for frame in large.frames(result, report.termination):
            animation.add(film_frame(frame, result.instruction, shown, most))
        written = [folder / f"{name}.gif"]
        animation.write(written[0])
        if can_write_mp4():
            written.append(folder / f"{name}.mp4")
            animation.write_mp4(written[1])
        strip = folder / f"{name}.png"
        _write_strip(strip, key_frames(small.frames(result, report.termination)))
        films.append(Film(result, strip, tuple(written)))
    return films


def record_failures(
    report: EvaluationReport, folder: Path, known: Mapping[EpisodeResult, Path]
) -> dict[EpisodeResult, Path]:
    """Write a strip of each episode that failed, but of those whose strip is ``known``.

    Returns:
        The strips of all of them, and those that are known.

    Raises:
        StorageError: the folder or a file in it cannot be written.
    """
    strips = dict(known)
    failed = [r for r in report.results if not r.ending(report.termination).success]
    if missing := [result for result in failed if result not in strips]:
        _make(folder)
        replay = Replay(report.setup, STRIP_SCALE)
        for result in missing:
            strips[result] = folder / f"{_name(result, is_success=False)}.png"
            _write_strip(strips[result], key_frames(replay.frames(result, report.termination)))
    return strips


def _make(folder: Path) -> None:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _name(result: EpisodeResult, *, is_success: bool) -> str:
    verdict = "success" if is_success else "failure"
    return re.sub(r"[^\w.-]+", "_", f"{result.task}_{result.seed}_{verdict}")


def _write_strip(path: Path, frames: Sequence[Frame]) -> None:
    pictures = [marked(frame, STRIP_SCALE) for frame in frames]
    width = sum(picture.width + _GAP for picture in pictures) - _GAP
    whole = Image.new("RGB", (width, pictures[0].height), (255, 255, 255))
    left = 0
    for picture in pictures:
        whole.paste(picture, (left, 0))
        left += picture.width + _GAP
    with writing(path):
        whole.save(path, format="PNG", optimize=True)


def key_frames(frames: Iterable[Frame]) -> list[Frame]:
    """The first frame, the last, and some evenly between them; all where they are few."""
    every = list(frames)
    if len(every) <= _MOST_IN_STRIP:
        return every
    last = len(every) - 1
    return [every[round(place * last / (_MOST_IN_STRIP - 1))] for place in range(_MOST_IN_STRIP)]
