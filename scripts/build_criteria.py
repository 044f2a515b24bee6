"""Write the catalogue of criteria into ``docs/tasks.md``.

Run ``python scripts/build_criteria.py`` after a change to ``hrlctl/schema/criteria.py``: names,
arguments and meanings are those of the code.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path

from hrlctl.schema.criteria import CRITERIA
from hrlctl.schema.custom_criteria import CriterionModel

PAGE = Path(__file__).parent.parent / "docs" / "tasks.md"
BEGIN, END = "<!-- criteria: scripts/build_criteria.py -->", "<!-- end of criteria -->"


def with_catalogue(page: str) -> str:
    """The page's text with the catalogue between its two marks made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{catalogue()}\n{END}{after}"


def catalogue() -> str:
    """A table: how each criterion is written, what else it takes, and when it holds."""
    rows = ["| criterion | further arguments | holds when |", "|---|---|---|"]
    rows += [
        f"| {written} | {optional} | {_meaning(model)} |"
        for kind, model in CRITERIA.items()
        for written, optional in [_form(kind, model)]
    ]
    return "\n".join(rows)


def _form(kind: str, model: type[CriterionModel]) -> tuple[str, str]:
    fields = {name: field for name, field in model.model_fields.items() if name != "kind"}
    needed = [name for name, field in fields.items() if field.is_required()]
    optional = [
        f"`{name}`" + ("" if field.default is None else f" ({json.dumps(field.default)})")
        for name, field in fields.items()
        if name not in needed and name != model.shorthand
    ]
    if set(needed) <= {model.shorthand}:
        written = f"{kind}: {model.shorthand.upper()}"
    else:
        written = f"{kind}: {{{', '.join(f'{name}: {name.upper()}' for name in needed)}}}"
    return f"`{written}`", ", ".join(optional)


def _meaning(model: type[CriterionModel]) -> str:
    text = " ".join((inspect.getdoc(model) or "").split())
    return text.replace("``", "`").replace("|", "\\|").removesuffix(".")


if __name__ == "__main__":
    PAGE.write_text(with_catalogue(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print("wrote docs/tasks.md")
