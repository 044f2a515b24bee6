"""What a file manager asks and says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hrlctl.desktop.sim.programs.message import Message
from hrlctl.desktop.sim.programs.program import Start
from hrlctl.desktop.sim.windows import Modality

if TYPE_CHECKING:
    from hrlctl.desktop.sim.windows import Window


def ask_to_delete(owner: Window, name: str, delete: Callable[[], None]) -> None:
    """Ask whether ``name`` is to be deleted; ``delete`` is called where the answer is yes."""

    def answered(answer: str) -> None:
        if answer == "Delete":
            delete()

    _open(owner, "Delete", f"Delete {name}?", ("Delete", "Cancel"), answered)


def tell(owner: Window, message: str) -> None:
    """Say why something could not be done."""
    _open(owner, "Not possible", message, ("OK",), None)


def _open(
    owner: Window,
    title: str,
    message: str,
    buttons: tuple[str, ...],
    answered: Callable[[str], None] | None,
) -> None:
    owner.session.open_dialog(
        title,
        lambda window: Message(window, Start(), message, buttons, answered),
        owner=owner,
        modality=Modality.OWNER,
    )
