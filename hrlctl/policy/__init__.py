"""The policy: encoders, manager, worker, and ``HierarchicalPolicy``, which joins them."""

from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy, Observations

__all__ = ["ActorState", "HierarchicalPolicy", "Observations"]
