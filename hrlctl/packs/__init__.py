"""Task packs: found through entry points, loaded, and drawn from."""

from hrlctl.packs.files import load_task_file
from hrlctl.packs.instances import Instance, Milestone, Task, draw_instance
from hrlctl.packs.registry import BrokenPack, Pack, Registry, load_packs

__all__ = [
    "BrokenPack",
    "Instance",
    "Milestone",
    "Pack",
    "Registry",
    "Task",
    "draw_instance",
    "load_packs",
    "load_task_file",
]
