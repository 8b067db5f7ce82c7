"""Every scene there is. To add one: a coroutine that sets up a Stage, and its Scene in the SCENES of its page."""

from __future__ import annotations

from typing import Final

from tests.gallery import list_scenes, refund_scenes, settings_scenes, shell_scenes, till_scenes
from tests.gallery.stage import Scene

SCENES: Final[tuple[Scene, ...]] = (
    *till_scenes.SCENES,
    *list_scenes.SCENES,
    *settings_scenes.SCENES,
    *refund_scenes.SCENES,
    *shell_scenes.SCENES,
)
