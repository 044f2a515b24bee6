"""Patterns: they mean what Python's own mean, and never take long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrlctl.patterns import Pattern, PatternError

PARTS = ("a", "b", ".", "[ab]", "[^a]", r"\d", r"\.", "(", ")", "(?:", "|", "*", "+", "?", "{1,2}")
SECONDS = 5.0  # each takes milliseconds; a hang takes for ever


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=7).map("".join), st.text("abA1.", max_size=6))
def test_they_fit_what_pythons_own_fit(text: str, subject: str) -> None:
    try:
        ours = Pattern(text)
        expected = re.compile(text, re.IGNORECASE | re.DOTALL)
    except (PatternError, re.error):
        return
    if "++" in text or "?+" in text or "*+" in text or "}+" in text:
        return  # Python takes these for repeats that give nothing back
    assert ours.fits(subject) == bool(expected.fullmatch(subject))


@pytest.mark.parametrize(
    ("text", "fitting", "other"),
    [
        (r"invoice-\d{4}\.pdf", "Invoice-2024.PDF", "invoice-24.pdf"),
        (r"(Mon|Tues)day, [0-9]+", "tuesday, 14", "sunday, 14"),
        (r".*total: \d+.*", "a\ntotal: 12 b", "total: x"),
        (r"[^\s]+@[\w.-]+", "ann@news.org", "ann news.org"),
        ("(ab){2,}", "ababab", "ab"),
        ("", "", "a"),
    ],
)
def test_the_whole_text_has_to_fit(text: str, fitting: str, other: str) -> None:
    assert Pattern(text).fits(fitting)
    assert not Pattern(text).fits(other)


@pytest.mark.parametrize(
    "text", ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*a){12}b", "(a?){30}a{30}b", "(aa|aa|a)*b"]
)
def test_one_that_never_ends_elsewhere_ends_here(text: str) -> None:
    start = time.process_time()
    assert not Pattern(text).fits("a" * 5000)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "text",
    ["(", ")", "(a", "a)", "*", "a{3,1}", "[", "[]", "[z-a]", "a{", "(?=a)", r"(a)\1", "^a$", "\\",
     "((((a{99}){99}){99}){99})", "((((){999}){999}){999})", "a" * 201, "(" * 100 + ")" * 100,
     "[[a]]", "[a--b]"],
)  # fmt: skip
def test_what_cannot_be_used_is_told(text: str) -> None:
    with pytest.raises(PatternError):
        Pattern(text)
