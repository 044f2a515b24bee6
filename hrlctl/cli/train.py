"""``hrlctl train``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from hrlctl.cli.completers import complete_model, complete_pack, complete_task
from hrlctl.cli.model_argument import model_file

HELP = (
    "Train an agent on desktop tasks, from pixels and written instructions.\n\n"
    "Without any option it learns the EASY tasks and moves on to harder ones. On a terminal a "
    "live panel shows how it is going; Ctrl-C saves and says how to resume.\n\n"
    "A value comes from the command line, else from the environment (DEVICE, TOTAL_STEPS, "
    "DIFFICULTY, HRLCTL_TRAINING_GAMMA ...), else from the YAML file, else from the preset."
)
EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl train --difficulty EASY[/cyan]

  [cyan]hrlctl train --total-timesteps 1e6 --task desktop_basics/open-icon --seed 1[/cyan]

  [cyan]hrlctl train --resume checkpoints/checkpoint_50000.pt[/cyan]  (goes on exactly there)

  [cyan]hrlctl train --demonstrations 2000[/cyan]  (a warm start: not from scratch)

  [cyan]hrlctl train --init-from pretrained[/cyan]  (fine-tunes the model that ships)

  [cyan]hrlctl train --learning-rate 1e-3 --dry-run[/cyan]  (shows every value and its source)"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

TASKS, ALGORITHM, MACHINE, POLICY, FILES, DISPLAY = (
    "Tasks and curriculum", "PPO", "Speed and machine", "Policy", "Files", "What is shown",
)  # fmt: skip

# The option of each key: what the value is taken from, and what messages name.
OPTIONS: Final[Mapping[str, str]] = {
    "training.preset": "--preset",
    "training.total_timesteps": "--total-timesteps",
    "training.learning_rate": "--learning-rate",
    "training.clip_epsilon": "--clip-epsilon",
    "training.gamma": "--gamma",
    "training.gae_lambda": "--gae-lambda",
    "training.buffer_size": "--rollout-steps",
    "training.update_epochs": "--update-epochs",
    "training.minibatches": "--minibatches",
    "training.entropy_coefficient": "--entropy-coefficient",
    "training.target_kl": "--target-kl",
    "training.demonstrations": "--demonstrations",
    "training.mixed_precision": "--mixed-precision",
    "training.num_envs": "--num-envs",
    "training.workers": "--workers",
    "training.engine": "--engine",
    "training.ray_address": "--ray-address",
    "training.seed": "--seed",
    "training.device": "--device",
    "training.threads": "--threads",
    "training.keep": "--keep",
    "curriculum.enabled": "--curriculum",
    "curriculum.difficulty": "--difficulty",
    "policy.kind": "--policy",
    "policy.encoder": "--encoder",
    "environment.desktop": "--desktop",
    "environment.packs": "--pack",
    "environment.tasks": "--task",
    "environment.task_file": "--tasks",
    "output.save_dir": "--save-dir",
    "output.log_dir": "--log-dir",
}


def _option(
    panel: str,
    *names: str,
    help: str,
    metavar: str = "TEXT",
    choices: str = "",
    complete: Callable[..., Iterable[str]] | None = None,
) -> Any:
    """An option whose value is text: the configuration reads it, so that all errors read alike."""
    if choices:
        complete = lambda: choices.split("|")  # noqa: E731
    return typer.Option(
        *names,
        help=help,
        metavar=choices or metavar,
        rich_help_panel=panel,
        show_default=False,
        autocompletion=complete,
    )


Text = str | None


@app.command(help=HELP, epilog=EXAMPLES)
def train(
    ctx: typer.Context,
    difficulty: Annotated[
        Text,
        _option(
            TASKS, "--difficulty", choices="EASY|MEDIUM|HARD", help="Where the curriculum starts."
        ),
    ] = None,
    curriculum: Annotated[
        bool | None,
        typer.Option(
            "--curriculum/--no-curriculum",
            help="Move on to harder tasks, or train the named difficulty only. On by default.",
            rich_help_panel=TASKS,
            show_default=False,
        ),
    ] = None,
    desktop: Annotated[
        Text,
        _option(
            TASKS,
            "--desktop",
            choices="sim|x11",
            help="The simulator, or real programs on private displays. Default sim.",
        ),
    ] = None,
    pack: Annotated[
        list[str] | None,
        _option(
            TASKS,
            "--pack",
            metavar="NAME",
            help="Train on this pack; repeat for more.",
            complete=complete_pack,
        ),
    ] = None,
    task: Annotated[
        list[str] | None,
        _option(
            TASKS,
            "--task",
            metavar="ID",
            help="Train on this task; repeat for more.",
            complete=complete_task,
        ),
    ] = None,
    tasks: Annotated[
        Path | None,
        _option(
            TASKS, "--tasks", metavar="FILE", help="Train on the tasks of a YAML or JSON file."
        ),
    ] = None,
    total_timesteps: Annotated[
        Text,
        _option(
            ALGORITHM,
            "--total-timesteps",
            metavar="STEPS",
            help="When to stop. Default 480000 on a CPU.",
        ),
    ] = None,
    rollout_steps: Annotated[
        Text,
        _option(
            ALGORITHM,
            "--rollout-steps",
            "--buffer-size",
            metavar="STEPS",
            help="Transitions per update, over all environments. Default 2048.",
        ),
    ] = None,
    preset: Annotated[
        Text,
        _option(
            ALGORITHM,
            "--preset",
            choices="auto|fast|classic",
            help="A set of defaults: fast on a CPU, or PPO's textbook values.",
        ),
    ] = None,
    learning_rate: Annotated[
        Text,
        _option(ALGORITHM, "--learning-rate", metavar="NUMBER", help="Usually 1e-5 to 1e-3."),
    ] = None,
    update_epochs: Annotated[
        Text,
        _option(
            ALGORITHM, "--update-epochs", metavar="N", help="Passes over the data of an update."
        ),
    ] = None,
    minibatches: Annotated[
        Text, _option(ALGORITHM, "--minibatches", metavar="N", help="Minibatches per pass.")
    ] = None,
    clip_epsilon: Annotated[
        Text, _option(ALGORITHM, "--clip-epsilon", metavar="NUMBER", help="Usually 0.1 to 0.3.")
    ] = None,
    gamma: Annotated[
        Text,
        _option(
            ALGORITHM, "--gamma", metavar="NUMBER", help="Discount a step. Usually 0.95 to 0.999."
        ),
    ] = None,
    gae_lambda: Annotated[
        Text, _option(ALGORITHM, "--gae-lambda", metavar="NUMBER", help="Usually 0.9 to 0.99.")
    ] = None,
    entropy_coefficient: Annotated[
        Text,
        _option(
            ALGORITHM,
            "--entropy-coefficient",
            metavar="NUMBER",
            help="Weight of the action type's entropy at the start.",
        ),
    ] = None,
    target_kl: Annotated[
        Text,
        _option(ALGORITHM, "--target-kl", metavar="NUMBER", help="Ends an update's passes early."),
    ] = None,
    demonstrations: Annotated[
        Text,
        _option(
            ALGORITHM,
            "--demonstrations",
            metavar="N",
            help="Start by imitating so many episodes that oracles play. Default 0: from scratch.",
        ),
    ] = None,
    policy: Annotated[
        Text,
        _option(
            POLICY,
            "--policy",
            choices="hierarchical|flat",
            help="Manager and worker, or one level as a control.",
        ),
    ] = None,
    encoder: Annotated[
        Text,
        _option(
            POLICY,
            "--encoder",
            choices="compact|mobilenet_v3_small|efficientnet_b0",
            help="What looks at the screen. Default compact.",
        ),
    ] = None,
    device: Annotated[
        Text, _option(MACHINE, "--device", choices="auto|cpu|cuda", help="Default auto.")
    ] = None,
    threads: Annotated[
        Text,
        _option(
            MACHINE,
            "--threads",
            metavar="N",
            help="Of torch, on the processor. Default 0: measured once, what is fastest here.",
        ),
    ] = None,
    num_envs: Annotated[
        Text,
        _option(MACHINE, "--num-envs", metavar="N", help="Environments that step side by side."),
    ] = None,
    workers: Annotated[
        Text,
        _option(
            MACHINE,
            "--workers",
            metavar="N",
            help="Processes for the environments. Default 0: the trainer's own.",
        ),
    ] = None,
    engine: Annotated[
        Text,
        _option(
            MACHINE,
            "--engine",
            choices="local|ray",
            help="Processes of this machine, or actors on a Ray cluster (extra hrlctl\\[ray]).",
        ),
    ] = None,
    ray_address: Annotated[
        Text,
        _option(
            MACHINE,
            "--ray-address",
            metavar="ADDRESS",
            help="The cluster: host:port, or auto. Without it Ray runs on this machine.",
        ),
    ] = None,
    mixed_precision: Annotated[
        Text,
        _option(
            MACHINE,
            "--mixed-precision",
            choices="auto|off|bfloat16",
            help="Lower precision where it is faster.",
        ),
    ] = None,
    seed: Annotated[
        Text, _option(MACHINE, "--seed", metavar="N", help="Same seed, same run. Default 0.")
    ] = None,
    profile: Annotated[
        Path | None,
        _option(MACHINE, "--profile", metavar="FILE", help="Write a cProfile of the run."),
    ] = None,
    config: Annotated[
        Path | None,
        _option(
            FILES,
            "--config",
            metavar="FILE",
            help="Read this YAML file instead of config/config.yaml.",
        ),
    ] = None,
    save_dir: Annotated[
        Path | None,
        _option(
            FILES, "--save-dir", metavar="FOLDER", help="For checkpoints. Default checkpoints."
        ),
    ] = None,
    log_dir: Annotated[
        Path | None,
        _option(FILES, "--log-dir", metavar="FOLDER", help="For TensorBoard. Default logs."),
    ] = None,
    resume: Annotated[
        Path | None,
        _option(FILES, "--resume", metavar="FILE", help="Go on exactly where a checkpoint was."),
    ] = None,
    init_from: Annotated[
        Path | None,
        typer.Option(
            "--init-from",
            metavar="MODEL",
            help="Start from the weights of a checkpoint, or of 'pretrained'.",
            rich_help_panel=FILES,
            show_default=False,
            parser=model_file,
            autocompletion=complete_model,
        ),
    ] = None,
    keep: Annotated[
        Text,
        _option(
            FILES, "--keep", metavar="N", help="Keep only the newest checkpoints. Default 0: all."
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Show every value and where it came from; train nothing.",
            rich_help_panel=DISPLAY,
        ),
    ] = False,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="Lines instead of the live panel.", rich_help_panel=DISPLAY),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="One JSON object an event, on standard output.", rich_help_panel=DISPLAY
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", help="Warnings and the end alone.", rich_help_panel=DISPLAY),
    ] = False,
) -> None:
    """Train; the parameters are explained to the user in ``hrlctl train --help``."""
    from hrlctl.cli.training_session import TrainingRequest, run_training

    run_training(
        TrainingRequest(
            options=given_options(ctx.params),
            file=config,
            resume=resume,
            init_from=init_from,
            profile=profile,
            dry_run=dry_run,
            plain=plain,
            as_json=as_json,
            quiet=quiet,
        )
    )


def given_options(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the options that were given, by their configuration key."""
    given = {}
    for key, option in OPTIONS.items():
        value = parameters[option.removeprefix("--").replace("-", "_")]
        if value is not None and value != () and value != []:
            given[key] = value
    return given
