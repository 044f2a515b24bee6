"""Output that cannot be encoded: a pipe on Windows is cp1252, a plain Unix locale is ASCII."""

from __future__ import annotations

import codecs
import io
import sys
from typing import Final

HANDLER: Final = "hrlctl.nearest"

# What tables, bars and pictures are drawn with, a character for a character.
_NEAREST: Final = str.maketrans("━╸╺─│“”„…·→↑↓█▀▄", '=---|"""..>^v###')


def nearest(error: UnicodeError) -> tuple[str, int]:
    """A codec's error handler: the nearest ASCII character, else an escape such as ``\\u03a9``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_NEAREST)
    return text.encode("ascii", "backslashreplace").decode("ascii"), error.end


def make_output_encodable() -> None:
    """Let no character that a program, a file or an instruction holds end a command."""
    codecs.register_error(HANDLER, nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)
