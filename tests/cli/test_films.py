"""``hrlctl eval --record``: films and strips of episodes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from hrlctl.cli.film_frames import SCALE, Verdict, film_frame, marked
from hrlctl.cli.films import key_frames, record, record_failures
from hrlctl.cli.image_files import Animation
from hrlctl.desktop.commands import Click, Command, DoubleClick, Drag, RightClick, Scroll, Wait
from hrlctl.env.episode import EpisodeRules
from hrlctl.errors import StorageError
from hrlctl.evaluation.plan import PlaySetup
from hrlctl.evaluation.replay import Frame
from hrlctl.evaluation.report import EvaluationReport
from hrlctl.evaluation.results import Ending, EpisodeResult, Failure, TracedStep
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Difficulty, Skill, Split

LOST = Ending(False, 2, Failure.IDLE)
RESULT = EpisodeResult(
    "desktop_basics/open-icon",
    Difficulty.EASY,
    5,
    "Open it " * 40,
    LOST,
    LOST,
    0.0,
    1,
    (),
    (TracedStep((0, 150, 0, 0, 0, 0), Skill.OPEN, 0), TracedStep((7, 0, 0, 0, 0, 0), None, 0)),
    None,
)


@pytest.fixture
def report() -> EvaluationReport:
    selection = TaskSelection(ids=(RESULT.task,))
    setup = PlaySetup(Path("m.pt"), selection, Split.SEEDS, EpisodeRules(), 160, 120, False, "cpu")
    return EvaluationReport((RESULT,), setup, 0, "automatic")


def frame(command: Command | None, step: int = 0) -> Frame:
    screen = np.zeros((120 * SCALE, 160 * SCALE, 3), dtype=np.uint8)
    return Frame(screen, step, command, "click 80 60", "open it")


@pytest.mark.parametrize(
    "command",
    [
        Click(80, 60),
        DoubleClick(80, 60),
        RightClick(80, 60),
        Drag(80, 60, 100, 60),
        Scroll(80, 60, "down"),
    ],
)
def test_what_points_is_marked_where_it_points(command: Command) -> None:
    drawn = np.asarray(marked(frame(command), SCALE)).any(axis=2)
    rows, columns = np.nonzero(drawn)
    assert len(rows)
    assert rows.min() >= 50 * SCALE
    assert rows.max() <= 70 * SCALE
    assert columns.min() >= 70 * SCALE
    assert columns.max() <= 110 * SCALE


def test_what_points_nowhere_leaves_no_mark() -> None:
    assert not np.asarray(marked(frame(Wait()), SCALE)).any()


def test_all_frames_of_a_film_are_of_one_size() -> None:
    verdict = Verdict("changed nothing", False)
    first = film_frame(frame(Click(1, 1)), "Open it " * 40, verdict, 2)
    assert first.size == film_frame(frame(None, 2), "Open it", verdict, 2).size
    assert first.tobytes() != film_frame(frame(None, 2), "Open it " * 40, verdict, 2).tobytes()


def test_a_strip_holds_both_ends() -> None:
    frames = [frame(Wait(), step) for step in range(50)]
    steps = [kept.step for kept in key_frames(frames)]
    assert (steps[0], steps[-1], len(steps)) == (0, 49, 6)
    assert key_frames(frames[:3]) == frames[:3]


def test_episodes_are_written_as_gif_mp4_and_strip(
    report: EvaluationReport, tmp_path: Path
) -> None:
    (film,) = record(report, tmp_path / "films")
    gif, mp4 = film.animations
    with Image.open(gif) as picture:
        assert picture.n_frames == 3  # type: ignore[attr-defined]
        assert picture.size[0] == 640
    assert mp4.read_bytes()[4:8] == b"ftyp"
    with Image.open(film.strip) as strip:
        assert strip.size == (3 * 320 + 2 * 6, 240)


def test_every_failure_has_a_strip_and_a_success_has_none(
    report: EvaluationReport, tmp_path: Path
) -> None:
    lost = [RESULT._replace(seed=seed) for seed in (5, 6, 7)]
    won = RESULT._replace(seed=8, automatic=Ending(True, 2, None))
    known = {lost[0]: tmp_path / "there.png"}
    strips = record_failures(
        dataclasses.replace(report, results=(*lost, won)), tmp_path / "strips", known
    )
    assert list(strips) == lost
    assert strips[lost[0]] == tmp_path / "there.png"
    assert sorted((tmp_path / "strips").iterdir()) == sorted(strips[each] for each in lost[1:])


def test_a_folder_that_cannot_be_written(report: EvaluationReport, tmp_path: Path) -> None:
    (tmp_path / "films").write_text("a file")
    with pytest.raises(StorageError):
        record(report, tmp_path / "films")


def test_a_video_that_cannot_be_written(tmp_path: Path) -> None:
    animation = Animation(0.1)
    animation.add(Image.new("RGB", (16, 16)))
    with pytest.raises(StorageError):
        animation.write_mp4(tmp_path / "none" / "film.mp4")


def test_without_the_extra_there_is_no_mp4(
    report: EvaluationReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrlctl.cli.image_files.importlib", SimpleNamespace(util=_NothingFound()))
    (film,) = record(report, tmp_path)
    assert [path.suffix for path in film.animations] == [".gif"]


class _NothingFound:
    def find_spec(self, name: str) -> None: ...
