"""The composition root of the core, the only maker of adapters; Qt-free."""

from app.bootstrap.core import Core, make_operator, make_receiving, open_core, till_rules
from app.bootstrap.home import (
    Home,
    callback_base,
    import_key,
    make_keys,
    missing_for_operator,
    open_home,
    operator_key_pem,
    remember_address,
    remembered_address,
    show_key,
)
from app.bootstrap.play import make_simulator
from app.bootstrap.running import RunningCore, run_core

__all__ = [
    "Core",
    "Home",
    "RunningCore",
    "callback_base",
    "import_key",
    "make_keys",
    "make_operator",
    "make_receiving",
    "make_simulator",
    "missing_for_operator",
    "open_core",
    "open_home",
    "operator_key_pem",
    "remember_address",
    "remembered_address",
    "run_core",
    "show_key",
    "till_rules",
]
