"""The Gymnasium environment ``hrlctl:Desktop-v0`` and its parts."""

from hrlctl.env.registration import ENVIRONMENT_ID

__all__ = ["ENVIRONMENT_ID"]
