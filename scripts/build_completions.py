"""Write the shells' completion scripts to ``completions/``.

Run ``python scripts/build_completions.py``. The scripts ask ``hrlctl`` itself for every completion,
so they change only when Typer's scripts change.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "completions"
FILES = {"bash": "hrlctl.bash", "zsh": "_hrlctl", "fish": "hrlctl.fish"}


def completion_script(shell: str) -> str:
    """The script for ``bash``, ``zsh`` or ``fish``, ending in a line break."""
    # Typer takes the program's name, which the script completes, from how it was started.
    start = "import sys; sys.argv = ['hrlctl']; from hrlctl.cli.app import main; main()"
    script = subprocess.run(
        [sys.executable, "-c", start],
        env={**os.environ, "_HRLCTL_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    if shell == "zsh":
        # zsh loads the file ``_hrlctl`` as the function of that name, at the first completion: the
        # function has to be called so, and to answer that first call as well.
        script = script.replace("_hrlctl_completion", "_hrlctl")
        script += '\n\nif [ "$funcstack[1]" = "_hrlctl" ]; then\n  _hrlctl "$@"\nfi'
    return re.sub(r"[ \t]+$", "", script, flags=re.MULTILINE) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for shell, name in FILES.items():
        (FOLDER / name).write_text(completion_script(shell), encoding="utf-8")
        print(f"wrote completions/{name}")
