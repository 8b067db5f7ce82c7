"""The command line lists the demo operator's faults without importing it; both lists must be equal."""

from app.cli.servers import FAULT_NAMES
from app.simulator.faults import Fault


def test_the_command_line_knows_every_fault() -> None:
    assert list(FAULT_NAMES) == [fault.value for fault in Fault]
