"""``hrlctl eval --report``: an evaluation as one HTML file."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from hrlctl import __version__
from hrlctl.cli.configuration_view import rows_of
from hrlctl.cli.evaluation_view import ABLATED, ENDINGS, shared_pack
from hrlctl.cli.film_frames import marked
from hrlctl.cli.films import STRIP_SCALE, key_frames
from hrlctl.cli.pages import render_page
from hrlctl.evaluation.replay import Frame, Replay, examples
from hrlctl.schema.base import Difficulty

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from hrlctl.evaluation import EvaluationReport


class _Task(NamedTuple):
    name: str
    short_name: str
    anchor: str
    difficulty: Difficulty
    rank: int  # of the difficulty
    figures: Mapping[str, Any]
    most_failures: str


class _Picture(NamedTuple):
    source: str  # a data: URL
    width: int
    height: int
    text: str


class _Film(NamedTuple):
    task: str
    anchor: str
    is_first: bool  # of its task
    verdict: str
    ending: str
    instruction: str
    seed: int
    pictures: list[_Picture]


def evaluation_page(report: EvaluationReport) -> str:
    """The report as HTML, with strips of each task's first success and first failure."""
    content = {
        "flakiness": None,
        "ablations": None,
        "comparison": None,
        **report.to_dict(),
    }
    return render_page(
        "evaluation.html.j2",
        report=content,
        endings=ENDINGS,
        ablated=ABLATED,
        tasks=list(_tasks(report)),
        films=list(_films(report)),
        configuration=list(_configuration(report)),
    )


def _tasks(report: EvaluationReport) -> Iterator[_Task]:
    """From the worst to the best."""
    by_task = report.by_task
    prefix = shared_pack(by_task)
    difficulties = {result.task: result.difficulty for result in report.results}
    ranks = tuple(Difficulty)
    for task, figures in sorted(by_task.items(), key=lambda item: item[1].success_rate):
        failures = figures.failures
        yield _Task(
            task,
            task.removeprefix(prefix),
            _anchor(task),
            difficulties[task],
            ranks.index(difficulties[task]),
            figures.to_dict(),
            str(max(failures, key=lambda failure: failures[failure])) if failures else "",
        )


def _films(report: EvaluationReport) -> Iterator[_Film]:
    replay = Replay(report.setup, STRIP_SCALE)
    seen = set()
    for result in sorted(examples(report), key=lambda result: result.task):
        ending = result.ending(report.termination)
        frames = key_frames(replay.frames(result, report.termination))
        yield _Film(
            result.task,
            _anchor(result.task),
            result.task not in seen,
            "success" if ending.success else "failure",
            f"solved in {ending.steps} steps" if ending.success else f"{ending.failure}",
            result.instruction,
            result.seed,
            [_picture(frame) for frame in frames],
        )
        seen.add(result.task)


def _picture(frame: Frame) -> _Picture:
    image = marked(frame, STRIP_SCALE)
    file = io.BytesIO()
    image.save(file, format="WEBP", lossless=True)
    source = f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
    number = f"{frame.step + 1}. "
    skill = f"{frame.skill}: " if frame.skill else ""
    words = "the end" if frame.command is None else f"{number}{skill}{frame.action}"
    return _Picture(source, image.width, image.height, words)


def _anchor(task: str) -> str:
    return f"films-{task}"


def _configuration(report: EvaluationReport) -> Iterator[tuple[str, str]]:
    """What was measured, and how the checkpoint was trained, where it says so."""
    setup = report.setup
    yield "hrlctl", __version__
    yield "checkpoint", str(setup.checkpoint)
    yield "episodes", str(len(report.results))
    yield "set", str(setup.split)
    yield "seed", str(report.seed)
    yield "termination", report.termination
    yield "actions", "sampled" if setup.sampled else "greedy"
    yield "screen", f"{setup.width} x {setup.height}"
    yield "device", setup.device
    yield "faults", f"{report.faults} of the machinery, {report.fault_rate:.1%} of all plays"
    if report.run is not None:
        yield from rows_of(report.run)
