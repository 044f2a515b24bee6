"""Draw the learning curves of recorded runs, the picture of docs/results.md.

hrlctl train ... --json > run.jsonl
python scripts/build_curves.py run.jsonl [...] --output docs/images/learning.png
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt


def updates(path: Path) -> list[dict[str, Any]]:
    """What ``hrlctl train --json`` said of each update."""
    lines = path.read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    return [event for event in events if event["type"] == "update_finished"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("runs", type=Path, nargs="+", help="what hrlctl train --json wrote")
    parser.add_argument("--output", type=Path, required=True, help="a PNG or SVG file")
    arguments = parser.parse_args()
    figure, (whole, single) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for path in arguments.runs:
        run = updates(path)
        steps = [update["steps"] / 1000 for update in run]
        whole.plot(steps, [100 * (u["success_rate"] or 0) for u in run], label=path.stem)
    whole.set(xlabel="thousand steps", ylabel="success in training, %", ylim=(0, 100))
    whole.set_title("All tasks, the mean of each task's last 50 episodes", fontsize=10)
    whole.legend()

    first = updates(arguments.runs[0])
    steps = [update["steps"] / 1000 for update in first]
    styles = ("-", "--", ":")
    for index, task in enumerate(first[0]["tasks"]):
        rates = [100 * (update["tasks"][index]["success_rate"] or 0) for update in first]
        name = task["task_id"].split("/")[-1]
        single.plot(steps, rates, styles[index % len(styles)], linewidth=1, label=name)
    single.set(xlabel="thousand steps", ylim=(0, 100))
    single.set_title(f"Each task, {arguments.runs[0].stem}", fontsize=10)
    single.legend(fontsize=6, ncols=2, loc="upper left", bbox_to_anchor=(1, 1))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(arguments.output, dpi=110)


if __name__ == "__main__":
    main()
