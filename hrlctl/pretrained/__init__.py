"""The model that ships with the package. ``CARD.md`` beside it says how it was made."""

from pathlib import Path
from typing import Final

MODEL: Final = Path(__file__).with_name("model.pt")
"""A model file without its training: a policy, and what it was trained on."""

CARD: Final = Path(__file__).with_name("CARD.md")
