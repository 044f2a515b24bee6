"""Verifying tasks: a sound one passes, and each planted fault is found and explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hrlctl.desktop.commands import Click, Command, Wait
from hrlctl.desktop.contract import Locator
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace
from hrlctl.errors import PackError, UsageError
from hrlctl.evaluation import verification_splits
from hrlctl.evaluation.verification import verify
from hrlctl.evaluation.verification_oracle import look_different
from hrlctl.evaluation.verification_report import Check, Finding, Result, TaskVerdict
from hrlctl.evaluation.verification_task import Thoroughness, verify_task
from hrlctl.packs import load_task_file
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.setup import Setup

ACTIONS = ActionSpace(160, 120)
FEW = Thoroughness(instances=2, tries=40)

SOUND = """
- id: tick
  difficulty: EASY
  num_steps: 3
  instruction:
    training: ['In "{form}" turn on "{setting}" with OK']
    held_out: ['Turn on "{setting}" in "{form}"']
  parameters:
    form: {kind: name}
    setting: {kind: name}
    other: {kind: name}
    day: {training: [Monday, Friday], held_out: [Sunday]}
  setup:
    distractors: [1, 1]
    windows:
      - title: "{form}"
        program: form
        state: minimized
        fields:
          - {role: check_box, name: "{setting}", value: false}
          - {role: check_box, name: "{other}", value: false}
  success_criteria:
    setting: {name: "{setting}", value: true}
    changed_only: ["{form}", "{setting}"]
  milestones:
    - {skill: focus, about: "{form}", criteria: {window_title: "{form}"}}
    - {skill: toggle, about: "{setting}", criteria: {selected: {name: "{setting}", value: true}}}
  oracle:
    - click: {role: taskbar_button, name: "{form}"}
    - click: {role: check_box, name: "{setting}", window: "{form}"}
    - click: {role: button, name: OK, window: "{form}"}
"""

Verify = Callable[..., TaskVerdict]


@pytest.fixture
def verified(tmp_path: Path) -> Verify:
    """Verifies ``SOUND`` with pairs of texts replaced."""

    def run(
        *changes: tuple[str, str], desktop: SimDesktop | None = None, actions: ActionSpace = ACTIONS
    ) -> TaskVerdict:
        text = SOUND
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "planted.yaml"
        path.write_text(text)
        return verify_task(load_task_file(path)[0], desktop or SimDesktop(160, 120), actions, FEW)

    return run


def only(verdict: TaskVerdict, check: Check) -> Finding:
    """The one finding there is, which must be explained."""
    assert verdict.result is Result.FAILED
    (finding,) = verdict.findings
    assert finding.check is check
    assert finding.where.startswith("planted/tick")
    assert finding.message
    assert finding.hint
    return finding


def test_a_sound_task_is_verified_with_its_measured_steps(verified: Verify) -> None:
    verdict = verified()
    assert verdict.findings == ()
    assert verdict.result is Result.VERIFIED
    assert (verdict.steps, verdict.actions) == (3, (3, 3))
    assert verdict.random_rate is not None
    assert verdict.random_rate <= 0.05


def test_turning_the_wheel_as_often_as_needed_is_one_step(tmp_path: Path) -> None:
    path = tmp_path / "scroll.yaml"
    path.write_text("""
- id: pick
  difficulty: EASY
  num_steps: 3
  instruction: 'Select "{item}" with OK'
  parameters: {form: {kind: name}, list: {kind: name}, item: {kind: name}}
  setup:
    windows:
      - title: "{form}"
        program: form
        fields: [{role: list, name: "{list}", options: ["{item}"], extra_options: 6}]
  success_criteria: {setting: {name: "{list}", value: "{item}"}, changed_only: ["{form}", "{list}"]}
  oracle:
    - scroll: {role: list, direction: down, until: {role: list_item, name: "{item}"}}
    - click: {role: list_item, name: "{item}"}
    - click: {role: button, name: OK, window: "{form}"}
""")
    verdict = verify_task(load_task_file(path)[0], SimDesktop(160, 120), ACTIONS, FEW)
    assert verdict.findings == ()
    assert verdict.steps == 3
    assert verdict.actions is not None
    assert verdict.actions[0] < verdict.actions[1]


def test_a_criterion_that_never_holds_is_named_with_split_and_seed(verified: Verify) -> None:
    change = (
        'setting: {name: "{setting}", value: true}\n    ch',
        'setting: {name: "{other}", value: true}\n    ch',
    )
    finding = only(verified(change), Check.ORACLE)
    assert "setting" in finding.message
    assert "(training, seed 0)" in finding.where
    assert (finding.instances, finding.of) == (8, 8)


def test_success_at_reset(verified: Verify) -> None:
    change = ('setting: {name: "{setting}", value: true}', 'window_open: "{form}"')
    finding = only(verified(change), Check.START)
    assert finding.check is Check.START


def test_an_oracle_that_cannot_take_a_step(verified: Verify) -> None:
    finding = only(verified(("name: OK", "name: Apply")), Check.ORACLE)
    assert "step 3" in finding.message
    assert "Apply" in finding.message


def test_an_oracle_longer_than_an_episode(verified: Verify) -> None:
    finding = only(verified(("num_steps: 3", "num_steps: 3\n  max_steps: 2")), Check.ORACLE)
    assert "max_steps" in finding.message


def test_an_oracle_that_would_turn_the_wheel_for_ever(verified: Verify) -> None:
    endless = '    - scroll: {role: window, name: "{form}", direction: down, until: {role: link}}\n'
    last = '    - click: {role: button, name: OK, window: "{form}"}\n'
    changes = ((last, endless + last), ("num_steps: 3", "num_steps: 4\n  max_steps: 100"))
    finding = only(verified(*changes), Check.ORACLE)
    assert "step 3" in finding.message


def test_a_target_that_holds_no_cell_centre_is_a_fault_of_its_own(verified: Verify) -> None:
    finding = only(verified(actions=ActionSpace(160, 120, cell=80)), Check.TARGET)
    assert "step 1" in finding.message


@pytest.mark.parametrize(
    ("old", "new", "correction"),
    [
        ("EASY", "MEDIUM", "difficulty: EASY"),
        ("num_steps: 3", "num_steps: 2", "num_steps: 3"),
        ("num_steps: 3", "num_steps: 5", "num_steps: 3"),
        ("num_steps: 3", "num_steps: 3\n  max_steps: 40", "max_steps: 10"),
    ],
)
def test_what_a_task_says_of_its_length_is_measured(
    verified: Verify, old: str, new: str, correction: str
) -> None:
    assert correction in only(verified((old, new)), Check.STEPS).hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('window_title: "{form}"', 'setting: {name: "{setting}", value: true}'),  # too late
        ('window_title: "{form}"', 'window_open: "{form}"'),  # from the start
        ('window_title: "{form}"', 'window_title: "Nobody"'),  # never
    ],
)
def test_milestones_are_reached_one_after_the_other(verified: Verify, old: str, new: str) -> None:
    finding = only(verified((old, new)), Check.MILESTONES)
    assert "milestone 1 (focus)" in finding.message


def test_a_superfluous_step_of_the_oracle(verified: Verify) -> None:
    extra = "    - click: {role: button, name: OK"
    verdict = verified(
        (extra, f"    - press: tab\n{extra}"), ("num_steps: 3", "num_steps: 4\n  max_steps: 10")
    )
    finding = only(verdict, Check.SUPERFLUOUS)
    assert "step 3 (press tab)" in finding.message


def test_steps_after_success_are_superfluous(verified: Verify) -> None:
    last = 'name: OK, window: "{form}"}'
    finding = only(verified((last, f"{last}\n    - press: escape")), Check.SUPERFLUOUS)
    assert "step 4" in finding.message


def test_a_task_that_chance_solves(tmp_path: Path) -> None:
    path = tmp_path / "planted.yaml"
    path.write_text("""
- id: tick
  difficulty: EASY
  num_steps: 1
  instruction: 'Open "{program}"'
  parameters: {program: {kind: name}}
  setup: {distractors: [0, 0], launchers: [{name: "{program}"}]}
  success_criteria: {window_open: {glob: "*"}}
  oracle: [double_click: {role: icon, name: "{program}"}]
""")
    verdict = verify_task(load_task_file(path)[0], SimDesktop(160, 120), ACTIONS, FEW)
    finding = next(finding for finding in verdict.findings if finding.check is Check.RANDOM)
    assert "40 tries" in finding.message
    assert verdict.random_rate is not None
    assert verdict.random_rate > 0.05


def test_a_task_that_does_not_mind_closing_the_other_windows(tmp_path: Path) -> None:
    path = tmp_path / "planted.yaml"
    path.write_text("""
- id: tick
  difficulty: EASY
  num_steps: 1
  instruction: 'Close "{goal}"'
  parameters: {goal: {kind: name}, other: {kind: name}}
  setup: {distractors: [0, 0], windows: [{title: "{goal}"}, {title: "{other}"}]}
  success_criteria: {window_closed: "{goal}"}
  oracle: [click: {role: close_button, name: "{goal}"}]
""")
    verdict = verify_task(load_task_file(path)[0], SimDesktop(160, 120), ACTIONS, FEW)
    messages = [f.message for f in verdict.findings if f.check is Check.BLIND]
    assert any("closes every window" in message for message in messages)


def test_a_task_that_does_not_mind_clicks_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "planted.yaml"
    path.write_text("""
- id: tick
  difficulty: EASY
  num_steps: 1
  instruction: 'Dismiss "{title}"'
  parameters: {title: {kind: name}}
  setup: {dialogs: [{title: "{title}"}]}
  success_criteria: {window_closed: "{title}"}
  oracle: [click: {role: button, name: OK, window: "{title}"}]
""")
    verdict = verify_task(load_task_file(path)[0], SimDesktop(160, 120), ACTIONS, FEW)
    messages = [f.message for f in verdict.findings if f.check is Check.BLIND]
    assert any("clicks everything" in message for message in messages)


class Eager(SimDesktop):
    """Shows by itself what is minimised, when nobody does anything."""

    def perform(self, command: Command) -> None:
        if isinstance(command, Wait):
            titles = [window.title for window in self.state().windows if window.is_minimized]
            rects = [self.locate(Locator("taskbar_button", title)) for title in titles]
            for rect in filter(None, rects):
                super().perform(Click(rect.x + rect.width // 2, rect.y + rect.height // 2))
        super().perform(command)


def test_a_task_that_doing_nothing_solves(verified: Verify) -> None:
    changes = (
        ('setting: {name: "{setting}", value: true}\n    ch', 'window_title: "{form}"\n    ch'),
        ("num_steps: 3", "num_steps: 1"),
        (SOUND[SOUND.index("    - {skill: toggle") : SOUND.index("  oracle:")], ""),
        (SOUND[SOUND.index("    - click: {role: check_box") :], ""),
    )
    verdict = verified(*changes, desktop=Eager(160, 120))
    messages = [f.message for f in verdict.findings if f.check is Check.START]
    assert any("doing nothing" in message for message in messages)


def test_a_task_that_does_not_mind_other_check_boxes(verified: Verify) -> None:
    verdict = verified(('    changed_only: ["{form}", "{setting}"]\n', ""))
    found = {finding.check: finding for finding in verdict.findings}
    assert "check box" in found[Check.BLIND].message
    assert "changed_only" in found[Check.BLIND].hint


def test_a_value_that_is_trained_on_and_held_out(verified: Verify) -> None:
    finding = only(verified(("held_out: [Sunday]", "held_out: [friday]")), Check.SPLITS)
    assert "'day'" in finding.message
    assert "friday" in finding.message


def test_a_phrasing_that_is_trained_on_and_held_out(verified: Verify) -> None:
    held_out = '\'Turn on "{setting}" in "{form}"\''
    trained = '\'in "{form}"  turn on "{setting}" with OK\''
    assert "phrasing" in only(verified((held_out, trained)), Check.SPLITS).message


@pytest.mark.parametrize("kind", ["theme", "layout", "wallpaper"])
def test_a_look_that_is_trained_on_and_held_out(
    verified: Verify, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    drawn = getattr(verification_splits, f"{kind}s")
    monkeypatch.setattr(verification_splits, f"{kind}s", lambda *, held_out: drawn(held_out=False))
    assert f"the {kind} " in only(verified(), Check.SPLITS).message


class Restless(SimDesktop):
    """Looks different whenever it is reset."""

    resets = 0

    def reset(self, setup: Setup, seed: int) -> None:
        self.resets += 1
        super().reset(setup, seed)
        self.capture()[0, 0] = self.resets % 256


def test_another_picture_from_the_same_seed(verified: Verify) -> None:
    assert "picture" in only(verified(desktop=Restless(160, 120)), Check.REPEATABLE).message


class Broken(SimDesktop):
    """Fails in the middle."""

    def reset(self, setup: Setup, seed: int) -> None:
        raise KeyError("theme")


def test_an_error_while_playing_is_the_verdict(verified: Verify) -> None:
    finding = only(verified(desktop=Broken(160, 120)), Check.PLAYABLE)
    assert "KeyError" in finding.message
    assert "(training, seed 0)" in finding.where


def test_a_task_without_an_oracle_is_unverified(verified: Verify) -> None:
    verdict = verified((SOUND[SOUND.index("  oracle") :], ""))
    assert verdict.result is Result.UNVERIFIED
    assert verdict.findings == ()
    assert any("oracle" in note for note in verdict.notes)


def test_nothing_held_out_is_said_but_no_fault(verified: Verify) -> None:
    verdict = verified(('\n    held_out: [\'Turn on "{setting}" in "{form}"\']', ""))
    assert verdict.result is Result.VERIFIED
    assert any("phrasings" in note for note in verdict.notes)


def test_a_faulty_task_does_not_harm_the_others_in_any_number_of_workers(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(SOUND.replace("tick", "faulty").replace("name: OK", "name: Apply") + SOUND)
    results = []
    for workers in (0, 2):
        verdicts = verify([TaskSelection(None, file=path)], instances=1, workers=workers)
        results.append(sorted(verdicts, key=lambda verdict: verdict.task_id))
    assert results[0] == results[1]
    assert [verdict.result for verdict in results[0]] == [Result.FAILED, Result.VERIFIED]


def test_nonsense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        verify([], instances=0)
    with pytest.raises(PackError):
        verify([TaskSelection(None, file=tmp_path / "none.yaml")])


def test_pictures_may_differ_by_rounding_where_that_is_allowed() -> None:
    first = np.full((2, 2, 3), 176, np.uint8)
    second = first - np.uint8(1)
    assert look_different(first, second, 0)
    assert look_different(second, first, 0)
    assert not look_different(first, second, 2)
    assert look_different(first, np.zeros_like(first), 2)
