"""A real browser without a window, for pages."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def probe(page: Path, script: str, *, width: int = 1280) -> Any:
    """What ``script``, a function's body, returns in ``page`` shown ``width`` pixels wide.

    It has ``document`` and ``view`` (the window) of the page. Skips the test where there is no
    browser.
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("needs Chromium")
    # A window has a least width; a frame in it has none.
    outer = page.with_name("outer.html")
    outer.write_text(
        f"<iframe id='f' src='{page.name}' style='border:0;width:{width}px;height:900px'></iframe>"
        "<pre id='answer'></pre><script>f.onload = () => {"
        f"const probe = (document, view) => {{ {script} }};"
        "answer.textContent = JSON.stringify(probe(f.contentDocument, f.contentWindow)); };"
        "</script>",
        encoding="utf-8",
    )
    arguments = [
        "--headless",
        "--no-sandbox",  # as root it would not start otherwise
        "--disable-gpu",
        "--allow-file-access-from-files",
        f"--user-data-dir={page.with_name('profile')}",
        "--virtual-time-budget=5000",
        "--dump-dom",
        outer.as_uri(),
    ]
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)
    found = re.search(r"<pre id=\"answer\">(.+?)</pre>", done.stdout, flags=re.DOTALL)
    assert found is not None, done.stderr
    return json.loads(html.unescape(found[1]))
