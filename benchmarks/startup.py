"""How long short commands and completions take: the medians of five whole processes each.

python benchmarks/startup.py --json
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Final, NamedTuple

RUNS: Final = 5


class Start(NamedTuple):
    """Something that a user waits for."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    bar_seconds: float


# What the scripts in completions/ do when a user presses the tabulator.
COMPLETION: Final = {"_HRLCTL_COMPLETE": "complete_bash", "COMP_CWORD": "3"}
STARTS: Final = (
    Start("help", ("--help",), {}, 0.35),
    Start("tasks list", ("tasks", "list"), {}, 0.6),
    Start("completion", (), {**COMPLETION, "COMP_WORDS": "hrlctl train --policy "}, 0.15),
    Start("completion of tasks", (), {**COMPLETION, "COMP_WORDS": "hrlctl tasks show "}, 0.15),
)


def measure(start: Start, runs: int = RUNS) -> list[float]:
    """Seconds of each run, after one that warms the file cache."""
    # As the installed command starts, under the name that completion looks for.
    code = "import sys; sys.argv[0] = 'hrlctl'; from hrlctl.cli.start import main; main()"
    command = [sys.executable, "-c", code, *start.arguments]
    environment = {**os.environ, **start.environment}
    seconds = []
    for _ in range(runs + 1):
        begun = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)
        seconds.append(time.perf_counter() - begun)
    return seconds[1:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    results = {}
    for start in STARTS:
        seconds = measure(start)
        median = statistics.median(seconds)
        results[start.name] = {
            "seconds": median, "runs": seconds, "bar_seconds": start.bar_seconds,
        }  # fmt: skip
        if not arguments.json:
            print(f"{start.name:20} {median:.3f} s (bar {start.bar_seconds} s)")
    if arguments.json:
        print(json.dumps(results))


if __name__ == "__main__":
    main()
