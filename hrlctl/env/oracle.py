"""Solving an instance by its script, through the same encoded actions that an agent has."""

from __future__ import annotations

from typing import Final, NamedTuple, NoReturn

import numpy as np

from hrlctl.desktop.contract import Desktop, Locator, Rect
from hrlctl.env.action import NUM_SLOTS, USES, Action, ActionSpace, ActionType, Cells, Part
from hrlctl.env.observation import read_instruction
from hrlctl.errors import TaskError
from hrlctl.packs.instances import Instance
from hrlctl.schema.task import DragStep, OracleStep, PointStep, PressStep, ScrollStep, Target

MAX_SCROLLS: Final = 20  # for one ``until``

_TYPES: Final = {
    "click": ActionType.CLICK,
    "double_click": ActionType.DOUBLE_CLICK,
    "right_click": ActionType.RIGHT_CLICK,
}


class Advice(NamedTuple):
    """What the script does next, and what would do as well."""

    action: Action
    pointer: Cells  # that serve as well as the action's own; of one that has none, its cell
    target: Cells

    def allows(self, action: Action) -> bool:
        """Whether ``action`` does what is advised."""
        kind = ActionType(int(self.action[Part.TYPE]))
        cells = {Part.POINTER: self.pointer, Part.TARGET: self.target}
        return action[Part.TYPE] == kind and all(
            cells[part][action[part]] if part in cells else action[part] == self.action[part]
            for part in USES[kind]
        )


class Oracle:
    """The scripted solution of one instance, one action at a time.

    Args:
        instance: what to solve.
        actions: how actions are encoded for the desktop's screen.
    """

    def __init__(self, instance: Instance, actions: ActionSpace) -> None:
        self._instance = instance
        self._actions = actions
        self._slots = tuple(
            text.casefold() for text in read_instruction(instance.instruction).texts
        )
        self._position = 0
        self._scrolls = 0

    def next_action(self, desktop: Desktop) -> Action | None:
        """The action that comes next, or ``None`` when the script is at its end.

        Raises:
            TaskError: the step's target is not on the screen or holds no pointer cell's centre, or
                a text to type is not among the instruction's slots.
        """
        advice = self.advise(desktop)
        if advice is None:
            return None
        self.advance()
        return advice.action

    def advise(self, desktop: Desktop) -> Advice | None:
        """What is to be done now, until ``advance`` says that it was.

        Raises:
            TaskError: as ``next_action``.
        """
        while self._position < len(self._instance.oracle):
            step = self._instance.oracle[self._position]
            if not isinstance(step, ScrollStep) or step.until is None:
                return self._advice(step, desktop)
            if self._cell(step.until, desktop) is None:
                if self._scrolls >= MAX_SCROLLS:
                    self._fail(f"{MAX_SCROLLS} turns of the wheel do not show {step.until}")
                return self._advice(step, desktop)
            self._scrolls = 0
            self._position += 1
        return None

    def advance(self) -> None:
        """Take note that the step advised last was taken."""
        step = self._instance.oracle[self._position]
        if isinstance(step, ScrollStep) and step.until is not None:
            self._scrolls += 1
        else:
            self._position += 1

    def _advice(self, step: OracleStep, desktop: Desktop) -> Advice:
        encode = self._actions.encode
        pointer = target = None
        match step:
            case PointStep(action=kind):
                pointer = self._rect(step.target, desktop)
                action = encode(_TYPES[kind], pointer=self._pointer(step.target, pointer))
            case DragStep(start=start, end=end):
                pointer, target = self._rect(start, desktop), self._rect(end, desktop)
                action = encode(
                    ActionType.DRAG,
                    pointer=self._pointer(start, pointer),
                    target=self._pointer(end, target),
                )
            case ScrollStep(direction=direction):
                pointer = self._rect(step.target, desktop)
                action = encode(
                    ActionType.SCROLL,
                    pointer=self._pointer(step.target, pointer),
                    direction=direction,
                )
            case PressStep(key=key):
                action = encode(ActionType.PRESS, key=key)
            case _:
                action = encode(ActionType.TYPE_TEXT, slot=self._slot(step.text))
        return Advice(
            action,
            self._cells(pointer, int(action[Part.POINTER])),
            self._cells(target, int(action[Part.TARGET])),
        )

    def _cells(self, rect: Rect | None, cell: int) -> Cells:
        if rect is not None:
            return self._actions.cells_in(rect)
        alone = np.zeros(self._actions.rows * self._actions.columns, dtype=bool)
        alone[cell] = True
        return alone

    def _slot(self, text: str) -> int:
        slots = self._slots[:NUM_SLOTS]
        if text.casefold() not in slots:
            self._fail(f"{text!r} is not among the instruction's slots {list(slots)}")
        return slots.index(text.casefold())

    def _rect(self, target: Target, desktop: Desktop) -> Rect | None:
        return desktop.locate(_locator(target))

    def _cell(self, target: Target, desktop: Desktop) -> int | None:
        rect = self._rect(target, desktop)
        return None if rect is None else self._actions.cell_in(rect)

    def _pointer(self, target: Target, rect: Rect | None) -> int:
        cell = None if rect is None else self._actions.cell_in(rect)
        if cell is None:
            fault = "is not on the screen" if rect is None else f"holds no cell's centre: {rect}"
            self._fail(f"its target {_locator(target)} {fault}")
        return cell

    def _fail(self, message: str) -> NoReturn:
        instance = self._instance
        raise TaskError(
            f"oracle step {self._position + 1}: {message}",
            where=f"{instance.task_id} ({instance.split}, seed {instance.seed})",
            hint=f"the instruction is: {instance.instruction}",
        )


def _locator(target: Target) -> Locator:
    at = None if target.at is None else int(target.at) / 100
    return Locator(target.role, target.name, target.window, at)
