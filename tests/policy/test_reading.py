"""Texts are found where their letters are seen, whoever wrote them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from hrlctl.env.observation import NUM_CHARACTERS, SLOT_LENGTH, encode_text
from hrlctl.policy import Observations
from hrlctl.policy.reading import HALVES, Known, Reader, find

ROWS, COLUMNS = 3, 12


def written(*lines: str) -> Tensor:
    """What a perfect reader would say of ``lines``, one character a half cell."""
    codes = torch.zeros(1, ROWS, HALVES * COLUMNS, dtype=torch.int64)
    for row, line in enumerate(lines):
        cut = [0 if c == " " else int(encode_text(c, 1)[0]) for c in line[: HALVES * COLUMNS]]
        codes[0, row, : len(cut)] = torch.tensor(cut)
    return torch.nn.functional.one_hot(codes, NUM_CHARACTERS).float().clamp(min=1e-6).log()


def texts(*names: str) -> Tensor:
    return torch.from_numpy(np.stack([encode_text(name, SLOT_LENGTH) for name in names]))[None]


def place(match: Tensor) -> tuple[int, int]:
    row, column = divmod(int(match.argmax()), COLUMNS)
    return row, column


@pytest.mark.parametrize(
    "line",
    [
        "    note",  # one half cell for a letter
        "    nnoottee",  # two
        "    nnnoootttee",  # three
        "    nnottte",
        "    notte      nope nine",
    ],
)
def test_a_text_is_found_however_wide_its_letters_are(line: str) -> None:
    match = find(written("", line), texts("note"))[0, 0]
    assert place(match) == (1, 2)
    assert match.max() > 0.9
    assert match[0].max() < 0.1


def test_letters_too_narrow_to_be_seen_are_forgiven() -> None:
    match = find(written("mmat    mllat   mool"), texts("milat"))[0, 0]
    assert place(match) == (0, 4)
    assert 0.4 < match.max() < 0.9


def test_a_text_that_is_cut_off_is_found_by_its_beginning() -> None:
    match = find(written("calendar", "calcul..", "cola"), texts("calculator"))[0, 0]
    assert place(match) == (1, 0)
    assert match.max() > 0.9


def test_a_dot_within_a_text_is_no_ellipsis() -> None:
    """Or every file with an extension would look like any other, cut off."""
    screen = written("zonk.txt", "smoct.png", "prin..  abc")
    match = find(screen, texts("smoct.png", "zolex.doc", "printer"))[0]
    assert place(match[0]) == (1, 0)
    assert match[0].max() > 0.9
    assert match[1].max() < 0.5
    assert place(match[2]) == (2, 0)
    assert match[2].max() > 0.8


def test_what_is_not_there_is_not_found_and_an_empty_slot_matches_nothing() -> None:
    match = find(written("paint  radio"), texts("music", "paint", ""))[0]
    assert match[0].max() < 0.15
    assert match[1].max() > 0.9
    assert not match[2].any()


def test_a_batch_is_read_row_by_row() -> None:
    both = torch.cat([written("tea"), written("", "", "  coffee")])
    match = find(both, torch.cat([texts("tea", "coffee"), texts("tea", "coffee")]))
    assert place(match[0, 0]) == (0, 0)
    assert place(match[1, 1]) == (2, 1)
    assert match[0, 1].max() < 0.2
    assert match[1, 0].max() < 0.2


def test_reading_what_has_changed_is_reading_everything(observations: Observations) -> None:
    torch.manual_seed(0)
    reader = Reader()
    before, slots = observations.screens[:2], observations.slots[:2]
    first = reader.read(before, slots)
    screens = before.clone()
    screens[0, 40:56, 80:120] = 255 - screens[0, 40:56, 80:120]
    changed = torch.zeros(2, 15, 20, dtype=torch.bool)
    changed[0, 4:8, 9:16] = True
    again = reader.read(screens, slots, Known(first.log_probs, changed))
    whole = reader.read(screens, slots)
    torch.testing.assert_close(again.log_probs, whole.log_probs)
    assert not torch.equal(again.log_probs, first.log_probs)


def test_contrast_and_polarity_do_not_hide_a_shape(observations: Observations) -> None:
    torch.manual_seed(0)
    reader, windows = Reader(), torch.zeros(2, 14, 14)
    windows[0, 3:11, 4:6] = 200.0
    windows[1] = 40.0 + windows[0] * 0.6
    bright, dim = reader(windows)
    torch.testing.assert_close(bright, dim, atol=0.15, rtol=0.1)
