"""What all models share: strictness, and the words that several of them use."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """An immutable model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Difficulty(StrEnum):
    """A task's stage, by the number of steps that its oracle needs."""

    EASY = "EASY"  # fewer than 8 steps
    MEDIUM = "MEDIUM"  # 8 to 15
    HARD = "HARD"  # more than 15

    @classmethod
    def of_steps(cls, steps: int) -> Difficulty:
        """The difficulty of a task that takes ``steps`` steps."""
        if steps < 8:
            return cls.EASY
        return cls.MEDIUM if steps <= 15 else cls.HARD


class Skill(StrEnum):
    """The kinds of sub-goal that all tasks share; ``TASK`` is "no sub-goal", the flat fallback."""

    TASK = "task"
    OPEN = "open"
    FOCUS = "focus"
    CLOSE = "close"
    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"
    ENTER_TEXT = "enter_text"
    SELECT = "select"
    TOGGLE = "toggle"
    ADJUST = "adjust"
    NAVIGATE = "navigate"
    CONFIRM = "confirm"
    DISMISS = "dismiss"


class Split(StrEnum):
    """Which instances are drawn: one for training, three held-out sets for evaluation.

    | split    | seeds | layouts  | words and values | themes and phrasings |
    |----------|-------|----------|------------------|----------------------|
    | training | low   | training | training         | training             |
    | seeds    | high  | held out | training         | training             |
    | words    | high  | held out | held out         | training             |
    | themes   | high  | held out | training         | held out             |
    """

    TRAINING = "training"
    SEEDS = "seeds"
    WORDS = "words"
    THEMES = "themes"

    @property
    def holds_out_layouts(self) -> bool:
        return self is not Split.TRAINING

    @property
    def holds_out_words(self) -> bool:
        return self is Split.WORDS

    @property
    def holds_out_themes(self) -> bool:
        return self is Split.THEMES
