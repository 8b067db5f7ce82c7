"""The composition root of the core, the only place that constructs adapters; Qt-free.

A name is imported from its module on first use: a read-only verb loads no modules of the other verbs (S13).
To add a name: its import below for the type checker, and its line in _MODULES.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.bootstrap.core import Core, open_core
    from app.bootstrap.core_runner import RunningCore, run_core
    from app.bootstrap.doctor import open_doctor
    from app.bootstrap.home import (
        Home,
        HomeLedger,
        callback_base,
        open_home,
        open_home_ledger,
        remember_address,
        remembered_address,
    )
    from app.bootstrap.launch_plans import Appearance, WindowPlan, demo_plan, live_plan, make_simulator
    from app.bootstrap.listening import CallbackReceiving
    from app.bootstrap.setup import (
        change_setting,
        check_tls_setting,
        import_key,
        make_keys,
        missing_for_operator,
        operator_key_pem,
        replaced_keys,
        show_key,
    )

__all__ = [
    "Appearance",
    "CallbackReceiving",
    "Core",
    "Home",
    "HomeLedger",
    "RunningCore",
    "WindowPlan",
    "callback_base",
    "change_setting",
    "check_tls_setting",
    "demo_plan",
    "import_key",
    "live_plan",
    "make_keys",
    "make_simulator",
    "missing_for_operator",
    "open_core",
    "open_doctor",
    "open_home",
    "open_home_ledger",
    "operator_key_pem",
    "remember_address",
    "remembered_address",
    "replaced_keys",
    "run_core",
    "show_key",
]

_MODULES = {
    "core": ("Core", "open_core"),
    "core_runner": ("RunningCore", "run_core"),
    "doctor": ("open_doctor",),
    "home": (
        *("Home", "open_home", "HomeLedger", "open_home_ledger"),
        *("callback_base", "remember_address", "remembered_address"),
    ),
    "launch_plans": ("Appearance", "WindowPlan", "demo_plan", "live_plan", "make_simulator"),
    "listening": ("CallbackReceiving",),
    "setup": (
        *("change_setting", "check_tls_setting", "missing_for_operator", "operator_key_pem"),
        *("make_keys", "import_key", "replaced_keys", "show_key"),
    ),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a name of `__all__` from its module (PEP 562)."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value
