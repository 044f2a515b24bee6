"""A real server: its beginning, its end, what it refuses, and a fuzzer against its OpenAPI."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from typer.testing import CliRunner

from hrlctl.cli.app import app
from hrlctl.errors import UsageError
from hrlctl.serve.server import HEAD_SECONDS, is_loopback, listening_socket, read_token

ROOT = Path(__file__).parents[2]
# The command as it is, with a model that needs no file.
START = (
    "from hrlctl.serve import server; from tests.serve.conftest import FakeModel; "
    "server.load_model = lambda *_, **__: FakeModel(); "
    "server.HEAD_SECONDS = {head_seconds}; "
    "from hrlctl.cli.app import main; main()"
)


class Server(NamedTuple):
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    headers: dict[str, str]


def start(*options: str, head_seconds: float = HEAD_SECONDS) -> Server:
    code = START.format(head_seconds=head_seconds)
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "fake.onnx", "--port", "0", "--json", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    told = json.loads(line)
    return Server(process, told["url"], {"Authorization": f"Bearer {told['token']}"})


def stop(server: Server) -> tuple[int, str]:
    """How it ends, and what it said."""
    server.process.terminate()
    _, said = server.process.communicate(timeout=60)
    return server.process.returncode, said


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = start()
    yield running
    code, said = stop(running)
    assert code == 0
    assert "Traceback" not in said


def test_it_answers_with_a_token_that_was_drawn(server: Server) -> None:
    assert httpx2.get(f"{server.url}/health").json() == {"status": "ok"}
    assert httpx2.get(f"{server.url}/v1/model").status_code == 401
    told = httpx2.get(f"{server.url}/v1/model", headers=server.headers)
    assert told.json()["name"] == "fake.onnx"


def test_ten_megabytes_are_refused_before_they_are_read(server: Server) -> None:
    with socket.create_connection(_address(server)) as link:
        head = f"POST /v1/predict HTTP/1.1\r\nHost: here\r\nContent-Length: {10**9}\r\n"
        link.sendall(f"{head}Authorization: {server.headers['Authorization']}\r\n\r\n".encode())
        assert b" 413 " in link.recv(1000)


def test_a_body_without_a_length_is_bounded_too(server: Server) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield bytes(100_000)

    try:
        answer = httpx2.post(f"{server.url}/v1/predict", content=endless(), headers=server.headers)
        assert answer.status_code == 413
    except httpx2.TransportError:
        pass  # the server hung up in the middle of it, which bounds it as well
    assert httpx2.get(f"{server.url}/health").status_code == 200


def test_clients_that_hang_up_do_no_harm(server: Server) -> None:
    for sent in (b"POST /v1/predict HTTP/1.1\r\nHost: here\r\n", b"\x00\xff", b""):
        head = sent
        if sent.startswith(b"POST"):
            token = server.headers["Authorization"].encode()
            head += b"Content-Length: 100\r\nAuthorization: " + token + b"\r\n\r\nhalf"
        with socket.create_connection(_address(server)) as link:
            link.sendall(head)
    assert httpx2.get(f"{server.url}/v1/model", headers=server.headers).status_code == 200


def test_who_does_not_ask_is_hung_up_on_and_who_has_asked_is_not() -> None:
    running = start(head_seconds=0.5)
    body = b'{"instruction": "Open it"}'
    head = (
        f"Host: here\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: {running.headers['Authorization']}\r\n\r\n"
    )
    with socket.create_connection(_address(running), timeout=30) as asked:
        asked.sendall(f"POST /v1/sessions HTTP/1.1\r\n{head}".encode())
        whole = b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n"
        for sent in (b"", whole[:20], whole, whole + whole[:20]):
            with socket.create_connection(_address(running), timeout=30) as link:
                link.sendall(sent)
                with link.makefile("rb") as answers:
                    assert answers.read().count(b'"ok"') == sent.count(whole)
        asked.sendall(body)
        assert b" 201 " in asked.recv(1000)
    assert stop(running)[0] == 0


def _address(server: Server) -> tuple[str, int]:
    url = httpx2.URL(server.url)
    assert url.port is not None
    return url.host, url.port


def test_ctrl_c_ends_it_after_what_is_being_answered(tmp_path: Path) -> None:
    (file := tmp_path / "token").write_text("0123456789abcdef\n")
    running = start("--token-file", str(file))
    body = b'{"instruction": "Open it"}'
    head = (
        "POST /v1/sessions HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
        "Authorization: Bearer 0123456789abcdef\r\nExpect: 100-continue\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(_address(running)) as link:
        link.sendall(head.encode())
        assert b" 100 " in link.recv(1000)  # it is being answered
        running.process.send_signal(signal.SIGINT)
        _wait_until_refused(running)
        link.sendall(body)
        assert b" 201 " in link.recv(1000)
    _, said = running.process.communicate(timeout=60)
    assert (running.process.returncode, said) == (0, "")


def _wait_until_refused(server: Server) -> None:
    """Return once nobody listens any more; who waited to be accepted just then is reset."""
    while True:
        try:
            socket.create_connection(_address(server)).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            continue


def test_a_port_in_use_is_named(server: Server) -> None:
    port = str(_address(server)[1])
    result = CliRunner().invoke(app, ["serve", "none.onnx", "--port", port])
    assert result.exit_code == 2
    assert f"port {port}" in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_others_are_not_let_in_without_a_token_file(host: str) -> None:
    result = CliRunner().invoke(app, ["serve", "none.onnx", "--host", host])
    assert result.exit_code == 2
    assert "--token-file" in result.stderr


def test_a_missing_model_is_named() -> None:
    result = CliRunner().invoke(app, ["serve", "none.onnx", "--port", "0"])
    assert result.exit_code == 1
    assert "no such file" in result.stderr


def test_which_hosts_are_this_machine() -> None:
    assert all(map(is_loopback, ["127.0.0.1", "127.8.9.1", "::1", "localhost"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "10.0.0.1", "localhost.example.org"]))


@pytest.mark.parametrize(
    "content", ["", "short", "two words are no token", "ä" * 20, "a" * 8 + "\n" + "b" * 8]
)
def test_what_is_no_token_is_refused(tmp_path: Path, content: str) -> None:
    (file := tmp_path / "token").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError):
        read_token(file)
    with pytest.raises(UsageError):
        read_token(tmp_path / "none")


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(UsageError), listening_socket(host, 0):
        pass


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_whatever_is_sent_the_answer_is_one_that_is_described(server: Server) -> None:
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 8
    for operation in operations:

        @settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers=server.headers, checks=CHECKS)

        ask()
