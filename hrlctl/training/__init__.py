"""Training: rollouts, PPO for both levels, curriculum, checkpoints."""

from hrlctl.training.trainer import PPOTrainer

__all__ = ["PPOTrainer"]
