"""Oracles: scripted solutions through encoded actions, with faults that say what is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hrlctl.desktop.commands import Click, Command, DoubleClick, Drag, Press, Scroll, TypeText
from hrlctl.desktop.contract import Desktop, DesktopState, Locator, Rect, Screen
from hrlctl.env.action import ActionSpace, ActionType, Part
from hrlctl.env.observation import read_instruction
from hrlctl.env.oracle import Oracle
from hrlctl.errors import TaskError
from hrlctl.packs import Instance, draw_instance, load_task_file
from hrlctl.schema.base import Split
from hrlctl.schema.setup import Setup

ACTIONS = ActionSpace(160, 120)


class Shelf(Desktop):
    """Things at fixed places; one appears after some turns of the wheel."""

    width, height, cursor = 160, 120, (0, 0)

    def __init__(self, places: dict[Locator, Rect], hidden: int = 0) -> None:
        self.places, self.hidden = places, hidden
        self.performed: list[Command] = []

    def reset(self, setup: Setup, seed: int) -> None: ...
    def close(self) -> None: ...

    def capture(self) -> Screen:
        return np.zeros((120, 160, 3), np.uint8)

    def state(self) -> DesktopState:
        raise NotImplementedError

    def perform(self, command: Command) -> None:
        self.performed.append(command)
        self.hidden -= isinstance(command, Scroll)

    def locate(self, locator: Locator) -> Rect | None:
        return None if locator.role == "list_item" and self.hidden > 0 else self.places.get(locator)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    path = tmp_path / "t.yaml"
    path.write_text("""
- id: a
  instruction: 'Write "{word}" please'
  difficulty: EASY
  num_steps: 6
  parameters: {word: {kind: word}, share: {training: [50, 60]}}
  success_criteria: {window_open: x}
  oracle:
    - double_click: {role: icon, name: Mail}
    - type_text: "{word}"
    - press: ctrl+s
    - scroll: {role: list, direction: down, until: {role: list_item, name: b}}
    - click: {role: slider, at: "{share}"}
    - drag: {from: {role: title_bar}, to: {role: taskbar}}
""")
    return draw_instance(load_task_file(path)[0], 1, Split.TRAINING)


def shelf(instance: Instance, hidden: int = 0) -> Shelf:
    share = int(instance.parameters["share"]) / 100
    return Shelf(
        {
            Locator("icon", "Mail"): Rect(0, 0, 20, 20),
            Locator("list"): Rect(80, 40, 30, 30),
            Locator("list_item", "b"): Rect(80, 40, 30, 9),
            Locator("slider", at=share): Rect(40, 80, 8, 8),
            Locator("title_bar"): Rect(16, 16, 8, 8),
            Locator("taskbar"): Rect(0, 109, 160, 11),
        },
        hidden,
    )


def played(instance: Instance, desktop: Shelf) -> list[Command]:
    oracle = Oracle(instance, ACTIONS)
    while (action := oracle.next_action(desktop)) is not None:
        desktop.perform(ACTIONS.decode(action, read_instruction(instance.instruction).texts))
    return desktop.performed


def test_every_step_becomes_its_command(instance: Instance) -> None:
    commands = played(instance, shelf(instance))
    word = instance.parameters["word"]
    assert isinstance(commands[0], DoubleClick)
    assert Rect(0, 0, 20, 20).contains(commands[0].x, commands[0].y)
    assert commands[1:3] == [TypeText(str(word)), Press("ctrl+s")]
    assert isinstance(commands[3], Click)
    assert isinstance(commands[4], Drag)
    assert commands[4].to_y >= 109
    assert len(commands) == 5  # the item was in view


def test_it_scrolls_until_the_item_is_in_view(instance: Instance) -> None:
    commands = played(instance, shelf(instance, hidden=3))
    assert sum(isinstance(command, Scroll) for command in commands) == 3
    assert len(commands) == 8


def test_an_item_that_never_appears_ends_the_oracle(instance: Instance) -> None:
    with pytest.raises(TaskError, match="wheel"):
        played(instance, shelf(instance, hidden=1000))


def test_advice_stays_until_it_is_taken_and_says_what_would_do_as_well(instance: Instance) -> None:
    desktop, oracle = shelf(instance), Oracle(instance, ACTIONS)
    advice = oracle.advise(desktop)
    assert advice is not None
    again = oracle.advise(desktop)
    assert again is not None
    np.testing.assert_array_equal(again.action, advice.action)
    # The icon's 20 x 20 pixels hold the centres of two by two cells.
    assert np.flatnonzero(advice.pointer).tolist() == [0, 1, 20, 21]
    elsewhere, clicked = advice.action.copy(), advice.action.copy()
    elsewhere[Part.POINTER] = 21
    assert advice.allows(elsewhere)
    elsewhere[Part.POINTER] = 22
    assert not advice.allows(elsewhere)
    clicked[Part.TYPE] = ActionType.CLICK
    assert not advice.allows(clicked)
    oracle.advance()
    typed = oracle.advise(desktop)
    assert typed is not None
    assert typed.action[Part.TYPE] == ActionType.TYPE_TEXT
    unused = typed.action.copy()
    unused[Part.POINTER] = 7
    assert typed.allows(unused)


def test_a_missing_or_too_small_target_is_a_fault_with_its_step(instance: Instance) -> None:
    desktop = shelf(instance)
    for rect in (None, Rect(5, 5, 2, 2)):
        desktop.places[Locator("icon", "Mail")] = rect  # type: ignore[assignment]
        with pytest.raises(TaskError, match="step 1") as caught:
            played(instance, desktop)
        assert str(caught.value.where).startswith("t/a")


def test_a_text_that_no_slot_holds_is_a_fault(instance: Instance) -> None:
    with pytest.raises(TaskError, match="slots"):
        played(replace(instance, instruction='Write "other"'), shelf(instance))
