"""How many predictions a second a server makes, how long they take, and whether its memory grows.

Clients send screenshots of the simulator, each the next one when its last was answered. Clients and
server share the machine's cores.

python benchmarks/serve.py exported/model.onnx --requests 2000 --json
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import httpx2
import numpy as np
from PIL import Image

from hrlctl.desktop.sim import SimDesktop
from hrlctl.packs import draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Difficulty, Split

SCREENS = 32
WARM_UP = 50  # requests that do not count
BAR_PER_SECOND, BAR_P99_SECONDS = 150, 0.15


class Server(NamedTuple):
    """Where a server is, and what it wants."""

    url: str
    headers: dict[str, str]

    def memory(self) -> int:
        """Bytes that the process has in memory."""
        text = httpx2.get(f"{self.url}/metrics").text
        found = re.search(r"^process_resident_memory_bytes (\S+)$", text, re.MULTILINE)
        return int(float(found[1])) if found else 0


@contextmanager
def serving(model: Path) -> Iterator[Server]:
    """``hrlctl serve`` in a process of its own."""
    command = [sys.executable, "-m", "hrlctl", "serve", str(model), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            told = json.loads(process.stdout.readline())
            yield Server(told["url"], {"Authorization": f"Bearer {told['token']}"})
        finally:
            process.terminate()


def screenshots() -> list[tuple[str, bytes]]:
    """Instructions and PNGs of screens as tasks begin."""
    tasks = TaskSelection(difficulty=Difficulty.EASY, desktop="sim").load()
    desktop, found = SimDesktop(), []
    for number in range(SCREENS):
        instance = draw_instance(tasks[number % len(tasks)], number, Split.SEEDS)
        desktop.reset(instance.setup, instance.seed)
        file = io.BytesIO()
        Image.fromarray(desktop.capture()).save(file, "PNG")
        found.append((instance.instruction, file.getvalue()))
    return found


async def ask(server: Server, clients: int, requests: int) -> list[float]:
    """Seconds of each request."""
    shots, seconds = screenshots(), list[float]()
    left = iter(range(requests))

    async def client(http: httpx2.AsyncClient) -> None:
        for number in left:
            instruction, png = shots[number % SCREENS]
            started = perf_counter()
            answer = await http.post(
                "/v1/predict", data={"instruction": instruction}, files={"screenshot": png}
            )
            answer.raise_for_status()
            seconds.append(perf_counter() - started)

    async with httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=60) as http:
        await asyncio.gather(*(client(http) for _ in range(clients)))
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", type=Path, help="a checkpoint or an exported model")
    parser.add_argument("--clients", type=int, default=8, help="at the same time")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    arguments = parser.parse_args()
    with serving(arguments.model) as server:
        asyncio.run(ask(server, arguments.clients, WARM_UP))
        before, started = server.memory(), perf_counter()
        seconds = asyncio.run(ask(server, arguments.clients, arguments.requests))
        whole = perf_counter() - started
        grown = server.memory() - before
    result = {
        "clients": arguments.clients,
        "requests": arguments.requests,
        "predictions_per_second": round(arguments.requests / whole, 1),
        "median_seconds": round(float(np.median(seconds)), 4),
        "p99_seconds": round(float(np.quantile(seconds, 0.99)), 4),
        "memory_bytes": before,
        "memory_growth_bytes": grown,
        "bar_predictions_per_second": BAR_PER_SECOND,
        "bar_p99_seconds": BAR_P99_SECONDS,
    }
    if arguments.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:28} {value}")


if __name__ == "__main__":
    main()
