"""What all tests share: a clean environment, repeatable examples, and no unexpected skips in CI."""

from __future__ import annotations

import os
from collections.abc import Generator

import hypothesis
import pytest

# In CI a skip for any other reason than these fails: a test that silently stops running is lost.
ALLOWED_SKIPS = ("needs CUDA",)

# What a user may have set for their own runs.
RUN_VARIABLES = ("DEVICE", "DIFFICULTY", "LOG_LEVEL", "TOTAL_STEPS", "TRAINING_ENABLED")

# The same examples on every machine and in every run; slow machines are no failures.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the caller's own settings for runs out of the tests."""
    for name in list(os.environ):
        if name in RUN_VARIABLES or name.startswith("HRLCTL_"):
            monkeypatch.delenv(name)


def _fail_unexpected_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not os.environ.get("CI") or report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not any(allowed in reason for allowed in ALLOWED_SKIPS):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI for a reason that is not allowed there: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_unexpected_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_unexpected_skip(report)
    return report
