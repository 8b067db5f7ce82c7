"""The operator's codes that the program knows (protocol.md B 6.8, B 7). No other module has them as bare values.

Received codes stay plain numbers or texts and are compared with these: the operator's lists are not known, so a code
that is not here is no error.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class Operation(IntEnum):
    """What a request asks for (`OperationType`, B 6.8)."""

    CREATE_LINK = 10005
    GET_BALANCE = 20001
    GET_STATEMENT = 20002
    GET_STATUS = 20003
    REFUND = 30203


class OperationStatus(IntEnum):
    """The final ones; any other, or none, means not known yet (`OperationStatus`, B 7)."""

    DONE = 10
    DECLINED = 21


class CallbackCommand(StrEnum):
    """What a callback reports or asks (A3.6)."""

    CHECK = "check"
    AUTH = "auth"
    PAY = "pay"
    ERROR = "error"
    REFUND = "refund"


class CallbackResult(StrEnum):
    """The answer to a callback (`result`, A3.3)."""

    ACCEPTED = "10"
    REFUSED = "21"


KNOWN_COMMANDS: Final = frozenset(CallbackCommand)
FINAL_COMMANDS: Final = frozenset({CallbackCommand.PAY, CallbackCommand.ERROR, CallbackCommand.REFUND})
"""They report money and are signed; they are never refused."""
JUDGED_COMMANDS: Final = frozenset({CallbackCommand.CHECK, CallbackCommand.AUTH})
"""They ask whether the payer may continue; they are not signed."""
