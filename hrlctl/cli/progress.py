"""What the live panel knows of a run: the newest of each kind of event, and the success curve."""

from __future__ import annotations

from dataclasses import dataclass, field

from hrlctl.events import (
    CheckpointSaved,
    CloningProgressed,
    DemonstrationsPlayed,
    EpisodeFinished,
    Event,
    RunFinished,
    RunStarted,
    StageAdvanced,
    StageReopened,
    UpdateFinished,
    View,
    WarningRaised,
    WorkerRestarted,
)

MAX_POINTS = 2000
UPDATES_A_NOTICE_STAYS = 10


@dataclass
class RunProgress:
    """The state of a run as far as events told it."""

    started: RunStarted | None = None
    warm_start: DemonstrationsPlayed | CloningProgressed | None = None
    update: UpdateFinished | None = None
    finished: RunFinished | None = None
    view: View | None = None
    checkpoint: CheckpointSaved | None = None
    steps: int = 0
    episodes: int = 0
    is_stopping: bool = False
    curve: list[tuple[float, float]] = field(default_factory=list)  # (steps, success rate)
    notices: list[str] = field(default_factory=list)
    _noted_at: int = 0  # the update after which the newest notice came

    def apply(self, event: Event) -> None:
        """Take over what an event says."""
        self.steps = max(self.steps, getattr(event, "steps", 0))
        match event:
            case RunStarted():
                self.started = event
            case DemonstrationsPlayed() | CloningProgressed():
                self.warm_start = event
            case EpisodeFinished():
                self.episodes += 1
            case UpdateFinished():
                self._apply_update(event)
            case CheckpointSaved():
                self.checkpoint = event
            case StageAdvanced():
                self.note(
                    f"{event.from_stage} passed at {event.success_rate:.0%} "
                    f"after {event.steps_in_stage:,} steps: now {event.to_stage}"
                )
            case StageReopened():
                self.note(f"{event.stage} slipped to {event.success_rate:.0%}: open again")
            case WarningRaised():
                hint = f" ({event.hint})" if event.hint else ""
                self.note(f"warning: {event.message}{hint}")
            case WorkerRestarted():
                self.note(f"warning: worker {event.worker} restarted: {event.reason}")
            case RunFinished():
                self.finished = event

    def note(self, text: str) -> None:
        """Take over something that the user should read."""
        self.notices.append(text)
        self._noted_at = self._updates

    @property
    def recent_notice(self) -> str | None:
        """The newest notice, while it is new."""
        is_new = self._updates - self._noted_at <= UPDATES_A_NOTICE_STAYS
        return self.notices[-1] if self.notices and is_new else None

    @property
    def _updates(self) -> int:
        return self.update.update if self.update else 0

    @property
    def seconds_left(self) -> float | None:
        """At the present rate; ``None`` until there is one."""
        if self.update is None or self.update.steps_per_second <= 0:
            return None
        return max(0, self.update.total_steps - self.steps) / self.update.steps_per_second

    def _apply_update(self, update: UpdateFinished) -> None:
        self.update = update
        self.view = update.view or self.view
        if update.success_rate is not None:
            self.curve.append((update.steps, update.success_rate))
        if len(self.curve) > MAX_POINTS:
            self.curve = self.curve[::2]
