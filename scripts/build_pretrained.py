"""Make the model that ships with hrlctl, and its card, of a training and its evaluations.

hrlctl eval checkpoints/final_model.pt --episodes 500 --set seeds --json > seeds.json
python scripts/build_pretrained.py checkpoints/final_model.pt --trained "command" ... \
    --measured "command" --machine "..." --evaluations seeds.json words.json themes.json
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from hrlctl.export.origin import without_training
from hrlctl.policy.files import read_model, write_model
from hrlctl.pretrained import CARD, MODEL
from hrlctl.training.checkpoint import demonstrations_of

MOST_BYTES: Final = 5_000_000
TEMPLATE: Final = Path(__file__).with_name("pretrained_card.md.j2")
SETS: Final = {"seeds": "new seeds", "words": "unseen words", "themes": "unseen themes"}


def card(
    content: dict[str, Any], evaluations: Sequence[dict[str, Any]], **told: str | Sequence[str]
) -> str:
    """The card's text.

    Args:
        content: of the model file.
        evaluations: what ``hrlctl eval --json`` printed, a set each.
        told: what the files do not say: ``trained`` (each training's command, one after another),
            ``measured`` (a command), ``machine``.
    """
    template = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return template.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        summary=content["summary"],
        hrlctl_version=content["hrlctl_version"],
        packs=content["pack_versions"],
        tasks=content["tasks"],
        demonstrations=demonstrations_of(content, resumed=False),
        parameters=sum(weight.numel() for weight in content["weights"].values()),
        evaluations=evaluations,
        sets=SETS,
        **told,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("checkpoint", type=Path, help="a final_model.pt")
    parser.add_argument("--evaluations", type=Path, nargs="+", required=True)
    parser.add_argument("--trained", nargs="+", required=True)
    for told in ("measured", "machine"):
        parser.add_argument(f"--{told}", required=True)
    arguments = parser.parse_args()
    evaluations = [json.loads(path.read_text(encoding="utf-8")) for path in arguments.evaluations]
    content = without_training(read_model(arguments.checkpoint), where=str(arguments.checkpoint))
    write_model(MODEL, content)
    if MODEL.stat().st_size > MOST_BYTES:
        parser.error(f"the model takes {MODEL.stat().st_size} bytes; {MOST_BYTES} are allowed")
    text = card(
        content,
        evaluations,
        trained=arguments.trained,
        measured=arguments.measured,
        machine=arguments.machine,
    )
    CARD.write_text(text, encoding="utf-8")
    print(f"wrote {MODEL.name} ({MODEL.stat().st_size} bytes) and {CARD.name}")


if __name__ == "__main__":
    main()
