"""What stands under the centre of every pointer cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from hrlctl.desktop.contract import ROLES, Annotation
from hrlctl.desktop.sim.session import Session
from hrlctl.desktop.sim.widgets.base import Part

_ROLE_INDEX = {role: index for index, role in enumerate(ROLES)}
_DESKTOP = _ROLE_INDEX["desktop"]


def annotate(session: Session, rows: int, columns: int) -> Annotation:
    """Roles and labels, shape (rows, columns) each, of what is topmost at each cell's centre."""
    roles = np.full((rows, columns), _DESKTOP, np.uint8)
    label_index = np.full((rows, columns), -1, np.int16)
    labels: dict[str, int] = {}
    width, height = session.width, session.height
    for role, label, (x, y, across, down) in _layers(session):
        # The centre of column c is at (2c + 1) * width / (2 * columns).
        left = -((width - 2 * columns * x) // (2 * width))
        right = -((width - 2 * columns * (x + across)) // (2 * width))
        top = -((height - 2 * rows * y) // (2 * height))
        bottom = -((height - 2 * rows * (y + down)) // (2 * height))
        if left < right and top < bottom:
            roles[top:bottom, left:right] = _ROLE_INDEX[role]
            label_index[top:bottom, left:right] = (
                labels.setdefault(label, len(labels)) if label else -1
            )
    return Annotation(roles, label_index, tuple(labels))


def _layers(session: Session) -> Iterator[Part]:
    """Everything that can be pointed at, bottom to top."""
    for icon in session.shell.icons:
        yield Part("icon", icon.launcher.name, icon.cell)
    for window in session.manager.stack:
        if not window.is_minimized:
            yield from window.parts()
    above: Iterable[Part] = session.shell.parts()
    yield from above
    if session.popup is not None:
        yield from session.popup.parts()
