"""What the server counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of one server.

    Args:
        open_sessions: how many there are now.
    """

    def __init__(self, open_sessions: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "hrlctl_requests", "Requests by route and status.", ("method", "route", "status"),
            registry=self._registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "hrlctl_request_seconds", "From a request's head to the end of its response.",
            ("route",), buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self.batches = Histogram(
            "hrlctl_batch_size", "Predictions that the model made at once.",
            buckets=(1, 2, 4, 8, 16, 32), registry=self._registry,
        )  # fmt: skip
        self.skills = Counter(
            "hrlctl_skill_steps", "Steps under each skill of the manager.", ("skill",),
            registry=self._registry,
        )  # fmt: skip
        self.tasks = Counter(
            "hrlctl_task_runs", "Tasks that were run, by their success.", ("success",),
            registry=self._registry,
        )  # fmt: skip
        sessions = Gauge("hrlctl_sessions", "Sessions that are open.", registry=self._registry)
        sessions.set_function(open_sessions)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self._registry)
