"""What perception adds to the pixels of a cell."""

from __future__ import annotations

import torch

from hrlctl.env.arrays import CONTEXT_FEATURES, POINTER_X, POINTER_Y
from hrlctl.policy.perception import PLACES, Surroundings, _evidence, _places
from hrlctl.policy.worker import _pointer_map


def places_of(row: list[int]) -> list[list[float]]:
    """Left, middle and right of each cell of a screen of one row, in hundredths."""
    found = _places(torch.tensor([[row]]))
    assert found.shape == (1, PLACES, len(row))
    return (found[0] * 100).round().int().tolist()


def test_where_in_its_thing_a_cell_lies() -> None:
    left, middle, right = places_of([7, 7, 7, 7, 7, 0, 3, 3, 0])
    assert left == [100, 50, 0, 0, 0, 100, 100, 50, 100]
    assert middle == [0, 50, 100, 50, 0, 100, 75, 75, 100]
    assert right == [0, 0, 0, 50, 100, 100, 50, 100, 100]


def test_things_in_different_rows_are_apart() -> None:
    kinds = torch.tensor([[[1, 1, 1], [1, 1, 2]], [[1, 2, 2], [3, 3, 3]]])
    places = _places(kinds)
    for screen in range(2):
        for row in range(2):
            alone = _places(kinds[screen : screen + 1, row : row + 1])
            assert torch.equal(places[screen, :, 3 * row : 3 * row + 3], alone[0])


def test_a_cell_is_seen_in_the_light_of_its_row_its_column_and_its_screen_only() -> None:
    torch.manual_seed(0)
    surroundings = Surroundings(4)
    for part in surroundings.parameters():
        torch.nn.init.normal_(part)
    maps = torch.randn(2, 4, 5, 6)
    changed = maps.clone()
    changed[0, :, 2, 3] += 5.0
    for part in (surroundings.screen, surroundings.column):
        torch.nn.init.zeros_(part.weight)
    differs = (surroundings(maps) != surroundings(changed)).any(1)
    assert differs[0, 2].all()
    assert not differs[0, [0, 1, 3, 4]].any()
    torch.nn.init.normal_(surroundings.column.weight)
    differs = (surroundings(maps) != surroundings(changed)).any(1)
    assert differs[0, 2].all()
    assert differs[0, :, 3].all()
    assert not differs[0, 0, 0]
    torch.nn.init.normal_(surroundings.screen.weight)
    differs = (surroundings(maps) != surroundings(changed)).any(1)
    assert differs[0].all()
    assert not differs[1].any()


def test_the_pointer_is_seen_in_its_cell() -> None:
    context = torch.zeros(3, CONTEXT_FEATURES)
    context[:, [POINTER_X, POINTER_Y]] = torch.tensor([[0.0, 0.0], [0.5, 0.3], [1.0, 1.0]])
    shown = _pointer_map(context, torch.zeros(3, 8, 15, 20))
    assert shown.shape == (3, 1, 300)
    assert shown.sum(2).tolist() == [[1.0]] * 3
    assert shown.argmax(2).flatten().tolist() == [0, 4 * 20 + 10, 299]


def test_beside_a_text_its_own_row_counts_most() -> None:
    match = torch.zeros(1, 1, 5, 8)
    match[0, 0, 2, 3] = 1.0
    begins, to_left, to_right = _evidence(match)[0, 0].view(3, 5, 8)
    assert begins.nonzero().tolist() == [[2, 3]]
    for spread, column in ((to_left, 6), (to_right, 1)):
        assert spread[2, column] > 1.5 * spread[1, column] > 0
        assert spread[1, column] == spread[3, column]
        assert spread[0, column] == spread[4, column] == 0
