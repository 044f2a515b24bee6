"""The report of ``hrlctl eval`` for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from hrlctl.cli.charts import bar, success_style
from hrlctl.cli.terminal import fitted

Report = Mapping[str, Any]

ENDINGS: Final = {"agent": "the agent says done", "automatic": "success ends it"}
ABLATED: Final = {"instruction": "instructions shuffled", "screen": "screens black"}


def print_report(report: Report, console: Console) -> None:
    """Print the headline, a table of tasks from worst to best, and what explains them.

    Args:
        report: what ``EvaluationReport.to_dict`` returns.
        console: where to.
    """
    for part in _parts(report):
        console.print(_fitted(part, console))
        console.print()
    worst = report["worst_task"]
    rate = report["by_task"][worst]["success_rate"]
    console.print(Text.assemble("worst task ", (worst, "bold"), f" {rate:.1%}"), soft_wrap=True)


def print_gap(found: Mapping[str, Any], console: Console) -> None:
    """Print the success of each task in the simulator and on real programs, side by side.

    Args:
        found: what ``Gap.to_dict`` returns.
        console: where to.
    """
    sim, real = found["sim"], found["x11"]
    prefix = shared_pack(sim["by_task"])
    table = _grid("simulator", "95%", "real", "95%", "lost", name="task")
    for task, figures in sim["by_task"].items():
        lost = 100 * found["gap_by_task"][task]
        sides = (*_briefly(figures), *_briefly(real["by_task"][task]))
        table.add_row(task.removeprefix(prefix), *sides, f"{lost:+.0f} points")
    lost = 100 * found["gap"]
    table.add_row(Text("all", style="bold"), *_briefly(sim), *_briefly(real), f"{lost:+.0f} points")
    console.print(_fitted(table, console))
    what = f"{sim['episodes']} held-out episodes on each desktop, set {sim['set']}"
    ending = ENDINGS[sim["termination"]]
    console.print(
        Text(f"{what}, seed {sim['seed']}; {ending}", style="dim"), *_faults(real), sep="\n"
    )


def _briefly(figures: Report) -> tuple[Text, str]:
    """Success and interval in whole percents: two pairs of them share a line of 80 columns."""
    rate, (low, high) = figures["success_rate"], figures["success_ci95"]
    return Text(f"{rate:.0%}", style=success_style(rate)), f"{low:.0%} to {high:.0%}"


def _parts(report: Report) -> Iterator[RenderableType]:
    yield _headline(report)
    ranked = sorted(report["by_task"].items(), key=lambda item: item[1]["success_rate"])
    prefix = shared_pack(report["by_task"])
    name = f"task of {prefix.rstrip('/')}" if prefix else "task"
    yield _table(name, [(task.removeprefix(prefix), figures) for task, figures in ranked])
    if len(report["by_difficulty"]) > 1:
        yield _table("difficulty", list(report["by_difficulty"].items()))
    if report["by_skill"]:
        yield _skills(report["by_skill"])
    if report["failures"]:
        yield _failures(report)
    if "ablations" in report:
        yield _ablations(report)
    if "flakiness" in report:
        yield _flakiness(report["flakiness"])
    if "comparison" in report:
        yield _comparison(report)


def shared_pack(tasks: Iterable[str]) -> str:
    """What all ids begin with where one pack holds all tasks (``pack/``), else nothing."""
    packs = {task.partition("/")[0] for task in tasks}
    return f"{packs.pop()}/" if len(packs) == 1 else ""


def _headline(report: Report) -> RenderableType:
    table = _grid("success", "95%", "steps", "to oracle's", name="an episode ends when")
    for termination, words in ENDINGS.items():
        figures = report["by_termination"][termination]
        is_counted = termination == report["termination"]
        table.add_row(
            Text(words, style="bold" if is_counted else "dim"),
            *_success(figures),
            f"{figures['mean_steps']:.1f}",
            ratio(figures),
            "counts below" if is_counted else "",
        )
    what = (
        f"{report['episodes']} held-out episodes, set {report['set']}, seed {report['seed']}, "
        f"{'sampled' if report['sampled'] else 'greedy'} actions, "
        f"mean return {report['mean_return']:.2f}"
    )
    return Group(table, Text(what, style="dim"), *_faults(report))


def _faults(report: Report) -> Iterator[Text]:
    """How the machinery has done, where it is more than the simulator."""
    if report["desktop"] != "sim" or report["faults"]:
        what = (
            f"{report['faults']} plays broken off by faults of the machinery "
            f"({report['fault_rate']:.1%} of all) and played again, "
            f"{report['discarded_first_screens']} first screens thrown away"
        )
        yield Text(what, style="dim")
    if not report["is_valid"]:
        yield Text("invalid: too many faults to say what the agent can do", style="bold red")


def _success(figures: Report) -> tuple[Text, str]:
    rate, (low, high) = figures["success_rate"], figures["success_ci95"]
    return Text(f"{rate:.1%}", style=success_style(rate)), f"{low:.1%} to {high:.1%}"


def ratio(figures: Report) -> str:
    """Steps for each step of the oracle, in words; empty where that is not known."""
    known = figures["steps_to_oracle"]
    return "" if known is None else f"{known:.2f} x"


def _table(name: str, rows: list[tuple[str, Report]]) -> Table:
    table = _grid("episodes", "success", "95%", "steps", "to oracle's", name=name)
    for label, figures in rows:
        rate, (low, high) = figures["success_rate"], figures["success_ci95"]
        table.add_row(
            label,
            str(figures["episodes"]),
            Text(f"{rate:.1%}", style=success_style(rate)),
            f"{low:.0%} to {high:.0%}",
            f"{figures['mean_steps']:.1f}",
            ratio(figures),
            bar(rate, 8, success_style(rate)),
        )
    return table


def _skills(by_skill: Report) -> Table:
    table = _grid("chosen", "milestones", "reached", "95%", name="skill")
    for skill, figures in by_skill.items():
        chosen, reached = figures["chosen"], figures["reached"]
        low, high = figures["reached_ci95"]
        table.add_row(
            skill.replace("_", " "),
            "" if chosen is None else f"{chosen:.1%}",
            str(figures["milestones"]),
            "" if reached is None else Text(f"{reached:.1%}", style=success_style(reached)),
            "" if reached is None else f"{low:.0%} to {high:.0%}",
            "" if reached is None else bar(reached, 8, success_style(reached)),
        )
    return table


def _failures(report: Report) -> Table:
    table = _grid("episodes", "of all", name="why episodes failed")
    for reason, count in sorted(report["failures"].items(), key=lambda item: -item[1]):
        share = count / report["episodes"]
        table.add_row(reason, str(count), f"{share:.1%}", bar(share, 8, "red"))
    return table


def _ablations(report: Report) -> Table:
    table = _grid("success", "95%", name="what the agent needs")
    table.add_row("everything", *_success(report))
    for ablation, figures in report["ablations"].items():
        table.add_row(ABLATED[ablation], *_success(figures))
    return table


def _flakiness(flakiness: Report) -> RenderableType:
    rates = ", ".join(f"{rate:.1%}" for rate in flakiness["success_rates"])
    headline = f"{flakiness['repeats']} repeats: success {rates}"
    if not flakiness["flaky_tasks"]:
        return Text(f"{headline}; every instance ended the same way each time")
    table = _grid("instances", name=f"{headline}\nflaky tasks")
    for task, share in flakiness["flaky_tasks"].items():
        table.add_row(task, f"{share:.1%}", bar(share, 8, "yellow"))
    return table


def _comparison(report: Report) -> RenderableType:
    other = report["comparison"]
    table = _grid("success", "95%", "alone", name="on the same instances")
    table.add_row(report["checkpoint"], *_success(report), str(other["this_only"]))
    table.add_row(other["checkpoint"], *_success(other["other"]), str(other["other_only"]))
    verdict = f"p = {other['p_value']:.2g} (McNemar's exact test)"
    difference = report["success_rate"] - other["other"]["success_rate"]
    return Group(table, f"difference {100 * difference:+.1f} points, {verdict}")


def _fitted(part: RenderableType, console: Console) -> RenderableType:
    """Without the columns for which there is no room, from the right on; names and one stay."""
    match part:
        case Table():
            return fitted(part, console, spare=range(len(part.columns) - 1, 1, -1))
        case Group():
            return Group(*(_fitted(inner, console) for inner in part.renderables))
        case _:
            return part


def _grid(*headings: str, name: str) -> Table:
    """A table of figures with a name at the left and room for a bar at the right."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(name, overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    return table
