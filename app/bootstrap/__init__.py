"""The composition root of the core, the only maker of adapters; Qt-free.

A name is imported from its module when it is first used: a verb that reads loads nothing of the other verbs (S13).
To add a name: its import below for the type checker, and its line in _MODULES.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.bootstrap.core import Core, make_operator, open_core, till_policy
    from app.bootstrap.doctor import open_doctor
    from app.bootstrap.home import (
        Home,
        callback_base,
        change_setting,
        import_key,
        keys_aside,
        make_keys,
        missing_for_operator,
        open_home,
        operator_key_pem,
        remember_address,
        remembered_address,
        show_key,
    )
    from app.bootstrap.home_ledger import HomeLedger, open_home_ledger
    from app.bootstrap.play import make_simulator
    from app.bootstrap.receiving import make_receiving
    from app.bootstrap.running import RunningCore, run_core
    from app.bootstrap.windowed import Look, WindowPlan, demo_home, demo_plan, live_plan

__all__ = [
    "Core",
    "Home",
    "HomeLedger",
    "Look",
    "RunningCore",
    "WindowPlan",
    "callback_base",
    "change_setting",
    "demo_home",
    "demo_plan",
    "import_key",
    "keys_aside",
    "live_plan",
    "make_keys",
    "make_operator",
    "make_receiving",
    "make_simulator",
    "missing_for_operator",
    "open_core",
    "open_doctor",
    "open_home",
    "open_home_ledger",
    "operator_key_pem",
    "remember_address",
    "remembered_address",
    "run_core",
    "show_key",
    "till_policy",
]

_MODULES = {
    "core": ("Core", "make_operator", "open_core", "till_policy"),
    "doctor": ("open_doctor",),
    "home": (
        *("Home", "open_home", "change_setting", "callback_base", "remember_address", "remembered_address"),
        *("make_keys", "import_key", "keys_aside", "show_key", "missing_for_operator", "operator_key_pem"),
    ),
    "home_ledger": ("HomeLedger", "open_home_ledger"),
    "play": ("make_simulator",),
    "receiving": ("make_receiving",),
    "running": ("RunningCore", "run_core"),
    "windowed": ("Look", "WindowPlan", "demo_home", "demo_plan", "live_plan"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a name of `__all__` from the module that it lives in (PEP 562)."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value
