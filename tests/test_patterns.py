"""Patterns: the whole text fits or does not, and none takes long."""

from __future__ import annotations

import time

import pytest

from hrlctl.patterns import PatternError, check_pattern, fits

SECONDS = 5.0  # each takes milliseconds; a hang takes for ever


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        (r"invoice-\d{4}\.pdf", "Invoice-2024.PDF", "invoice-24.pdf"),
        (r"(Mon|Tues)day, [0-9]+", "tuesday, 14", "sunday, 14"),
        (r".*total: \d+.*", "a\ntotal: 12 b", "total: x"),
        (r"[^\s]+@[\w.-]+", "ann@news.org", "ann news.org"),
        ("gr(ü|ue)n", "GRÜN", "grun"),
        ("(ab){2,}", "ababab", "ab"),
        ("", "", "a"),
    ],
)
def test_the_whole_text_has_to_fit(pattern: str, fitting: str, other: str) -> None:
    assert fits(pattern, fitting)
    assert not fits(pattern, other)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(.*a){12}b", "(a?){30}a{30}b"])
def test_one_that_never_ends_elsewhere_ends_here(pattern: str) -> None:
    start = time.process_time()
    assert not fits(pattern, "a" * 5000)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "(a",
        "*",
        "a{3,1}",
        "[",
        "[z-a]",
        "(?=a)",
        r"(a)\1",
        "((((a{99}){99}){99}){99})",
        "a" * 201,
    ],
)
def test_what_cannot_be_used_is_told(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"\w"):
        check_pattern(pattern)
