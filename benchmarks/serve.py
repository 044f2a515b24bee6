"""How many predictions a second a server makes, how long they take, and whether its memory grows.

Clients send screenshots of the simulator, each the next one when its last was answered. Clients and
server share the machine's cores; what a request takes of a processor's time on either side is told
as well, and holds beside other work too.

python benchmarks/serve.py exported/model.onnx --requests 5000 --json
python benchmarks/serve.py exported/model.onnx --requests 100000 --json    # memory over a long run
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, process_time
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
MEMORY_POINTS = 10  # over a run
BAR_PER_SECOND, BAR_P99_SECONDS = 150, 0.15


class Server(NamedTuple):
    """Where a server is, and what it wants."""

    url: str
    headers: dict[str, str]

    def memory(self) -> int:
        """Bytes that the process has in memory."""
        return int(self._figure("process_resident_memory_bytes"))

    def processor_seconds(self) -> float:
        """That the process has taken, of all cores."""
        return self._figure("process_cpu_seconds_total")

    def _figure(self, name: str) -> float:
        text = httpx2.get(f"{self.url}/metrics").text
        found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0


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


def predictions(server: Server) -> list[httpx2.Request]:
    """Requests with instructions and PNGs of screens as tasks begin."""
    tasks = TaskSelection(difficulty=Difficulty.EASY, desktop="sim").load()
    desktop, found = SimDesktop(), []
    for number in range(SCREENS):
        instance = draw_instance(tasks[number % len(tasks)], number, Split.SEEDS)
        desktop.reset(instance.setup, instance.seed)
        file = io.BytesIO()
        Image.fromarray(desktop.capture()).save(file, "PNG")
        request = httpx2.Request(
            "POST",
            f"{server.url}/v1/predict",
            headers=server.headers,
            data={"instruction": instance.instruction},
            files={"screenshot": file.getvalue()},
        )
        request.read()
        found.append(request)
    return found


class MemoryPoint(NamedTuple):
    """The server's memory during a run."""

    requests: int  # answered until then
    bytes: int


class Run(NamedTuple):
    """What clients saw."""

    seconds: list[float]  # of each request
    memory: list[MemoryPoint]


def ask(
    server: Server, requests: list[httpx2.Request], clients: int, count: int, points: int = 0
) -> Run:
    """Send ``count`` requests, and look at the server's memory ``points`` times meanwhile.

    The client is a plain one, and requests are encoded beforehand: what a client computes is taken
    from the server.
    """
    run, left = Run([], []), iter(range(1, count + 1))
    looks = {count * point // points for point in range(1, points + 1)}

    def client() -> None:
        address = requests[0].url
        with closing(HTTPConnection(address.host, address.port or 80, timeout=60)) as connection:
            for number in left:
                request = requests[number % len(requests)]
                started = perf_counter()
                connection.request(
                    request.method, request.url.path, request.content, dict(request.headers)
                )
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{answer.status}: {body!r}")
                run.seconds.append(perf_counter() - started)
                if number in looks:
                    run.memory.append(MemoryPoint(number, server.memory()))
                    print(f"{number} requests: {run.memory[-1].bytes:,} bytes", file=sys.stderr)

    with ThreadPoolExecutor(clients) as threads:
        for ended in [threads.submit(client) for _ in range(clients)]:
            ended.result()
    return run


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", type=Path, help="a checkpoint or an exported model")
    parser.add_argument("--clients", type=int, default=8, help="at the same time")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    arguments = parser.parse_args()
    clients, count = arguments.clients, arguments.requests
    with serving(arguments.model) as server:
        requests = predictions(server)
        ask(server, requests, clients, WARM_UP)
        before, of_server = server.memory(), -server.processor_seconds()
        started, of_clients = perf_counter(), -process_time()
        run = ask(server, requests, clients, count, MEMORY_POINTS)
        whole = perf_counter() - started
        of_clients += process_time()
        of_server += server.processor_seconds()
    result = {
        "clients": clients,
        "requests": count,
        "predictions_per_second": round(count / whole, 1),
        "median_seconds": round(float(np.median(run.seconds)), 4),
        "p99_seconds": round(float(np.quantile(run.seconds, 0.99)), 4),
        "server_processor_seconds_per_request": round(of_server / count, 5),
        "clients_processor_seconds_per_request": round(of_clients / count, 5),
        "memory_bytes": before,
        "memory_growth_bytes": run.memory[-1].bytes - before,
        "memory": [point._asdict() for point in run.memory],
        "bar_predictions_per_second": BAR_PER_SECOND,
        "bar_p99_seconds": BAR_P99_SECONDS,
    }
    if arguments.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:38} {value}")


if __name__ == "__main__":
    main()
