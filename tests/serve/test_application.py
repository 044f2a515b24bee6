"""What clients ask and what they are answered, good and bad, over HTTP."""

from __future__ import annotations

import asyncio
import struct
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from hrlctl.desktop.sim import SimDesktop
from hrlctl.errors import DesktopUnavailableError
from hrlctl.schema.base import Split
from hrlctl.schema.exported_model import ScreenInfo
from hrlctl.serve import task_runs
from hrlctl.serve.batching import Batcher
from hrlctl.serve.interpretation import Interpreter

if TYPE_CHECKING:
    from tests.serve.conftest import FakeModel


@pytest.fixture
def kit() -> Any:
    """What makes screenshots."""
    from tests.serve import conftest

    return conftest


def predict(client: TestClient, content: bytes, **form: str) -> Any:
    return client.post("/v1/predict", data=form, files={"screenshot": ("screen", content)})


def test_health_and_metrics_are_open_to_all(client: TestClient, kit: Any) -> None:
    assert predict(client, kit.picture(), instruction="Open it").status_code == 200
    stranger = {"Authorization": ""}
    assert client.get("/health", headers=stranger).json() == {"status": "ok"}
    text = client.get("/metrics", headers=stranger).text
    assert 'hrlctl_requests_total{method="POST",route="/v1/predict",status="200"} 1.0' in text
    assert 'hrlctl_skill_steps_total{skill="open"} 1.0' in text
    assert "hrlctl_batch_size_count 1.0" in text


def test_the_model_is_described(client: TestClient) -> None:
    told = client.get("/v1/model").json()
    assert told["name"] == "fake.onnx"
    assert told["screen"] == {"width": 160, "height": 120}
    assert "open" in told["skills"]
    assert told["tasks"] == ["desktop_basics/open-icon"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_screenshot_is_answered_in_its_own_pixels(
    client: TestClient, kit: Any, kind: str
) -> None:
    content = kit.picture(320, 360, kind)
    answer = predict(client, content, instruction='Open the "calculator"')
    assert answer.status_code == 200
    told = answer.json()
    assert told["action"] == {"type": "click", "x": 24, "y": 36}
    assert told["skill"]["name"] == "open"
    assert told["skill"]["about"] == "calculator"
    assert sum(told["skill"]["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert sum(told["types"].values()) == pytest.approx(1, abs=1e-3)
    assert told["parts"] == {"pointer": pytest.approx(1 / 300, abs=1e-5)}
    assert told["done_probability"] == 0
    assert "session" not in told


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1"])
def test_pictures_of_all_kinds_of_colours_are_read(
    client: TestClient, kit: Any, mode: str, tmp_path: Any
) -> None:
    from PIL import Image

    Image.new("RGB", (160, 120)).convert(mode).save(tmp_path / "picture.png")
    content = (tmp_path / "picture.png").read_bytes()
    assert predict(client, content, instruction="Open it").json()["action"] == {"type": "done"}


def test_a_session_remembers_the_managers_state(client: TestClient, kit: Any) -> None:
    opened = client.post("/v1/sessions", json={"instruction": "Open it", "max_steps": 4})
    assert opened.status_code == 201
    session = opened.json()
    assert session["skill"] is None
    left = []
    for _ in range(2):
        told = predict(client, kit.picture(), session=session["id"]).json()
        left.append(told["skill"]["remaining_steps"])
    assert left == [3, 2]
    seen = client.get(f"/v1/sessions/{session['id']}").json()
    assert (seen["steps"], seen["skill"], seen["said_done"]) == (2, "open", False)
    told = predict(client, kit.picture(color=0), session=session["id"]).json()
    assert told["action"] == {"type": "done"}
    assert told["parts"] == {}
    assert told["session"]["said_done"]
    assert client.delete(f"/v1/sessions/{session['id']}").status_code == 204
    for again in (
        predict(client, kit.picture(), session=session["id"]),
        client.get(f"/v1/sessions/{session['id']}"),
        client.delete(f"/v1/sessions/{session['id']}"),
    ):
        assert again.status_code == 404
        assert "session" in again.json()["detail"]


def test_without_a_session_nothing_is_remembered(client: TestClient, kit: Any) -> None:
    answers = [predict(client, kit.picture(), instruction="Open it").json() for _ in range(2)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("text", ["Öffne „Ωμέγα“", "电脑を開く", "افتح الحاسبة", "🙂", "!!!", "12"])
def test_instructions_may_be_in_any_script(client: TestClient, kit: Any, text: str) -> None:
    assert predict(client, kit.picture(), instruction=text).status_code == 200
    assert client.post("/v1/sessions", json={"instruction": text}).status_code == 201


@pytest.mark.parametrize("text", ["", "   ", "word " * 10_000])
def test_what_is_no_instruction_is_refused(client: TestClient, kit: Any, text: str) -> None:
    assert predict(client, kit.picture(), instruction=text).status_code == 422
    answer = client.post("/v1/sessions", json={"instruction": text})
    assert answer.status_code == 422
    assert len(answer.text) < 500


def test_half_a_character_is_refused(client: TestClient) -> None:
    body = b'{"instruction": "Open \\ud800"}'
    answer = client.post("/v1/sessions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_an_instruction_and_a_session_are_one_too_many(client: TestClient, kit: Any) -> None:
    assert predict(client, kit.picture()).status_code == 422
    answer = predict(client, kit.picture(), instruction="Open it", session="abc")
    assert answer.status_code == 422


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says that it has this many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda kit: b"", 422),
        (lambda kit: b"not a picture", 415),
        (lambda kit: kit.picture(kind="GIF"), 415),
        (lambda kit: kit.picture()[:60], 422),
        (lambda kit: kit.picture(kind="JPEG")[:200], 422),
        (lambda kit: kit.picture(159, 120), 422),
        (lambda kit: kit.picture(1, 1), 422),
        (lambda kit: bomb(5000, 5000), 413),
        (lambda kit: bomb(12_000, 12_000), 413),
        (lambda kit: bomb(60_000, 60_000), 413),
        (lambda kit: bytes(10_000_001), 413),
    ],
    ids=[
        "empty", "text", "gif", "half a png", "half a jpeg", "too small", "one pixel",
        "25 megapixels", "144 megapixels", "a bomb", "ten megabytes",
    ],
)  # fmt: skip
def test_what_is_no_screenshot_is_refused(
    client: TestClient, kit: Any, make: Callable[[Any], bytes], status: int
) -> None:
    answer = predict(client, make(kit), instruction="Open it")
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer wrong", "Basic a-token-for-tests-only", "Bearer a-token-for-tests-onl"],
)
def test_nothing_is_told_without_the_token(client: TestClient, authorization: str) -> None:
    requests = [("GET", "/v1/model"), ("POST", "/v1/predict"), ("POST", "/v1/sessions"),
                ("POST", "/v1/tasks/run"), ("GET", "/v1/none")]  # fmt: skip
    for method, path in requests:
        answer = client.request(method, path, headers={"Authorization": authorization})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_task_is_played_to_its_end(client: TestClient) -> None:
    answer = client.post("/v1/tasks/run", json={"task": "desktop_basics/open-icon", "instance": 3})
    assert answer.status_code == 200
    told = answer.json()
    assert told["task"] == "desktop_basics/open-icon"
    assert len(told["steps"]) == told["max_steps"]
    assert told["steps"][0] == {"action": {"type": "click", "x": 12, "y": 12}, "skill": "open"}
    assert not told["said_done"]
    assert not told["success"]
    assert 'hrlctl_task_runs_total{success="false"} 1.0' in client.get("/metrics").text


def test_a_task_is_played_by_real_programs_whose_desktop_is_closed_again(
    make_client: Callable[..., TestClient], model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here by a stand-in for them: one thread makes it, uses it and closes it."""
    threads: list[str] = []

    class StandIn(SimDesktop):
        def __init__(self, width: int, height: int) -> None:
            super().__init__(width, height)
            threads.append(threading.current_thread().name)

        def close(self) -> None:
            threads.append(threading.current_thread().name)

    wanted: list[tuple[str, int, int]] = []

    def make(kind: str, width: int, height: int) -> StandIn:
        wanted.append((kind, width, height))
        return StandIn(width, height)

    monkeypatch.setattr(task_runs, "make_desktop", make)
    monkeypatch.setattr(task_runs, "check_available", lambda kind, setups: None)
    screen = ScreenInfo(width=320, height=240, cell=8)
    model.info = model.info.model_copy(update={"screen": screen})
    body = {"task": "linux_apps/open-calculator", "desktop": "x11"}
    answer = make_client().post("/v1/tasks/run", json=body)
    assert answer.status_code == 200, answer.text
    assert wanted == [("x11", 320, 240)]
    assert len(threads) == 2
    assert len(set(threads)) == 1


def test_a_desktop_that_nobody_waits_for_any_longer_is_closed(
    model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_opening, may_open, is_closed = (threading.Event() for _ in range(3))

    class Slow(SimDesktop):
        def __init__(self, width: int, height: int) -> None:
            is_opening.set()
            may_open.wait(30)
            super().__init__(width, height)

        def close(self) -> None:
            is_closed.set()

    async def give_up() -> None:
        async with Batcher(model, lambda size: None) as batcher:
            run = asyncio.create_task(
                task_runs.run_task(
                    task_runs.find_task("desktop_basics/open-icon", "sim"), 0, Split.SEEDS, "sim",
                    batcher=batcher,
                    initial_state=model.initial_state(1)[0],
                    interpreter=Interpreter(model.info),
                )
            )  # fmt: skip
            await asyncio.to_thread(is_opening.wait, 30)
            run.cancel()
            await asyncio.sleep(0)  # others are served meanwhile
            may_open.set()
            with pytest.raises(asyncio.CancelledError):
                await run

    monkeypatch.setattr(task_runs, "make_desktop", lambda kind, *size: Slow(*size))
    asyncio.run(give_up())
    assert is_closed.is_set()


def test_a_desktop_that_cannot_be_had_is_said(
    client: TestClient, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(kind: str, setups: object) -> None:
        raise DesktopUnavailableError("there is no Xvfb", hint="apt-get install xvfb")

    monkeypatch.setattr(task_runs, "check_available", missing)
    answer = client.post("/v1/tasks/run", json={"task": "desktop_basics/open-icon"})
    assert answer.status_code == 501
    assert answer.json() == {"detail": "there is no Xvfb", "hint": "apt-get install xvfb"}
    assert client.post("/v1/tasks/run", json={"task": "no/task"}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"task": "desktop_basics/open-icom"},
        {"task": "linux_apps/create-folder"},
        {"task": "desktop_basics/open-icon", "instance": -1},
        {"task": "desktop_basics/open-icon", "set": "all"},
        {"task": "desktop_basics/open-icon", "more": 1},
        {"task": "desktop_basics/open-icon", "desktop": "native"},
        {"task": "linux_apps/create-folder", "desktop": "x11"},  # the model's screens are smaller
        {},
    ],
)
def test_what_is_no_task_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post("/v1/tasks/run", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_more_than_can_be_worked_on_is_refused_at_once(
    make_client: Callable[..., TestClient], model: FakeModel, kit: Any
) -> None:
    client = make_client(requests=1)
    model.may_answer.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(predict, client, kit.picture(), instruction="Open it")
        assert model.is_asked.wait(30)
        second = predict(client, kit.picture(), instruction="Open it")
        assert second.status_code == 503
        assert second.headers["Retry-After"] == "1"
        assert client.get("/health").status_code == 200
        model.may_answer.set()
        assert first.result(timeout=30).status_code == 200
    assert predict(client, kit.picture(), instruction="Open it").status_code == 200


def test_a_model_that_takes_too_long_is_not_waited_for(
    make_client: Callable[..., TestClient], model: FakeModel, kit: Any
) -> None:
    client = make_client(answer_seconds=0.2)
    model.may_answer.clear()
    assert predict(client, kit.picture(), instruction="Open it").status_code == 504
    model.may_answer.set()
    assert client.get("/v1/model").status_code == 200


def test_a_session_takes_one_screenshot_after_the_other(
    client: TestClient, model: FakeModel, kit: Any
) -> None:
    name = client.post("/v1/sessions", json={"instruction": "Open it"}).json()["id"]
    model.may_answer.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(predict, client, kit.picture(), session=name)
        assert model.is_asked.wait(30)
        assert predict(client, kit.picture(), session=name).status_code == 409
        model.may_answer.set()
        assert first.result(timeout=30).status_code == 200
    assert client.get(f"/v1/sessions/{name}").json()["steps"] == 1


def test_a_fault_of_the_model_is_reported_and_others_are_served_on(
    client: TestClient, model: FakeModel, kit: Any
) -> None:
    from hrlctl.errors import HrlctlError

    model.error = HrlctlError("the model is broken")
    answer = predict(client, kit.picture(), instruction="Open it")
    assert (answer.status_code, answer.json()["detail"]) == (500, "the model is broken")
    model.error = None
    assert predict(client, kit.picture(), instruction="Open it").status_code == 200


def test_every_route_is_described_with_what_may_go_wrong(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/health", "/metrics", "/v1/model", "/v1/predict", "/v1/sessions",
        "/v1/sessions/{session_id}", "/v1/tasks/run",
    }  # fmt: skip
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["summary"]
            if path.startswith("/v1/"):
                assert operation["security"] == [{"HTTPBearer": []}]
                assert {"401", "413", "422", "503", "504"} <= set(operation["responses"])
