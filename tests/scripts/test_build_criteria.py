"""The documented catalogue of criteria is the one of the code."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from hrlctl.schema.criteria import CRITERIA

ROOT = Path(__file__).parents[2]


def test_the_catalogue_is_not_stale_and_names_every_criterion() -> None:
    path = ROOT / "scripts" / "build_criteria.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")
    assert script.with_catalogue(page) == page
    assert all(f"| `{kind}: " in page for kind in CRITERIA)
