"""The composition root of the core, the only maker of adapters; Qt-free."""

from app.bootstrap.core import Core, make_operator, open_core, till_rules
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
from app.bootstrap.play import make_simulator
from app.bootstrap.receiving import make_receiving
from app.bootstrap.running import RunningCore, run_core
from app.bootstrap.windowed import Look, WindowPlan, demo_home, demo_plan, live_plan

__all__ = [
    "Core",
    "Home",
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
    "operator_key_pem",
    "remember_address",
    "remembered_address",
    "run_core",
    "show_key",
    "till_rules",
]
