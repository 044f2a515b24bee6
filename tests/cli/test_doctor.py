"""``hrlctl doctor``: every line says what is there, or how to get it."""

from __future__ import annotations

import json

import pytest

from hrlctl.cli.diagnosis import examine
from hrlctl.cli.doctor import doctor
from hrlctl.desktop.backends import check_available
from hrlctl.errors import DesktopUnavailableError


def test_missing_programs_are_named_with_their_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    findings = {finding.name: finding for finding in examine()}
    assert findings["calculator"].status == "missing"
    assert findings["calculator"].remedy == "apt-get install galculator"
    assert findings["torch"].status == "ok"
    assert findings["pack desktop_basics"].status == "ok"
    assert all(finding.remedy for finding in findings.values() if finding.status == "broken")


def test_the_json_holds_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    doctor(as_json=True)
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {"hrlctl", "python", "torch", "terminal"} <= {finding["name"] for finding in findings}


def test_an_old_copy_of_xlib_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("Xlib.__version__", (0, 15))
    findings = {finding.name: finding for finding in examine()}
    assert findings["x11"].status == "missing"
    assert "python-xlib" in findings["x11"].remedy
    with pytest.raises(DesktopUnavailableError, match="old copy"):
        check_available("x11")
