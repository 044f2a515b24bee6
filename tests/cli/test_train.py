"""``hrlctl train``: options to configuration, events to output, signals to exit codes."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app
from hrlctl.cli.train import OPTIONS
from hrlctl.config.keys import known_keys
from hrlctl.errors import CheckpointError, StorageError
from hrlctl.events import WarningRaised
from hrlctl.schema.run import PolicyConfig, RunConfig, TrainingConfig


def run(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(app, ["train", *arguments], env=environ)


def test_options_reach_the_engine(engine: Any) -> None:
    result = run(
        *"--difficulty medium --total-timesteps 1e5 --buffer-size 4096".split(),
        *"--learning-rate 3e-4".split(),
        *"--no-curriculum --policy flat --encoder efficientnet_b0 --device cpu --seed 7".split(),
        *"--pack one --pack two --task one/a --tasks mine.json --keep 3 --workers 2".split(),
        *"--save-dir saved --log-dir logged --init-from weights.pt --profile run.prof".split(),
    )
    assert result.exit_code == 0, result.stderr
    config = engine.config
    assert config.curriculum.difficulty.value == "MEDIUM"
    assert not config.curriculum.enabled
    assert config.training.total_timesteps == 100_000
    assert config.training.buffer_size == 4096
    assert config.training.learning_rate == 3e-4
    assert (config.training.device, config.training.seed) == ("cpu", 7)
    assert (config.training.keep, config.training.workers) == (3, 2)
    assert (config.policy.kind, config.policy.encoder) == ("flat", "efficientnet_b0")
    assert config.environment.packs == ("one", "two")
    assert config.environment.tasks == ("one/a",)
    assert config.environment.task_file == Path("mine.json")
    assert config.output.save_dir == Path("saved")
    assert engine.log_folder.parent == Path("logged")
    assert engine.arguments["init_from"] == Path("weights.pt")
    assert engine.arguments["profile"] == Path("run.prof")
    assert engine.arguments["resume"] is None


def test_rollout_steps_and_buffer_size_are_one(engine: Any) -> None:
    run("--rollout-steps", "1024")
    assert engine.config.training.buffer_size == 1024


def test_a_resumed_run_keeps_its_configuration_but_for_what_is_given(engine: Any) -> None:
    checkpoint = Path("checkpoint_1.pt")
    stored = RunConfig(
        training=TrainingConfig(gamma=0.9, total_timesteps=10), policy=PolicyConfig(kind="flat")
    )
    engine.stored_configs[checkpoint] = stored
    Path("config").mkdir()
    Path("config/config.yaml").write_text("training:\n  gamma: 0.97\n")

    result = run("--resume", str(checkpoint), "--total-timesteps", "20")

    assert result.exit_code == 0, result.stderr
    assert engine.arguments["resume"] == checkpoint
    training = stored.training.model_copy(update={"total_timesteps": 20})
    assert engine.config == stored.model_copy(update={"training": training})


def test_every_option_has_a_key() -> None:
    assert set(OPTIONS) <= set(known_keys())


def test_plain_output_has_the_documented_block(engine: Any) -> None:
    result = run("--plain")
    assert result.exit_code == 0
    assert (
        "Update 10/488 | Step 20480/1000000\n"
        "FPS: 156.23 | Time: 131.12s\n"
        "Mean Reward: 8.42\n"
        "Success Rate: 45.00%\n"
        "Policy Loss: 0.0234\n"
        "Value Loss: 0.1156\n" in result.stdout
    )
    assert "Success Rate: n/a" in result.stdout
    for news in (
        "checkpoint_20000.pt",
        "the manager has collapsed",
        "MEDIUM",
        "slipped to 45.00%",
        "it hung",
    ):
        assert news in result.stdout
    assert "hrlctl eval checkpoints/final_model.pt" in result.stderr


def test_plain_is_what_a_pipe_gets(engine: Any) -> None:
    assert run().stdout == run("--plain").stdout


def test_json_is_one_object_an_event_and_nothing_else(engine: Any) -> None:
    result = run("--json", "--learning-rate", "0.5")
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    assert [o["type"] for o in objects] == [
        "warning_raised",  # of the configuration: the rate is outside of its range
        "run_started",
        "demonstrations_played",
        "cloning_progressed",
        "episode_finished",
        "update_finished",
        "update_finished",
        "checkpoint_saved",
        "warning_raised",
        "worker_restarted",
        "stage_advanced",
        "stage_reopened",
        "run_finished",
    ]
    update = objects[6]
    assert update["success_rate"] == 0.45
    assert update["diagnostics"] == {"approximate_kl": 0.01, "explained_variance": None}
    assert update["tasks"][0]["task_id"] == "desktop_basics/task_00"
    assert "screen" not in update["view"]
    assert objects[-1]["final_model"] == "checkpoints/final_model.pt"


@pytest.mark.parametrize(("form", "ending"), [((), "Finished at"), (("--json",), "run_finished")])
def test_quiet_is_warnings_and_the_end(engine: Any, form: tuple[str, ...], ending: str) -> None:
    result = run("--quiet", *form)
    assert result.exit_code == 0
    assert ending in result.stdout.splitlines()[0]
    assert "Update" not in result.stdout
    assert "the manager has collapsed" in result.stderr
    assert "it hung" in result.stderr
    assert "measure it with" not in result.stderr


def test_every_event_of_the_engine_is_recorded(engine: Any) -> None:
    run("--plain")
    assert engine.recorded == [event for event in engine.events if not callable(event)]


def test_the_runs_folder_is_tensorboards_and_its_troubles_are_told(engine: Any) -> None:
    engine.warning_at_the_end = WarningRaised(9, "the folder is full")
    result = run("--plain")
    assert result.exit_code == 0
    assert engine.run_folder == engine.log_folder
    assert "the folder is full" in result.stdout + result.stderr


def test_dry_run_shows_values_and_sources_and_trains_nothing(engine: Any) -> None:
    table = run("--dry-run", "--no-curriculum", TOTAL_STEPS="1000")
    data = json.loads(run("--dry-run", "--json", "--gamma", "0.5", DEVICE="cpu").stdout)
    assert engine.config is None
    rows = {row.split()[0]: row.split()[1:] for row in table.stdout.splitlines() if row.strip()}
    assert rows["training.total_timesteps"] == ["1000", "TOTAL_STEPS"]
    assert rows["curriculum.enabled"] == ["false", "--no-curriculum"]
    assert data["config"]["training"]["gamma"] == 0.5
    assert data["sources"]["training.gamma"]["name"] == "--gamma"
    assert data["sources"]["training.device"] == {
        "kind": "environment",
        "name": "DEVICE",
        "line": None,
    }
    assert len(data["warnings"]) == 1


@pytest.mark.parametrize(
    ("arguments", "environ", "mentions"),
    [
        (["--encoder", "compat"], {}, ["--encoder", "compat", "compact"]),
        (["--difficulty", "EASYY"], {}, ["EASYY", "EASY"]),
        (["--device", "cpuu"], {}, ["cpuu", "cpu"]),
        (["--learning-rate", "-1"], {}, ["--learning-rate", "-1"]),
        (["--config", "missing.yaml"], {}, ["missing.yaml"]),
        (["--resume", "a.pt", "--init-from", "b.pt"], {}, ["--resume", "--init-from"]),
        (["--plain", "--json"], {}, ["--plain", "--json"]),
        ([], {"TRAINING_ENABLED": "false"}, ["TRAINING_ENABLED"]),
        ([], {"TOTAL_STEPS": "many"}, ["TOTAL_STEPS", "many"]),
        ([], {"LOG_LEVEL": "loud"}, ["LOG_LEVEL", "LOUD"]),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    engine: Any, arguments: list[str], environ: dict[str, str], mentions: list[str]
) -> None:
    result = run(*arguments, **environ)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert engine.config is None
    for word in mentions:
        assert word in result.stderr


@pytest.mark.parametrize("error", [CheckpointError, StorageError])
def test_an_error_of_the_engine_is_a_message_and_its_exit_code(engine: Any, error: Any) -> None:
    def fail() -> None:
        raise error("it is broken", where="checkpoint_1.pt", hint="take another")

    engine.events.insert(3, fail)
    result = run("--plain")
    assert result.exit_code == 1
    assert result.stderr == "error: checkpoint_1.pt: it is broken\nhint: take another\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_the_engine_to_save_and_says_how_to_resume(
    engine: Any, events: Any, number: int
) -> None:
    engine.events = [
        events.started(),
        events.update(1),
        lambda: os.kill(os.getpid(), number),
        events.update(2),
        events.finished(interrupted=True),
    ]
    result = run("--plain")
    assert engine.was_stopped
    assert result.exit_code == 130
    assert "hrlctl train --resume checkpoints/checkpoint_20480.pt" in result.stderr


def test_a_second_signal_ends_at_once(engine: Any, events: Any) -> None:
    before = signal.getsignal(signal.SIGINT)  # ignored in a job that a shell put in the background
    engine.events[1:1] = [lambda: os.kill(os.getpid(), signal.SIGINT)] * 2
    result = run("--plain")
    assert result.exit_code == 130
    assert "Update" not in result.stdout
    assert signal.getsignal(signal.SIGINT) is before


def test_records_go_to_standard_error(engine: Any) -> None:
    engine.events.insert(1, lambda: logging.getLogger("hrlctl.training").info("a detail"))
    assert "a detail" in run("--json", LOG_LEVEL="info").stderr
    assert "a detail" not in run("--json").stderr


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hrlctl", "train", "--dry-run", "--seed", "x"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "--seed" in done.stderr
    assert "Traceback" not in done.stderr
