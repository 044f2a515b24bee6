"""What ``hrlctl compare`` found: figures for programs, a table, and a picture of the curves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from hrlctl.cli.charts import amount, duration
from hrlctl.cli.run_archive import Curve, find_runs
from hrlctl.cli.terminal import fitted
from hrlctl.errors import StorageError
from hrlctl.evaluation.seeds import SeedMean, difference
from hrlctl.schema.run_record import SUCCESS_COLUMN

if TYPE_CHECKING:
    from hrlctl.training.trials import Trial

ALL: Final = "all"
_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 34, 44
_COLORS: Final = ("#1f6feb", "#d9480f", "#2b8a3e", "#862e9c")


def comparison_of(trials: Sequence[Trial], episodes: int) -> dict[str, Any]:
    """The comparison as JSON has it, with each trial measured on ``episodes`` episodes.

    Raises:
        StorageError: an evaluation or a log is damaged.
    """
    found = [_trial(trial, episodes) for trial in trials]
    policies = list(dict.fromkeys(trial.policy for trial in trials))
    stages = [*dict.fromkeys(stage for trial in found for stage in trial["success_rates"])]
    rates = {
        policy: {
            stage: [t["success_rates"][stage] for t in found if t["policy"] == policy]
            for stage in stages
        }
        for policy in policies
    }
    first, *others = policies
    return {
        "policies": {
            policy: {stage: _mean(SeedMean.of(values)) for stage, values in by_stage.items()}
            for policy, by_stage in rates.items()
        },
        "differences": {
            f"{first} - {other}": {
                stage: _mean(difference(rates[first][stage], rates[other][stage]))
                for stage in stages
            }
            for other in others
        },
        "trials": found,
    }


def _trial(trial: Trial, episodes: int) -> dict[str, Any]:
    path = trial.evaluation(episodes)
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        by_stage = {
            stage: figures["success_rate"] for stage, figures in report["by_difficulty"].items()
        }
        rates = {**by_stage, ALL: report["success_rate"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"the evaluation cannot be read: {error!r}",
            where=str(path),
            hint="remove it, and start the comparison again",
        ) from None
    runs, _ = find_runs(trial.config.output.log_dir)
    # A training that was resumed has several logs; what comes later has more of it.
    curve = {steps: rate for run in runs for steps, rate in run.curves.get(SUCCESS_COLUMN, [])}
    return {
        "policy": trial.policy,
        "seed": trial.seed,
        "model": str(trial.model),
        "parameters": runs[-1].record.parameters if runs else None,
        "steps": runs[-1].steps if runs else None,
        "seconds": runs[-1].seconds if runs else None,
        "episodes": episodes,
        "success_rates": rates,
        "curve": sorted(curve.items()),
    }


def _mean(found: SeedMean) -> dict[str, Any]:
    return {
        "mean": found.mean,
        "ci95": None if found.ci95 is None else list(found.ci95),
        "seeds": found.seeds,
    }


def print_comparison(found: Mapping[str, Any], console: Console) -> None:
    """Success on held-out episodes by policy and difficulty, and the differences."""
    trials = found["trials"]
    stages = list(trials[0]["success_rates"])
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("success, mean over seeds")
    for heading in (*stages, "parameters", "time"):
        table.add_column(heading, justify="right", no_wrap=True)
    for policy, by_stage in found["policies"].items():
        own = [trial for trial in trials if trial["policy"] == policy]
        table.add_row(
            policy,
            *(_shown(by_stage[stage]) for stage in stages),
            amount(own[0]["parameters"] or 0),
            duration(sum(trial["seconds"] or 0 for trial in own) / len(own)),
        )
    for name, by_stage in found["differences"].items():
        table.add_row(name, *(_shown(by_stage[stage], sign="+") for stage in stages), "", "")
    console.print(fitted(table, console, spare=range(len(table.columns) - 1, 1, -1)))
    seeds, episodes = len({trial["seed"] for trial in trials}), trials[0]["episodes"]
    console.print(
        f"{seeds} seeds, {episodes} held-out episodes each; in brackets: 95% over the seeds",
        style="dim",
    )


def _shown(mean: Mapping[str, Any], sign: str = "") -> str:
    text = f"{mean['mean']:{sign}.1%}"
    if mean["ci95"] is None:
        return text
    low, high = mean["ci95"]
    if not sign:
        low, high = max(low, 0.0), min(high, 1.0)
    return f"{text} [{low:{sign}.0%}, {high:{sign}.0%}]"


class _Line(NamedTuple):
    name: str
    color: str
    mean: str  # points of an SVG polyline
    seeds: list[str]  # of one for each seed
    last: str
    y: float  # of its name in the key


class _Tick(NamedTuple):
    at: float
    text: str


def picture_of(found: Mapping[str, Any]) -> str:
    """An SVG of the success in training over the steps: each seed, and the mean of each policy."""
    from hrlctl.cli.pages import render_page

    trials = found["trials"]
    most = max((curve[-1][0] for t in trials if (curve := t["curve"])), default=0) or 1

    def points(curve: Curve) -> str:
        return " ".join(f"{_x(steps, most):.1f},{_y(rate):.1f}" for steps, rate in curve)

    lines = []
    for index, policy in enumerate(found["policies"]):
        curves = [trial["curve"] for trial in trials if trial["policy"] == policy]
        mean = _mean_curve(curves)
        last = f"{mean[-1][1]:.0%}" if mean else "n/a"
        color = _COLORS[index % len(_COLORS)]
        y = _TOP + 16 + 18 * index
        lines.append(_Line(policy, color, points(mean), [points(c) for c in curves], last, y))
    return render_page(
        "comparison.svg.j2",
        lines=lines,
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        rates=[_Tick(_y(rate), f"{rate:.0%}") for rate in (0.0, 0.25, 0.5, 0.75, 1.0)],
        steps=[_Tick(_x(s, most), amount(s)) for s in (0, most / 4, most / 2, 3 * most / 4, most)],
    )


def _mean_curve(curves: Sequence[Curve]) -> Curve:
    """The mean at the steps that all curves have."""
    common = sorted(set.intersection(*(set(dict(curve)) for curve in curves)))
    values = [dict(curve) for curve in curves]
    return [(steps, sum(value[steps] for value in values) / len(values)) for steps in common]


def _x(steps: float, most: float) -> float:
    return _LEFT + steps / most * (_WIDTH - _LEFT - _RIGHT)


def _y(rate: float) -> float:
    return _TOP + (1 - rate) * (_HEIGHT - _TOP - _BOTTOM)
