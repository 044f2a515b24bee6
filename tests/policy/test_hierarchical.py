"""The policy: what it may do, that acting and judging agree, what the worker is told, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from hrlctl.env.action import USES, ActionSpace, ActionType, Part
from hrlctl.errors import CheckpointError
from hrlctl.policy import ActorState, HierarchicalPolicy, Observations
from hrlctl.policy.files import read_model, write_model
from hrlctl.policy.hierarchical import DONE_THRESHOLD, Acted, Evaluated
from hrlctl.policy.manager import DURATIONS, SKILLS, Decision
from hrlctl.policy.worker import Option
from hrlctl.schema.base import Skill
from hrlctl.schema.run import PolicyConfig

PART_OF_HEAD = {
    "pointer": Part.POINTER,
    "target": Part.TARGET,
    "key": Part.KEY,
    "slot": Part.SLOT,
    "direction": Part.DIRECTION,
}


def make_policy(kind: str = "hierarchical", width: int = 32, seed: int = 0) -> HierarchicalPolicy:
    torch.manual_seed(seed)
    return HierarchicalPolicy(PolicyConfig.model_validate({"kind": kind, "width": width}))


@pytest.fixture(scope="module")
def policy() -> HierarchicalPolicy:
    return make_policy()


def decision_of(acted: Acted) -> Decision:
    return Decision(acted.option.skill, acted.option.slot, acted.duration)


def judge(
    policy: HierarchicalPolicy,
    observations: Observations,
    acted: Acted,
    action: torch.Tensor,
    state: ActorState,
) -> Evaluated:
    """``action`` under the option of ``acted``, which ``state`` led to."""
    percept = policy.perceive(observations)
    context, decision = observations.context, decision_of(acted)
    return policy.evaluate(percept, context, acted.option, decision, action, state.memory)


def repeated(observations: Observations, times: int) -> Observations:
    return Observations(*(part.repeat(times, *[1] * (part.dim() - 1)) for part in observations))


def option_for(
    batch: int, *, skill: int = 0, slot: int = 0, remaining: int = 4, sees: bool = True
) -> Option:
    return Option(
        torch.full((batch,), skill),
        torch.full((batch,), slot),
        torch.full((batch,), remaining),
        torch.full((batch,), sees),
    )


@pytest.mark.parametrize("kind", ["hierarchical", "flat"])
def test_judging_a_step_gives_what_acting_recorded(kind: str, observations: Observations) -> None:
    policy = make_policy(kind)
    state = policy.initial_state(len(observations.screens))
    generator = torch.Generator().manual_seed(1)
    percept = policy.perceive(observations)
    decided = 0
    for _ in range(6):
        acted = policy.act_on(
            percept, observations.context, state, hide_instruction=0.5, generator=generator
        )
        with torch.no_grad():
            judged = judge(policy, observations, acted, acted.action, state)
        torch.testing.assert_close(judged.log_prob, acted.log_prob)
        torch.testing.assert_close(judged.value, acted.value)
        torch.testing.assert_close(judged.bonus_value, acted.bonus_value)
        torch.testing.assert_close(judged.manager_value, acted.manager_value)
        torch.testing.assert_close(judged.done_logit.sigmoid(), acted.done_probability)
        if policy.is_hierarchical:
            where = acted.decided
            torch.testing.assert_close(
                judged.manager_log_prob[where], acted.manager_log_prob[where]
            )
            assert not acted.manager_log_prob[~where].any()
        decided += int(acted.decided.sum())
        state = acted.state
    assert decided > 0


def test_only_the_parts_that_an_action_uses_count(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    many = repeated(observations, 3)
    state = policy.initial_state(len(many.screens))
    acted = policy.act(many, state)
    rows = len(acted.action)
    kinds = torch.arange(rows) % len(ActionType)
    action = acted.action.clone()
    action[:, Part.TYPE] = kinds
    sizes = torch.tensor(ActionSpace(160, 120).sizes)
    other = torch.randint(10**6, (rows, 6), generator=torch.Generator().manual_seed(3)) % sizes
    for row, kind in enumerate(kinds.tolist()):
        for part in (Part.TYPE, *USES[ActionType(kind)]):
            other[row, part] = action[row, part]
    assert not torch.equal(action, other)
    with torch.no_grad():
        one, two = (judge(policy, many, acted, each, state) for each in (action, other))
    torch.testing.assert_close(one.log_prob, two.log_prob)
    for head, part in PART_OF_HEAD.items():
        used = torch.tensor([part in USES[ActionType(kind)] for kind in kinds.tolist()])
        assert not one.entropies[head][~used].any()
        assert (one.entropies[head] <= 1 + 1e-5).all()
        if part is not Part.SLOT:  # one slot leaves no choice
            assert (one.entropies[head][used] > 0).all()


def test_a_part_s_entropy_sends_no_gradient_into_the_action_type(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    state = policy.initial_state(len(observations.screens))
    acted = policy.act(observations, state)
    action = acted.action.clone()
    action[:, Part.TYPE] = ActionType.CLICK
    judged = judge(policy, observations, acted, action, state)
    weight = policy.worker.kind.weight
    (gradient,) = torch.autograd.grad(
        judged.entropies["pointer"].sum(), weight, retain_graph=True, allow_unused=True
    )
    assert gradient is None or not gradient.any()
    (gradient,) = torch.autograd.grad(judged.entropies["type"].sum(), weight)
    assert gradient.any()


def test_texts_are_typed_only_where_there_are_some_and_done_is_never_drawn(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    wordless = observations._replace(slots=torch.zeros_like(observations.slots))
    generator = torch.Generator().manual_seed(2)
    for seen, may_type in ((observations, True), (wordless, False)):
        many = repeated(seen, 40)
        acted = policy.act(many, policy.initial_state(len(many.screens)), generator=generator)
        kinds = acted.action[:, Part.TYPE]
        assert (kinds != ActionType.DONE).all()
        assert bool((kinds == ActionType.TYPE_TEXT).any()) == may_type
        assert set(kinds.tolist()) >= set(range(6))
    slots = repeated(observations, 40).slots
    many = repeated(observations, 40)
    acted = policy.act(many, policy.initial_state(len(many.screens)), generator=generator)
    rows = torch.arange(len(slots))
    assert (slots[rows, acted.action[:, Part.SLOT], 0] > 0).all()
    assert (slots[rows, acted.option.slot, 0] > 0).all()


def test_the_agent_says_how_likely_it_has_finished(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    state = policy.initial_state(len(observations.screens))
    last = policy.manager.done[-1]
    assert isinstance(last, torch.nn.Linear)
    before = last.bias.detach().clone()
    try:
        for bias, stops in ((50.0, True), (-50.0, False)):
            torch.nn.init.constant_(last.bias, bias)
            acted = policy.act(observations, state)
            assert ((acted.done_probability > DONE_THRESHOLD) == stops).all()
            assert (acted.action[:, Part.TYPE] != ActionType.DONE).all()
    finally:
        last.bias.data.copy_(before)


def test_a_worker_that_is_not_shown_the_instruction_neither_sees_nor_types_it(
    policy: HierarchicalPolicy, observe: Callable[..., Observations]
) -> None:
    seen = observe(16)
    batch = len(seen.screens)
    other = seen._replace(tokens=seen.tokens.flip(0))
    with torch.no_grad():
        percepts = [policy.perceive(each) for each in (seen, other)]
        # A slot is read in its context; here only what is asked differs, not what about.
        percepts[1] = percepts[1]._replace(slots=percepts[0].slots)
        may_type = percepts[0].may_type
        assert (may_type.sum(1) > 1).any()
        for sees in (True, False):
            option = option_for(batch, slot=0, sees=sees)
            views = [policy.worker.view(each, option, seen.context) for each in percepts]
            same = torch.allclose(views[0].hidden, views[1].hidden)
            assert same == (not sees)
            told = torch.zeros_like(may_type)
            told[:, 0] = True
            assert torch.equal(views[0].usable_slots, may_type if sees else told)
        empty = int((seen.slots[0, :, 0] == 0).nonzero()[0])
        view = policy.worker.view(
            percepts[0], option_for(batch, slot=empty, sees=False), seen.context
        )
        types = policy.worker.kinds(view).log_probs.exp()
    assert types[0, ActionType.TYPE_TEXT] == 0


def test_half_of_the_decisions_can_be_hidden_from_the_worker(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    many = repeated(observations, 50)
    percept, state = policy.perceive(many), policy.initial_state(len(many.screens))
    generator = torch.Generator().manual_seed(4)
    acted = policy.act_on(percept, many.context, state, hide_instruction=0.5, generator=generator)
    share = float(acted.option.sees_instruction.float().mean())
    assert 0.4 < share < 0.6
    acted = policy.act(many, state, generator=generator)
    assert acted.option.sees_instruction.all()  # outside of training it is shown


def test_another_skill_is_another_behaviour(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    batch = len(observations.screens)
    with torch.no_grad():
        percept = policy.perceive(observations)
        distributions = []
        for skill in (Skill.OPEN, Skill.CLOSE):
            option = option_for(batch, skill=SKILLS.index(skill))
            view = policy.worker.view(percept, option, observations.context)
            click = torch.full((batch,), int(ActionType.CLICK))
            pointers = policy.worker.pointers(view, click)
            distributions.append((policy.worker.kinds(view), pointers))
    for one, two in zip(*distributions, strict=True):
        assert float((one.log_probs - two.log_probs).abs().max()) > 1e-3


def test_a_decision_lasts_as_long_as_it_was_taken_for(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    policy = make_policy(seed=5)
    last = policy.manager.stop[-1]
    assert isinstance(last, torch.nn.Linear)
    torch.nn.init.constant_(last.bias, -50.0)  # no early stop
    state = policy.initial_state(len(observations.screens))
    generator = torch.Generator().manual_seed(6)
    left = torch.zeros(len(observations.screens), dtype=torch.int64)
    skill = state.skill
    for _ in range(40):
        acted = policy.act(observations, state, generator=generator)
        torch.testing.assert_close(acted.decided, left == 0)
        lengths = torch.tensor(DURATIONS)[acted.duration]
        left = torch.where(acted.decided, lengths, left) - 1
        assert ((acted.option.skill == skill) | acted.decided).all()
        skill, state = acted.option.skill, acted.state
    torch.nn.init.constant_(last.bias, 50.0)  # a stop at every step
    for _ in range(3):
        acted = policy.act(observations, state, generator=generator)
        assert acted.decided.all()
        state = acted.state


def test_flat_always_acts_under_the_same_option(observations: Observations) -> None:
    policy = make_policy("flat")
    state = policy.initial_state(len(observations.screens))
    for step in range(20):
        acted = policy.act(observations, state)
        assert (acted.option.skill == SKILLS.index(Skill.TASK)).all()
        assert acted.option.sees_instruction.all()
        assert bool(acted.decided.all()) == (step == 0) or step >= DURATIONS[-1]
        state = acted.state


def test_flat_is_as_large_as_hierarchical() -> None:
    sizes = {
        kind: sum(p.numel() for p in make_policy(kind, width=64).parameters())
        for kind in ("hierarchical", "flat")
    }
    assert abs(sizes["flat"] / sizes["hierarchical"] - 1) < 0.05


def test_greedy_draws_nothing_and_sampling_repeats_with_its_generator(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    state = policy.initial_state(len(observations.screens))
    actions = [policy.act(observations, state, greedy=True).action for _ in range(2)]
    assert torch.equal(*actions)
    drawn = [
        policy.act(observations, state, generator=torch.Generator().manual_seed(seed)).action
        for seed in (1, 1, 2)
    ]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def greedy_episode(policy: HierarchicalPolicy, observations: Observations) -> list[torch.Tensor]:
    state: ActorState = policy.initial_state(len(observations.screens))
    actions = []
    for _ in range(5):
        acted = policy.act(observations, state, greedy=True)
        actions.append(acted.action)
        state = acted.state
    return actions


@pytest.mark.parametrize("kind", ["hierarchical", "flat"])
def test_a_saved_policy_acts_the_same(
    kind: str, tmp_path: Path, observations: Observations
) -> None:
    policy = make_policy(kind, seed=7)
    path = tmp_path / "new" / "policy.pt"
    policy.save(path)
    loaded = HierarchicalPolicy.load(path)
    assert loaded.config == policy.config
    for one, two in zip(
        greedy_episode(policy, observations), greedy_episode(loaded, observations), strict=True
    ):
        assert torch.equal(one, two)


@pytest.mark.parametrize(("width", "height"), [(192, 144), (128, 96)])
def test_one_policy_serves_screens_of_any_size(
    policy: HierarchicalPolicy, observe: Callable[..., Observations], width: int, height: int
) -> None:
    seen = observe(8, width, height)
    acted = policy.act(repeated(seen, 10), policy.initial_state(80))
    cells = width // 8 * (height // 8)
    pointers = acted.action[:, Part.POINTER]
    assert int(pointers.max()) < cells
    assert int(pointers.max()) > cells // 2


def test_another_architecture_is_refused(policy: HierarchicalPolicy, tmp_path: Path) -> None:
    path = tmp_path / "policy.pt"
    content = policy.content()
    weights = dict(content["weights"])
    missing = {name: weights[name] for name in list(weights)[:-1]}
    for change in (
        {"policy_config": content["policy_config"] | {"width": 48}},
        {"policy_config": content["policy_config"] | {"attention_heads": 4}},
        {"weights": missing},
        {"weights": weights | {"worker.extra": torch.zeros(3)}},
        {"weights": None},
        {"weights": {name: 0.0 for name in weights}},
    ):
        write_model(path, content | change)
        with pytest.raises(CheckpointError) as caught:
            HierarchicalPolicy.load(path)
        assert caught.value.where == str(path)
    content.pop("policy_config")
    write_model(path, content)
    with pytest.raises(CheckpointError):
        HierarchicalPolicy.from_content(read_model(path), where=str(path))


def test_bfloat16_acts_and_learns_in_float32_probabilities(
    policy: HierarchicalPolicy, observations: Observations
) -> None:
    state = policy.initial_state(len(observations.screens))
    with torch.autocast("cpu", torch.bfloat16):
        acted = policy.act(observations, state)
        judged = judge(policy, observations, acted, acted.action, state)
    assert acted.log_prob.dtype == judged.log_prob.dtype == torch.float32
    assert judged.value.dtype == judged.manager_value.dtype == torch.float32
    torch.testing.assert_close(judged.log_prob, acted.log_prob, atol=0.05, rtol=0.05)
    (judged.log_prob.sum() + judged.value.sum()).backward()
    gradient = policy.perception.words.weight.grad
    assert gradient is not None
    assert gradient.isfinite().all()
    policy.zero_grad()
