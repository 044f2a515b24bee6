"""The example file and the documentation say what the schema says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hrlctl.config import resolve
from hrlctl.config.keys import known_keys
from hrlctl.schema.run import RunConfig, TrainingConfig

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "hrlctl" / "config" / "templates" / "config.yaml"


def test_the_example_as_it_is_changes_nothing() -> None:
    assert resolve({}, {}, EXAMPLE).config == resolve({}, {}).config


def test_the_example_with_every_line_switched_on_holds_every_default(tmp_path: Path) -> None:
    switched_on = tmp_path / "all.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    switched_on.write_text(re.sub(r"^  # (?=\w+: )", "  ", text, flags=re.MULTILINE), "utf-8")

    resolved = resolve({}, {}, switched_on)

    assert resolved.config == RunConfig()
    assert {source.name for source in resolved.sources.values()} == {str(switched_on)}


@pytest.mark.parametrize("key", known_keys())
def test_every_key_is_documented_with_its_default(key: str) -> None:
    document = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{re.escape(key)}` \| `(.*?)` \|", document, flags=re.MULTILINE)
    assert row is not None
    info = known_keys()[key]
    default = [] if info.is_list else info.default
    assert info.parse(row[1].strip("[]") or ",", "docs") == (() if default == [] else default)


def test_every_parameter_of_training_has_a_range_and_an_effect() -> None:
    document = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    table = document.partition("| parameter | range; recommended |")[2].partition("\n\n")[0]
    rows = [row.strip("|").split("|") for row in table.splitlines()[2:]]
    documented = {name for names, *_ in rows for name in re.findall(r"`(\w+)`", names)}
    assert documented == set(TrainingConfig.model_fields)
    assert all(bounds.strip() and effect.strip() for _, bounds, effect, _ in rows)
