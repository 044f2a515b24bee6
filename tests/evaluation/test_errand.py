"""An instruction of the user's own: how it is carried out, and when it ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hrlctl.desktop.commands import Click, Done, TypeText
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.env.arrays import IS_UNCHANGED, LAST_TYPE, ObservationArrays
from hrlctl.env.observation import MAX_CHARACTERS, read_instruction
from hrlctl.errors import UsageError
from hrlctl.evaluation.agents import Move
from hrlctl.evaluation.errand import Errand
from hrlctl.schema.base import Skill

ACTIONS = ActionSpace(160, 120)
CLICK = ACTIONS.encode(ActionType.CLICK, pointer=21)
TYPE = ACTIONS.encode(ActionType.TYPE_TEXT, slot=0)


class ScriptedAgent:
    """Says what it was told to, and keeps what it was shown."""

    def __init__(self, *moves: Move) -> None:
        self._moves = list(moves)
        self.seen: list[ObservationArrays] = []
        self.begun: tuple[int, int] | None = None

    def begin(self, episodes: int, seed: int) -> None:
        self.begun = (episodes, seed)

    def act(self, seen: ObservationArrays, rows: npt.NDArray[np.int64]) -> list[Move]:
        self.seen.append(ObservationArrays(*(part[rows].copy() for part in seen)))
        return [self._moves.pop(0)]

    def keep(self, goes_on: npt.NDArray[np.bool_]) -> None: ...


def make(agent: ScriptedAgent, instruction: str = 'Type "hello"', max_steps: int = 4) -> Errand:
    return Errand(instruction, agent, SimDesktop(), kind="sim", max_steps=max_steps, seed=3)


def test_it_ends_when_the_agent_says_so() -> None:
    agent = ScriptedAgent(
        Move(CLICK, Skill.ENTER_TEXT, 0, False),
        Move(TYPE, None, 0, False),
        Move(CLICK, Skill.OPEN, 0, True),
    )
    steps = list(make(agent).steps())
    assert agent.begun == (1, 3)
    assert [step.command for step in steps] == [
        Click(*ACTIONS.centre(21)),
        TypeText("hello"),
        Done(),
    ]
    assert [step.skill for step in steps] == ['enter text "hello"', "", ""]
    assert [step.is_done for step in steps] == [False, False, True]


def test_it_ends_when_the_steps_are_used_up() -> None:
    agent = ScriptedAgent(*[Move(CLICK, None, 0, False)] * 3)
    steps = list(make(agent, max_steps=2).steps())
    assert [step.number for step in steps] == [1, 2]
    assert not steps[-1].is_done


def test_the_agent_sees_the_screen_the_instruction_and_what_it_did() -> None:
    agent = ScriptedAgent(*[Move(CLICK, None, 0, False)] * 2)
    errand = make(agent, "Öffne „Ωμέγα“ 12 😀")
    before = errand.desktop.capture().copy()
    list(zip(range(2), errand.steps(), strict=False))
    first, second = agent.seen
    assert (first.screens[0] == before).all()
    reading = read_instruction(errand.instruction)
    assert (first.tokens[0] == reading.tokens).all()
    assert (first.slots[0] == reading.slots).all()
    assert first.context[0, :3].tolist() == [1.0, 0.5, 0.5]
    assert not first.context[0, IS_UNCHANGED:].any()
    x, y = ACTIONS.centre(21)
    assert second.context[0, :3] == pytest.approx([0.75, x / 160, y / 120])
    assert np.flatnonzero(second.context[0, LAST_TYPE:]).tolist() == [ActionType.CLICK]


def test_the_agent_sees_that_its_action_changed_nothing() -> None:
    wait = ACTIONS.encode(ActionType.WAIT)
    agent = ScriptedAgent(*[Move(wait, None, 0, False)] * 2)
    list(zip(range(2), make(agent).steps(), strict=False))
    assert [seen.context[0, IS_UNCHANGED] for seen in agent.seen] == [0.0, 1.0]


def test_the_desktop_stands_as_the_agent_saw_it_until_the_next_step() -> None:
    agent = ScriptedAgent(*[Move(CLICK, None, 0, False)] * 2)
    errand = make(agent)
    steps = errand.steps()
    next(steps)
    assert errand.desktop.cursor == (80, 60)
    next(steps)
    assert errand.desktop.cursor == ACTIONS.centre(21)


def test_the_same_seed_gives_the_same_desktop() -> None:
    screens = [make(ScriptedAgent()).desktop.capture().copy() for _ in range(2)]
    assert (screens[0] == screens[1]).all()


@pytest.mark.parametrize("text", ["", "  \n", "word " * 10_000, "\udcff"])
def test_what_is_no_instruction_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        make(ScriptedAgent(), text)


def test_a_long_instruction_is_possible() -> None:
    assert make(ScriptedAgent(), "a" * MAX_CHARACTERS).instruction == "a" * MAX_CHARACTERS
