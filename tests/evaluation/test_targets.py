"""Success that is demanded."""

from __future__ import annotations

import pytest

from hrlctl.errors import ExitCode, TargetNotMetError, UsageError
from hrlctl.evaluation.targets import Target, require

from .conftest import ReportMaker, ResultMaker


@pytest.mark.parametrize(
    ("text", "target"),
    [("0.9", Target(0.9)), ("1", Target(1.0)), ("p/a=0.8", Target(0.8, "p/a"))],
)
def test_what_can_be_said(text: str, target: Target) -> None:
    assert Target.parse(text) == target


@pytest.mark.parametrize("text", ["", "90", "-0.1", "nan", "much", "=0.5", "p/a=", "p/a=2"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Target.parse(text)


def test_every_missed_target_is_named(make_result: ResultMaker, make_report: ReportMaker) -> None:
    report = make_report(
        make_result("p/good"), make_result("p/bad", success=False), make_result("p/good")
    )
    require([Target(0.66), Target(1.0, "p/good")], report)
    with pytest.raises(TargetNotMetError) as caught:
        require([Target(0.7), Target(1.0, "p/good"), Target(0.1, "p/bad")], report)
    assert caught.value.exit_code is ExitCode.TARGET_NOT_MET
    assert "66.7%" in caught.value.message
    assert "p/bad" in caught.value.message
    assert "p/good" not in caught.value.message
