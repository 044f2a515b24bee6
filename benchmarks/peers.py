"""PPO on hrlctl:Desktop-v0 with other libraries, and with hrlctl: side by side on this machine.

All have the same environments, tasks, screen encoder, steps, epochs and minibatches. hrlctl does
more in them: its reader and its auxiliary losses learn as well. Each library has a virtual
environment of its own (in the user's cache) which sees the packages of this one; it is made when it
is missing. Contenders take turns, ``--rounds`` times, each as a process of its own.

python benchmarks/peers.py --json
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from hrlctl.cache import cache_folder

FOLDER = Path(__file__).parent
CACHE = cache_folder() / "peers"


class Contender(NamedTuple):
    """One that trains."""

    module: str
    package: str | None = None  # what has to be installed for it
    options: tuple[str, ...] = ()


CONTENDERS = {
    "hrlctl": Contender("hrlctl_trainer"),
    "hrlctl, flat": Contender("hrlctl_trainer", options=("--flat",)),
    "Stable-Baselines3": Contender("stable_baselines3", "stable-baselines3"),
    "a single file": Contender("single_file"),
}
LEFT_OUT = {"Sample Factory": "sample-factory", "PufferLib": "pufferlib"}
"""Those without a module here: that they cannot be installed beside hrlctl is checked."""


def main() -> None:
    given = parse_arguments()
    pythons, missing = {}, {}
    for name, contender in CONTENDERS.items():
        try:
            pythons[name] = python_for(contender.package)
        except subprocess.CalledProcessError as error:
            missing[name] = reason_of(error)
    for name, package in LEFT_OUT.items():
        missing[name] = why_not(package)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in pythons}
    for seed in range(given.rounds):
        for name, python in pythons.items():
            print(f"round {seed + 1}: {name}", file=sys.stderr)
            runs[name].append(train(CONTENDERS[name], python, given.steps, seed))
    result = {
        "steps": given.steps,
        "rounds": given.rounds,
        "contenders": summary(runs),
        "not_compared": missing,
    }
    if given.json:
        print(json.dumps(result))
    else:
        show(result)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--steps", type=int, default=40_960, help="of each; two updates at least")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser.parse_args()


def python_for(package: str | None) -> str:
    """A Python that has ``package`` beside what this one has."""
    if package is None:
        return sys.executable
    folder = CACHE / package
    python = folder / "bin" / "python"
    if not list(folder.glob("lib/*/site-packages/hrlctl.pth")):  # made to the end
        run(sys.executable, "-m", "venv", str(folder))
        purelib = run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
        own = "\n".join([sysconfig.get_path("purelib"), str(FOLDER.parent)])
        Path(purelib.strip(), "hrlctl.pth").write_text(own)
    try:
        run(str(python), "-m", "pip", "install", "--quiet", package)
    except subprocess.CalledProcessError:
        python.unlink()
        raise
    return str(python)


def why_not(package: str) -> str:
    """What keeps ``package`` from being installed beside hrlctl."""
    try:
        run(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", package)
    except subprocess.CalledProcessError as error:
        return f"cannot be installed: {reason_of(error)}"
    return "can be installed, but there is no module for it here"


def reason_of(error: subprocess.CalledProcessError) -> str:
    lines = [line.strip() for line in (error.stderr or "").splitlines()]
    return next((line for line in lines if line.lower().startswith("error")), str(error))


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def train(contender: Contender, python: str, steps: int, seed: int) -> dict[str, Any]:
    """One training of one contender, in a process of its own."""
    command = [python, "-m", f"contenders.{contender.module}"]
    command += ["--steps", str(steps), "--seed", str(seed), *contender.options]
    done = subprocess.run(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def summary(runs: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, float]]:
    """Medians over the rounds, and ratios to hrlctl's."""
    shortest = min(run["curve"][-1][1] for of_one in runs.values() for run in of_one)
    own = median(run["steps_per_second"] for run in runs["hrlctl"])
    found = {}
    for name, of_one in runs.items():
        speed = median(run["steps_per_second"] for run in of_one)
        found[name] = {
            "steps_per_second": round(speed, 1),
            "hrlctl_is_faster_by": round(own / speed, 2),
            "parameters": of_one[0]["parameters"],
            "peak_mib": median(run["peak_mib"] for run in of_one),
            "success_after_the_same_steps": median(run["curve"][-1][2] for run in of_one),
            "success_after_the_same_time": median(success_at(run, shortest) for run in of_one),
            "the_same_time_seconds": round(shortest, 1),
        }
    return found


def success_at(run: dict[str, Any], seconds: float) -> float:
    return next((rate for _, at, rate in reversed(run["curve"]) if at <= seconds), 0.0)


def show(result: dict[str, Any]) -> None:
    table = Table(title=f"Success after {result['steps']:,} steps; medians of {result['rounds']}")
    for column in ("", "steps/s", "ratio", "MiB", "same steps", "same time"):
        table.add_column(column, justify="right" if column else "left")
    for name, row in result["contenders"].items():
        table.add_row(
            name,
            f"{row['steps_per_second']:.1f}",
            f"{row['hrlctl_is_faster_by']:.2f}",
            f"{row['peak_mib']:.0f}",
            f"{row['success_after_the_same_steps']:.0%}",
            f"{row['success_after_the_same_time']:.0%}",
        )
    console = Console()
    console.print(table)
    for name, reason in result["not_compared"].items():
        console.print(f"{name}: {reason}")


if __name__ == "__main__":
    main()
