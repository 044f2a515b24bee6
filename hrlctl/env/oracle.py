"""Solving an instance by its script, through the same encoded actions that an agent has."""

from __future__ import annotations

from typing import Final, NoReturn

from hrlctl.desktop.contract import Desktop, Locator
from hrlctl.env.action import NUM_SLOTS, Action, ActionSpace, ActionType
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
        while self._position < len(self._instance.oracle):
            step = self._instance.oracle[self._position]
            if isinstance(step, ScrollStep) and step.until is not None:
                if self._cell(step.until, desktop) is None:
                    self._scrolls += 1
                    if self._scrolls > MAX_SCROLLS:
                        self._fail(f"{MAX_SCROLLS} turns of the wheel do not show {step.until}")
                    return self._encode(step, desktop)
                self._scrolls = 0
                self._position += 1
                continue
            action = self._encode(step, desktop)
            self._position += 1
            return action
        return None

    def _encode(self, step: OracleStep, desktop: Desktop) -> Action:
        encode = self._actions.encode
        match step:
            case PointStep(action=kind, target=target):
                return encode(_TYPES[kind], pointer=self._pointer(target, desktop))
            case DragStep(start=start, end=end):
                return encode(
                    ActionType.DRAG,
                    pointer=self._pointer(start, desktop),
                    target=self._pointer(end, desktop),
                )
            case ScrollStep(target=target, direction=direction):
                pointer = self._pointer(target, desktop)
                return encode(ActionType.SCROLL, pointer=pointer, direction=direction)
            case PressStep(key=key):
                return encode(ActionType.PRESS, key=key)
            case _:
                return encode(ActionType.TYPE_TEXT, slot=self._slot(step.text))

    def _slot(self, text: str) -> int:
        slots = self._slots[:NUM_SLOTS]
        if text.casefold() not in slots:
            self._fail(f"{text!r} is not among the instruction's slots {list(slots)}")
        return slots.index(text.casefold())

    def _cell(self, target: Target, desktop: Desktop) -> int | None:
        rect = desktop.locate(_locator(target))
        return None if rect is None else self._actions.cell_in(rect)

    def _pointer(self, target: Target, desktop: Desktop) -> int:
        cell = self._cell(target, desktop)
        if cell is None:
            rect = desktop.locate(_locator(target))
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
