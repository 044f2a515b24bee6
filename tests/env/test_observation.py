"""What the agent reads: any text, the same everywhere, and the slots that it may use."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrlctl.env.action import NUM_SLOTS
from hrlctl.env.observation import (
    INSTRUCTION_LENGTH,
    NUM_CHARACTERS,
    NUM_TOKENS,
    PAD,
    SLOT_LENGTH,
    encode_text,
    read_instruction,
)


@pytest.mark.parametrize(
    ("instruction", "slots"),
    [
        ('Open "Mail" and close "Old Notes"', ("Mail", "Old Notes", "Open", "close")),
        ("Enter 12 plus 3.5 in the calculator", ("12", "3.5", "Enter", "plus", "calculator")),
        ('Type "7 dwarfs" 2 times', ("7 dwarfs", "2", "Type", "times")),
        ('Put "a", "b", "c", "d" and "e" in order', ("a", "b", "c", "d", "e", "Put")),
        ('Type "a" "b" "c" "d" "e" "f" "g"', ("a", "b", "c", "d", "e", "f")),
        ("Open the calculator", ("Open", "calculator")),
        ("Open the calculator.", ("Open", "calculator")),
        ("Save it as notes.txt, please!", ("Save", "notes.txt")),
        ("Öffne “Größe”", ("Größe", "Öffne")),
        ("the to of", ()),
        ("", ()),
        ("a b c d e f g h i", ("b", "c", "d", "e", "f", "g")),
    ],
)
def test_slots_are_what_is_quoted_or_counted_and_then_the_words(
    instruction: str, slots: tuple[str, ...]
) -> None:
    reading = read_instruction(instruction)
    assert reading.texts == slots
    for index, text in enumerate(slots):
        np.testing.assert_array_equal(reading.slots[index], encode_text(text, SLOT_LENGTH))
    assert not reading.slots[len(slots) :].any()


def test_what_is_asked_does_not_depend_on_what_it_is_about() -> None:
    one, other = read_instruction('Open "Mail" now'), read_instruction('Open "A long name" now')
    np.testing.assert_array_equal(one.tokens, other.tokens)
    assert (one.slots != other.slots).any()
    assert (one.tokens != read_instruction('Close "Mail" now').tokens).any()
    first_slot = NUM_CHARACTERS
    assert [t for t in one.tokens if t >= first_slot] == [first_slot]


def test_letters_are_read_without_case_and_accents() -> None:
    np.testing.assert_array_equal(encode_text("Café Ünder", 10), encode_text("cafe under", 10))
    assert (encode_text("ab", 4) != encode_text("ba", 4)).any()


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    reading = read_instruction(text)
    assert reading.tokens.shape == (INSTRUCTION_LENGTH,)
    assert reading.slots.shape == (NUM_SLOTS, SLOT_LENGTH)
    assert reading.tokens.max() < NUM_TOKENS
    assert reading.slots.max() < NUM_CHARACTERS
    assert len(reading.texts) <= NUM_SLOTS
    again = read_instruction.__wrapped__(text)
    np.testing.assert_array_equal(again.tokens, reading.tokens)


@given(st.text(max_size=40), st.integers(1, 30))
def test_codes_have_the_length_asked_for(text: str, length: int) -> None:
    codes = encode_text(text, length)
    assert codes.shape == (length,)
    assert codes.dtype == np.uint8
    used = np.flatnonzero(codes != PAD)
    assert used.tolist() == list(range(len(used)))  # padding only at the end


def test_known_codes_stay_what_they_are() -> None:
    """Trained networks depend on them."""
    assert encode_text("az09 .", 8).tolist() == [1, 26, 27, 36, 37, 38, 0, 0]
    assert NUM_CHARACTERS == 64
    assert NUM_TOKENS == 70


def test_what_is_remembered_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_instruction("Open it").tokens[0] = 1
