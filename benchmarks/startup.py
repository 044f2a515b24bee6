"""How long ``hrlctl --help`` takes: the median of five whole processes.

python benchmarks/startup.py --json
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

RUNS = 5
BAR_SECONDS = 0.35


def measure(runs: int = RUNS) -> list[float]:
    """Seconds of each run, after one that warms the file cache."""
    command = [sys.executable, "-m", "hrlctl", "--help"]
    seconds = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    seconds = measure()
    median = statistics.median(seconds)
    if arguments.json:
        print(json.dumps({"seconds": median, "runs": seconds, "bar_seconds": BAR_SECONDS}))
    else:
        print(f"hrlctl --help: {median:.3f} s (median of {len(seconds)}; bar {BAR_SECONDS} s)")


if __name__ == "__main__":
    main()
