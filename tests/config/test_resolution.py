"""Precedence, provenance, and what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from hrlctl.config import PRESETS, Resolved, SourceKind, resolve
from hrlctl.config.resolution import StoredConfig
from hrlctl.errors import ConfigurationError, HrlctlError, UnknownNameError
from hrlctl.schema.run import RunConfig, TrainingConfig

GAMMA = "training.gamma"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str, name: str = "run.yaml") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_each_place_wins_over_the_ones_below_it() -> None:
    file = write("training:\n  gamma: 0.97\n")
    variables = {"HRLCTL_TRAINING_GAMMA": "0.98"}

    everything = resolve({GAMMA: "0.99"}, variables, file, option_names={GAMMA: "--gamma"})
    without_option = resolve({}, variables, file)
    only_file = resolve({}, {}, file)
    nothing = resolve({}, {})

    assert [r.config.training.gamma for r in (everything, without_option, only_file, nothing)] == [
        0.99,
        0.98,
        0.97,
        TrainingConfig().gamma,
    ]
    assert str(everything.sources[GAMMA]) == "--gamma"
    assert str(without_option.sources[GAMMA]) == "HRLCTL_TRAINING_GAMMA"
    assert str(only_file.sources[GAMMA]) == "run.yaml:2"
    assert nothing.sources[GAMMA].kind is SourceKind.DEFAULT


def test_every_key_has_a_source() -> None:
    keys = {
        f"{section}.{name}"
        for section, values in RunConfig().model_dump().items()
        for name in values
    }
    assert set(resolve({}, {}).sources) == keys


def test_a_preset_stands_under_everything_given_and_over_the_defaults() -> None:
    fast = resolve({}, {})
    classic = resolve({"training.preset": "classic"}, {})
    file = write("training:\n  update_epochs: 7\n")

    key, value = "training.update_epochs", PRESETS["fast"]["training.update_epochs"]
    assert fast.config.training.update_epochs == value
    assert str(fast.sources[key]) == "preset fast"
    assert classic.config.training.update_epochs == TrainingConfig().update_epochs
    assert resolve({}, {}, file).config.training.update_epochs == 7


def test_a_warm_start_takes_smaller_steps_unless_it_is_told_otherwise() -> None:
    plain = resolve({}, {})
    warm = resolve({"training.demonstrations": "100"}, {})
    told = resolve({"training.learning_rate": "0.003"}, {"HRLCTL_TRAINING_DEMONSTRATIONS": "100"})
    assert warm.config.training.learning_rate < plain.config.training.learning_rate
    assert warm.config.training.critic_steps > 0 == plain.config.training.critic_steps
    assert str(warm.sources["training.learning_rate"]) == "preset warm start"
    assert told.config.training.learning_rate == 0.003
    assert told.config.training.critic_steps == warm.config.training.critic_steps


@pytest.mark.parametrize(("device", "preset"), [("cpu", "fast"), ("cuda:0", "classic")])
def test_the_device_chooses_the_preset(device: str, preset: str) -> None:
    chosen = resolve({"training.device": device}, {})
    named = resolve({"training.device": device, "training.preset": preset}, {})
    assert chosen.config.training.learning_rate == named.config.training.learning_rate
    assert chosen.config.training.num_envs == named.config.training.num_envs


def test_the_default_file_is_read_where_it_exists_and_not_when_resuming() -> None:
    write("training:\n  gamma: 0.97\n", "config/config.yaml")
    stored = StoredConfig(RunConfig(training=TrainingConfig(gamma=0.96)), Path("checkpoint_1.pt"))

    resumed = resolve({"training.seed": 3}, {}, stored=stored)

    assert resolve({}, {}).config.training.gamma == 0.97
    assert resumed.config.training.gamma == 0.96
    assert resumed.config.training.seed == 3
    assert str(resumed.sources[GAMMA]) == "checkpoint checkpoint_1.pt"


def test_the_default_task_file_is_used_unless_tasks_are_named() -> None:
    write("[]", "config/tasks.json")
    assert resolve({}, {}).config.environment.task_file == Path("config/tasks.json")
    named = resolve({"environment.tasks": ["desktop_basics/open"]}, {})
    assert named.config.environment.task_file is None
    assert named.config.environment.tasks == ("desktop_basics/open",)


def test_short_variables_name_the_usual_keys() -> None:
    variables = {"DEVICE": "cpu", "TOTAL_STEPS": "5e5", "DIFFICULTY": "medium"}
    config = resolve({}, variables).config
    assert config.training.device == "cpu"
    assert config.training.total_timesteps == 500_000
    assert config.curriculum.difficulty.value == "MEDIUM"


@pytest.mark.parametrize(
    ("variable", "text", "section", "name", "value"),
    [
        ("HRLCTL_CURRICULUM_ENABLED", "no", "curriculum", "enabled", False),
        ("HRLCTL_ENVIRONMENT_PACKS", "a, b", "environment", "packs", ("a", "b")),
        ("HRLCTL_TRAINING_TARGET_KL", "none", "training", "target_kl", None),
        ("HRLCTL_TRAINING_TARGET_KL", "2e-2", "training", "target_kl", 0.02),
        ("HRLCTL_OUTPUT_SAVE_DIR", "123", "output", "save_dir", Path("123")),
        ("HRLCTL_TRAINING_KEEP", "", "training", "keep", 0),
        ("HRLCTL_TRAINING_MIXED_PRECISION", "off", "training", "mixed_precision", "off"),
    ],
)
def test_variables_are_read_as_their_keys_type(
    variable: str, text: str, section: str, name: str, value: object
) -> None:
    config = resolve({}, {variable: text}).config
    assert getattr(getattr(config, section), name) == value


def test_an_unknown_variable_warns_and_an_unknown_key_of_ours_is_refused() -> None:
    (warning,) = resolve({}, {"HRLCTL_TELEMETRY": "1"}).warnings
    assert "HRLCTL_TELEMETRY" in warning
    with pytest.raises(UnknownNameError) as caught:
        resolve({}, {"HRLCTL_TRAINING_LEARNING_RAT": "1"})
    assert "HRLCTL_TRAINING_LEARNING_RATE" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("key", "value", "warns"),
    [
        ("training.learning_rate", 1e-3, False),
        ("training.learning_rate", 2e-3, True),
        ("training.clip_epsilon", 0.05, True),
        ("training.gamma", 0.9, True),
        ("training.gae_lambda", 1.0, True),
        ("training.buffer_size", 1024, False),
        ("training.buffer_size", 16384, True),
    ],
)
def test_values_outside_the_documented_ranges_warn(key: str, value: float, warns: bool) -> None:
    assert bool(resolve({key: value}, {}).warnings) is warns


def test_a_preset_does_not_warn_about_its_own_values() -> None:
    assert resolve({}, {}).warnings == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("training.learning_rate", "-1"),
        ("training.learning_rate", math.inf),
        ("training.gamma", math.nan),
        ("training.gamma", "1.5"),
        ("training.total_timesteps", "0"),
        ("training.total_timesteps", "many"),
        ("training.seed", "1.5"),
        ("training.num_envs", "100000"),  # more than the transitions of an update
        ("training.device", "gpu"),
        ("environment.screen_width", "161"),
    ],
)
def test_nonsense_is_refused_and_names_the_option(key: str, value: object) -> None:
    with pytest.raises(HrlctlError) as caught:
        resolve({key: value}, {}, option_names={key: "--the-option"})
    assert caught.value.where == "--the-option"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "line", "mentions"),
    [
        ("training:\n  learning_rate: fast\n", 2, ["training.learning_rate", "number", "'fast'"]),
        ("training:\n  gamma: '0.9'\n", 2, ["training.gamma", "number"]),
        ("training:\n  seed: 1\n  num_envs: true\n", 3, ["training.num_envs", "whole number"]),
        ("training:\n  seed: 1\n  seed: 2\n", 3, ["seed"]),
        ("training:\n  learning_rat: 1\n", 2, ["learning_rat"]),
        ("training:\n  easy_threshold: 0.5\n", 2, ["easy_threshold"]),
        ("# a comment\ntrainin:\n  seed: 1\n", 2, ["trainin"]),
        ("training: [1, 2]\n", 1, ["training"]),
        ("just words\n", 1, ["just words"]),
        ("training:\n  gamma: [0.9\n", 3, ["YAML"]),
        ("training: &a\n  seed: 1\ncurriculum: *a\n", 3, ["alias"]),
        ("curriculum:\n  difficulty: EASYY\n", 2, ["EASYY"]),
        ("policy:\n  encoder: resnet\n", 2, ["encoder", "resnet"]),
        ("environment:\n  packs: {a: 1}\n", 2, ["environment.packs", "list"]),
        ("training:\n  gamma: " + "[" * 5000 + "]" * 5000, 2, ["nest"]),  # libyaml has a limit, too
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, line: int, mentions: list[str]) -> None:
    file = write(text)
    with pytest.raises(HrlctlError) as caught:
        resolve({}, {}, file)
    assert caught.value.where == f"run.yaml:{line}"
    for word in mentions:
        assert word in caught.value.message


def test_a_key_of_another_section_is_pointed_to_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve({}, {}, write("training:\n  easy_threshold: 0.5\n"))
    assert "curriculum" in str(caught.value.hint)


def test_yaml_numbers_words_and_empty_sections_are_read_as_people_write_them() -> None:
    file = write(
        "training:\n  learning_rate: 1e-4\n  total_timesteps: 1e6\n  buffer_size: 4_096\n"
        "  mixed_precision: off\n  target_kl: ~\n"
        "curriculum:\n  difficulty: hard\n  easy_threshold: 1\n"
        "policy:\n  # kind: flat\n"
        "environment:\n  packs: [one, two]\n"
    )
    config = resolve({}, {}, file).config
    assert config.training.learning_rate == 1e-4
    assert config.training.total_timesteps == 1_000_000
    assert config.training.buffer_size == 4096
    assert config.training.mixed_precision == "off"
    assert config.training.target_kl is None
    assert config.curriculum.difficulty.value == "HARD"
    assert config.curriculum.easy_threshold == 1.0
    assert config.environment.packs == ("one", "two")


def test_an_empty_file_changes_nothing() -> None:
    assert resolve({}, {}, write("# nothing\n")).config == resolve({}, {}).config


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_one_message(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve({}, {}, Path(name))
    assert caught.value.where == name


def test_a_resolved_configuration_is_stable() -> None:
    first, second = (resolve({"training.seed": 1}, {"DEVICE": "cpu"}) for _ in range(2))
    assert isinstance(first, Resolved)
    assert first == second
