"""What the agent is given to read: the instruction as character codes and as slots.

Any text can be encoded, the same way everywhere, with no vocabulary: letters are folded to
lower-case ASCII where Unicode decomposes them, and every other character falls into one of a few
buckets by its code point.
"""

from __future__ import annotations

import re
import string
import unicodedata
from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import UNLABELLED, UNREAD
from hrlctl.env.action import NUM_SLOTS
from hrlctl.errors import UsageError

Codes = npt.NDArray[np.uint8]

PAD: Final = 0
ALPHABET: Final = string.ascii_lowercase + string.digits + " .,:;!?'-_/\\()@#&+=*%<>"
_CODE_OF: Final = {character: code for code, character in enumerate(ALPHABET, start=1)}
BUCKETS: Final = 4
FIRST_BUCKET: Final = len(ALPHABET) + 1
FIRST_SLOT: Final = FIRST_BUCKET + BUCKETS

NUM_CHARACTERS: Final = FIRST_BUCKET + BUCKETS
"""Codes of characters are in [0, NUM_CHARACTERS); 0 is padding."""
NUM_TOKENS: Final = FIRST_SLOT + NUM_SLOTS
"""Tokens of an instruction: the characters' codes, and one token for each slot it quotes."""
INSTRUCTION_LENGTH: Final = 80
SLOT_LENGTH: Final = 12
MAX_CHARACTERS: Final = 1000
"""The longest instruction that is taken from a user; what is read of it is far shorter."""

FUNCTION_WORDS: Final = frozenset(
    "a an and as at be by called for from in into is it its named of off on onto or please"
    " so than that the then this through to until up using via with your".split()
)
# A quoted string, a number, or a word (without the punctuation that ends a sentence).
PIECES: Final = re.compile(r'"([^"]+)"|“([^”]+)”|(\d+(?:[.,]\d+)*)|([^\W\d_](?:[\w.\-]*\w)?)')


def encode_text(text: str, length: int) -> Codes:
    """Character codes of ``text``, uint8, shape (length,), cut or padded with ``PAD``."""
    codes = np.zeros(length, dtype=np.uint8)
    folded = _fold(text[: 4 * length])[:length]
    for position, character in enumerate(folded):
        codes[position] = _code(character)
    return codes


def encode_letters(code_points: npt.NDArray[np.uint16]) -> Codes:
    """Character codes of single characters, given as code points.

    ``PAD`` for code point 0, ``UNLABELLED`` for ``UNREAD``.
    """
    return _letter_codes()[code_points]


@cache
def _letter_codes() -> Codes:
    table = np.zeros(0x10000, np.uint8)
    table[UNREAD] = UNLABELLED
    for code_point in range(1, UNREAD):
        folded = _fold(chr(code_point))
        table[code_point] = _code(folded[0]) if folded else PAD
    return table


def check_instruction(text: str) -> str:
    """What a user asks, without blanks around it.

    Raises:
        UsageError: it says nothing, or is too long, or is not Unicode text.
    """
    text = text.strip()
    if not text:
        raise UsageError("the instruction is empty", hint="such as: Open the calculator")
    if len(text) > MAX_CHARACTERS:
        raise UsageError(
            f"the instruction has {len(text):,} characters, more than {MAX_CHARACTERS:,}",
            hint=f"say it shortly: only about {INSTRUCTION_LENGTH} characters are read",
        )
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise UsageError("the instruction is not Unicode text", hint="write it in UTF-8")
    return text


class Reading(NamedTuple):
    """An instruction as the agent gets it."""

    tokens: npt.NDArray[np.uint8]  # (INSTRUCTION_LENGTH,), values in [0, NUM_TOKENS)
    slots: npt.NDArray[np.uint8]  # (NUM_SLOTS, SLOT_LENGTH), values in [0, NUM_CHARACTERS)
    texts: tuple[str, ...]  # the slots as they would be typed, at most NUM_SLOTS


@lru_cache(maxsize=4096)
def read_instruction(instruction: str) -> Reading:
    """Split an instruction into its tokens and its slots.

    Slots are the quoted strings and the numbers, in their order, and after them the content words:
    "calculator" may stand on the screen as well. In the tokens a quoted string or number is
    replaced by its slot's token, so that what is asked can be told from what it is asked about.
    """
    pieces = list(PIECES.finditer(instruction))
    exact = [m for m in pieces if not m.group(4)][:NUM_SLOTS]
    words = [m for m in pieces if m.group(4) and m.group(4).lower() not in FUNCTION_WORDS]
    chosen = (exact + words)[:NUM_SLOTS]
    texts = tuple((m.group(1) or m.group(2) or m.group(3) or m.group(4)).strip() for m in chosen)

    tokens: list[int] = []
    position = 0
    for index, found in enumerate(exact):
        tokens += [_code(c) for c in _fold(instruction[position : found.start()])]
        tokens.append(FIRST_SLOT + index)
        position = found.end()
    tokens += [_code(c) for c in _fold(instruction[position:])]
    tokens = tokens[:INSTRUCTION_LENGTH]

    token_array = np.zeros(INSTRUCTION_LENGTH, dtype=np.uint8)
    token_array[: len(tokens)] = tokens
    slot_array = np.zeros((NUM_SLOTS, SLOT_LENGTH), dtype=np.uint8)
    for index, text in enumerate(texts):
        slot_array[index] = encode_text(text, SLOT_LENGTH)
    token_array.setflags(write=False)
    slot_array.setflags(write=False)
    return Reading(token_array, slot_array, texts)


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _code(character: str) -> int:
    code = _CODE_OF.get(character)
    return code if code is not None else FIRST_BUCKET + ord(character) % BUCKETS
