"""A model that needs neither torch nor ONNX Runtime, and clients of it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.runtime.interface import action_info, context_info, instruction_info
from hrlctl.runtime.model import Answer, Arrays
from hrlctl.schema.base import Skill
from hrlctl.schema.exported_model import ExportedModelInfo, ScreenInfo, StateInfo
from hrlctl.schema.run import PolicyConfig
from hrlctl.serve.application import create_application
from hrlctl.serve.gate import Limits

TOKEN: Final = "a-token-for-tests-only"
HEADERS: Final = {"Authorization": f"Bearer {TOKEN}"}
SKILLS: Final = tuple(skill.value for skill in Skill)
CELL: Final = 21  # that is clicked: its centre is (12, 12)
CELLS: Final = 20 * 15


class FakeModel:
    """Clicks, and counts its steps down from four; on a black screen it says that it has finished.

    Attributes:
        batches: the sizes of those that it has answered.
        is_asked: set when the model is asked.
        may_answer: cleared while the model is to be slow.
        error: raised in place of an answer.
    """

    def __init__(self) -> None:
        self.info = ExportedModelInfo(
            hrlctl_version="0.0",
            files={},
            policy=PolicyConfig(),
            parameters=1,
            screen=ScreenInfo(width=160, height=120, cell=8),
            inputs={},
            outputs={},
            instruction=instruction_info(),
            context=context_info(),
            action=action_info(),
            state=StateInfo(
                parts=("skill", "slot", "remaining"),
                initial=(len(SKILLS), 0, 0),
                skills=SKILLS,
                durations=(1, 2, 4),
            ),
            done_threshold=0.5,
            tasks=("desktop_basics/open-icon",),
            pack_versions={},
            training=None,
        )
        self.batches: list[int] = []
        self.is_asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.error: Exception | None = None
        self._click = ActionSpace(160, 120).encode(ActionType.CLICK, pointer=CELL)

    def initial_state(self, batch: int) -> npt.NDArray[np.int64]:
        return np.tile(np.array(self.info.state.initial, np.int64), (batch, 1))

    def act(self, observations: Arrays, state: npt.NDArray[np.int64]) -> Answer:
        self.is_asked.set()
        assert self.may_answer.wait(30)
        if self.error is not None:
            raise self.error
        count = len(state)
        self.batches.append(count)
        after = state.copy()
        is_new = state[:, 2] <= 0
        after[:, 0] = SKILLS.index("open")
        after[:, 2] = np.where(is_new, 3, state[:, 2] - 1)
        sizes = {
            "type": len(ActionType), "pointer": CELLS, "target": CELLS, "key": 40, "slot": 6,
            "direction": 2, "skill": len(SKILLS),
        }  # fmt: skip
        heads: dict[str, npt.NDArray[Any]] = {
            f"{name}_log_probs": np.full((count, size), -np.log(size), np.float32)
            for name, size in sizes.items()
        }
        is_black = (observations["screen"].reshape(count, -1).max(1) == 0).astype(np.float32)
        return Answer(np.tile(self._click, (count, 1)), after, is_black, heads)


@pytest.fixture
def model() -> FakeModel:
    return FakeModel()


@pytest.fixture
def make_client(model: FakeModel) -> Iterator[Callable[..., TestClient]]:
    """Makes clients of a server with these limits; they send the token."""
    clients: list[TestClient] = []

    def make(**limits: Any) -> TestClient:
        app = create_application(model, name="fake.onnx", token=TOKEN, limits=Limits(**limits))
        client = TestClient(app, headers=HEADERS)
        clients.append(client)
        client.__enter__()
        return client

    yield make
    for client in clients:
        client.__exit__()


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    return make_client()


def picture(
    width: int = 160, height: int = 120, kind: str = "PNG", color: int = 90, mode: str = "RGB"
) -> bytes:
    """A picture of one colour in a file."""
    file = io.BytesIO()
    Image.new(mode, (width, height), color if mode == "L" else (color, color, color)).save(
        file, kind
    )
    return file.getvalue()


def shot(content: bytes | None = None) -> dict[str, Any]:
    """The files of a request with a screenshot."""
    return {"screenshot": ("screen", picture() if content is None else content)}
