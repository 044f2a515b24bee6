"""Words and names: training and held-out ones never meet."""

from __future__ import annotations

import random
import string

import pytest

from hrlctl.packs import words


def test_generated_words_are_never_held_out() -> None:
    rng = random.Random(0)
    drawn = {words.draw_word(rng, held_out=False) for _ in range(20_000)}
    held_out = {*words.HELD_OUT_WORDS, *(n.lower() for n in words.HELD_OUT_PROGRAMS)}
    assert not drawn & held_out
    assert len(drawn) > 10_000
    assert {len(word) for word in drawn} == {4, 5, 6, 7}
    assert set("".join(drawn)) == set(string.ascii_lowercase)


def test_names_of_training_and_evaluation_do_not_intersect() -> None:
    rng = random.Random(1)
    training = {words.draw_name(rng, held_out=False) for _ in range(20_000)}
    held_out = {words.draw_name(rng, held_out=True) for _ in range(20_000)}
    assert not {n.lower() for n in training} & {n.lower() for n in held_out}
    assert len(held_out) > 300


@pytest.mark.parametrize("kind", ["PROGRAMS", "SETTINGS", "ITEMS"])
def test_a_third_of_the_listed_names_is_held_out(kind: str) -> None:
    training = set(getattr(words, f"TRAINING_{kind}"))
    held_out = set(getattr(words, f"HELD_OUT_{kind}"))
    assert not training & held_out
    assert len(held_out) >= 0.3 * (len(training) + len(held_out))


def test_the_same_seed_draws_the_same_words() -> None:
    first, second = random.Random(7), random.Random(7)
    for held_out in (False, True):
        assert words.draw_word(first, held_out=held_out) == words.draw_word(
            second, held_out=held_out
        )
