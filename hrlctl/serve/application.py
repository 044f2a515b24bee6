"""The routes: what clients can ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, File, Form, Request, Response, Security, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer

from hrlctl import __version__
from hrlctl.env.observation import MAX_CHARACTERS, check_instruction
from hrlctl.errors import DesktopUnavailableError, HrlctlError, UsageError
from hrlctl.serve.batching import Batcher
from hrlctl.serve.gate import Gate, Limits, refused
from hrlctl.serve.interpretation import Interpreter
from hrlctl.serve.messages import (
    DEFAULT_STEPS,
    Health,
    ModelMessage,
    PredictionMessage,
    Problem,
    ScreenSizeMessage,
    SessionMessage,
    SessionRequest,
    TaskRunMessage,
    TaskRunRequest,
    TaskStep,
)
from hrlctl.serve.metrics import CONTENT_TYPE, Metrics
from hrlctl.serve.model import Model
from hrlctl.serve.refusals import RefusedError
from hrlctl.serve.screenshots import read_screenshot
from hrlctl.serve.sessions import Session, Sessions
from hrlctl.serve.task_runs import check_screen, find_task, run_task

DECODERS: Final = 2
"""Screenshots that are decoded at the same time; it bounds the memory that they take."""
TASK_RUNS: Final = 2
"""Tasks that are played at the same time."""

_MAY_FAIL: Final[tuple[tuple[HTTPStatus, str], ...]] = (
    (HTTPStatus.UNAUTHORIZED, "The token is missing or wrong."),
    (HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time."),
    (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request or its screenshot is too large."),
    (HTTPStatus.UNPROCESSABLE_ENTITY, "What is asked makes no sense."),
    (HTTPStatus.SERVICE_UNAVAILABLE, "Too much is asked at the same time; try again later."),
    (HTTPStatus.GATEWAY_TIMEOUT, "There was no answer in time."),
)


def _problems(**more: str) -> dict[int | str, dict[str, Any]]:
    """What may go wrong with a route, for OpenAPI: what always may, and ``more`` by its name."""
    described = {int(status): text for status, text in _MAY_FAIL}
    described |= {int(HTTPStatus[name]): text for name, text in more.items()}
    return {status: {"model": Problem, "description": text} for status, text in described.items()}


def create_application(
    model: Model, *, name: str, token: str, limits: Limits | None = None
) -> FastAPI:
    """The application that serves ``model``.

    Args:
        model: that answers.
        name: by which clients are told of it.
        token: that clients have to send for everything below ``/v1``.
        limits: what is taken; the defaults without.
    """
    service = _Service(model, name)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with Batcher(model, service.metrics.batches.observe) as service.batcher:
            yield
        service.decoders.shutdown(wait=True)

    app = FastAPI(
        title="hrlctl",
        version=__version__,
        summary="An agent that operates a computer desktop: screenshots in, actions out.",
        docs_url=None,  # their pages fetch scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.include_router(service.public_routes())
    app.include_router(service.guarded_routes())
    app.add_exception_handler(RequestValidationError, _say_what_is_invalid)
    app.add_exception_handler(HrlctlError, _say_what_went_wrong)
    app.add_middleware(Gate, token=token, limits=limits or Limits(), metrics=service.metrics)
    return app


class _Service:
    """What the routes share, and the routes."""

    batcher: Batcher  # while the application runs

    def __init__(self, model: Model, name: str) -> None:
        self._model, self._name = model, name
        self._initial_state = model.initial_state(1)[0]
        self._interpreter = Interpreter(model.info)
        self._sessions = Sessions(self._initial_state)
        self._task_runs = 0
        self.metrics = Metrics(lambda: len(self._sessions))
        self.decoders = ThreadPoolExecutor(DECODERS, thread_name_prefix="screenshot")

    def public_routes(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/health", self.health, methods=["GET"], summary="Is it there?")
        router.add_api_route(
            "/metrics", self.show_metrics, methods=["GET"], summary="Figures for Prometheus",
            response_class=Response,
            responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        )  # fmt: skip
        return router

    def guarded_routes(self) -> APIRouter:
        # The gate checks the token; this tells OpenAPI.
        bearer = HTTPBearer(auto_error=False)
        router = APIRouter(prefix="/v1", dependencies=[Security(bearer)])
        unknown = {"NOT_FOUND": "There is no such session."}
        router.add_api_route(
            "/model", self.describe, methods=["GET"], summary="What is served",
            responses=_problems(),
        )  # fmt: skip
        router.add_api_route(
            "/predict", self.predict, methods=["POST"], summary="What to do on a screenshot",
            response_model_exclude_none=True,
            responses=_problems(
                **unknown,
                BAD_REQUEST="The form cannot be read.",
                CONFLICT="The session waits for another answer.",
                UNSUPPORTED_MEDIA_TYPE="The screenshot is neither PNG nor JPEG.",
            ),
        )  # fmt: skip
        router.add_api_route(
            "/sessions", self.open_session, methods=["POST"], status_code=201,
            summary="Begin an instruction that takes several screenshots",
            responses=_problems(BAD_REQUEST="The body cannot be read."),
        )  # fmt: skip
        router.add_api_route(
            "/sessions/{session_id}", self.show_session, methods=["GET"],
            summary="Where a session stands", responses=_problems(**unknown),
        )  # fmt: skip
        router.add_api_route(
            "/sessions/{session_id}", self.close_session, methods=["DELETE"], status_code=204,
            summary="Forget a session", responses=_problems(**unknown),
        )  # fmt: skip
        router.add_api_route(
            "/tasks/run", self.play_task, methods=["POST"],
            summary="Play a task on a desktop of its own", response_model_exclude_none=True,
            responses=_problems(
                BAD_REQUEST="The body cannot be read.",
                TOO_MANY_REQUESTS="Other tasks are being played.",
                NOT_IMPLEMENTED="The desktop, or a program on it, is not there.",
            ),
        )  # fmt: skip
        return router

    async def health(self) -> Health:
        return Health()

    async def show_metrics(self) -> Response:
        return Response(self.metrics.text(), media_type=CONTENT_TYPE)

    async def describe(self) -> ModelMessage:
        info = self._model.info
        return ModelMessage(
            name=self._name,
            hrlctl_version=info.hrlctl_version,
            policy=info.policy.kind,
            encoder=info.policy.encoder,
            parameters=info.parameters,
            screen=ScreenSizeMessage(width=info.screen.width, height=info.screen.height),
            skills=list(info.state.skills),
            action_types=[kind.name for kind in info.action.types],
            keys=list(info.action.keys),
            done_threshold=info.done_threshold,
            tasks=None if info.tasks is None else list(info.tasks),
            training_steps=info.training.steps if info.training else None,
            training_success_rate=info.training.success_rate if info.training else None,
        )

    async def predict(
        self,
        screenshot: Annotated[UploadFile, File(description="The screen as PNG or JPEG.")],
        instruction: Annotated[
            str | None,
            Form(
                max_length=MAX_CHARACTERS,
                description="What is to be done, where this is the first and only screenshot.",
            ),
        ] = None,
        session: Annotated[
            str | None,
            Form(max_length=100, description="The id of a session, in place of an instruction."),
        ] = None,
    ) -> PredictionMessage:
        if (instruction is None) == (session is None):
            raise UsageError(
                "give either an instruction or a session",
                hint="a session has its instruction from when it was opened",
            )
        if session is not None:
            kept = self._sessions.find(session)
            with self._sessions.using(kept):
                answer = await self._predict(kept, screenshot)
            return answer.model_copy(update={"session": self._session(kept)})
        passing = self._sessions.passing(check_instruction(instruction or ""), DEFAULT_STEPS)
        return await self._predict(passing, screenshot)

    async def _predict(self, session: Session, upload: UploadFile) -> PredictionMessage:
        interpreter, texts = self._interpreter, session.reading.texts
        actions = interpreter.actions
        content = await upload.read()
        loop = asyncio.get_running_loop()
        shot = await loop.run_in_executor(
            self.decoders, read_screenshot, content, actions.width, actions.height
        )
        reply = await self.batcher.ask(session.question(shot.screen, actions))
        session.take(reply, actions, says_done=interpreter.says_done(reply))
        skill = interpreter.skill(reply, texts)
        if skill is not None:
            self.metrics.skills.labels(skill.name).inc()
        return PredictionMessage(
            action=interpreter.action(interpreter.command(reply, texts), shot.width, shot.height),
            done_probability=reply.done_probability,
            types=interpreter.types(reply),
            parts=interpreter.parts(reply),
            skill=skill,
        )

    async def open_session(self, wanted: SessionRequest) -> SessionMessage:
        instruction = check_instruction(wanted.instruction)
        return self._session(self._sessions.open(instruction, wanted.max_steps))

    async def show_session(self, session_id: str) -> SessionMessage:
        return self._session(self._sessions.find(session_id))

    async def close_session(self, session_id: str) -> None:
        self._sessions.close(session_id)

    def _session(self, session: Session) -> SessionMessage:
        decision = self._interpreter.decision(session.state, session.reading.texts)
        return SessionMessage(
            id=session.id,
            instruction=session.instruction,
            max_steps=session.max_steps,
            steps=session.steps,
            said_done=session.said_done,
            skill=decision.skill if decision else None,
            about=decision.about if decision else None,
            remaining_steps=decision.remaining if decision else 0,
        )

    async def play_task(self, wanted: TaskRunRequest) -> TaskRunMessage:
        if self._task_runs >= TASK_RUNS:
            raise RefusedError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{TASK_RUNS} tasks are being played",
                hint="wait until one of them has ended",
                retry_after=5,
            )
        self._task_runs += 1
        try:
            # Packs are read from files when the first of their tasks is asked for.
            check_screen(wanted.desktop, self._interpreter.actions)
            task = await asyncio.to_thread(find_task, wanted.task, wanted.desktop)
            run = await run_task(
                task,
                wanted.instance,
                wanted.set,
                wanted.desktop,
                batcher=self.batcher,
                initial_state=self._initial_state,
                interpreter=self._interpreter,
            )
        finally:
            self._task_runs -= 1
        self.metrics.tasks.labels(str(run.success).lower()).inc()
        size = self._interpreter.actions.width, self._interpreter.actions.height
        for step in run.steps:
            if step.skill is not None:
                self.metrics.skills.labels(step.skill).inc()
        return TaskRunMessage(
            task=run.instance.task_id,
            instruction=run.instance.instruction,
            success=run.success,
            said_done=run.said_done,
            max_steps=run.instance.max_steps,
            steps=[
                TaskStep(action=self._interpreter.action(step.command, *size), skill=step.skill)
                for step in run.steps
            ],
        )


async def _say_what_is_invalid(request: Request, error: Exception) -> JSONResponse:
    """What was sent is not repeated: it may be long, or no text that JSON can hold."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or "the body"
    detail = f"{place}: {first['msg']}".encode(errors="replace").decode()
    return JSONResponse({"detail": detail, "hint": None}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _say_what_went_wrong(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HrlctlError)
    if isinstance(error, RefusedError):
        return refused(error, request.scope)
    match error:
        case UsageError():
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        case DesktopUnavailableError():
            status = HTTPStatus.NOT_IMPLEMENTED
        case _:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = error.message.encode(errors="replace").decode()
    return JSONResponse({"detail": detail, "hint": error.hint}, status)
