"""The error tree. Each leaf has a stable `code` and says whether a retry may help; sentences live in `i18n.texts`.

PaydeskError
 +- Refusal                       an expected failure, from outside or by a rule of ours: shown to people
 |   +- BadInput                  typed input cannot be parsed or stored: amount_not_number, bad_phone, ...
 |   +- RuleBroken                the payment's state or a limit forbids it: amount_zero, amount_three_decimals,
 |   |                            amount_over_limit, not_cancellable, refund_in_flight, ...
 |   +- OperatorError             operator_refused, operator_unreachable (refund_unknown)
 |   +- NotFound  NotConfigured  SettingBad  SettingUnknown  NoRight
 |   +- Occupied                  port_taken, home_taken
 |   +- StorageError              storage_full, storage_locked, storage_read_only, storage_damaged, ...
 +- Defect                        a bug of the program: logged with a traceback
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar


class PaydeskError(Exception):
    """Root. `details` are the values that the sentence for `code` names; no secrets, no card data."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False

    def __init__(self, **details: object) -> None:
        super().__init__(self.code)
        self.details = details

    def __reduce__(self) -> tuple[Callable[[], PaydeskError], tuple[()]]:
        return partial(type(self), **self.details), ()  # the standard way copies without keywords, and fails

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.details.items())
        return f"{self.code}({shown})" if shown else self.code


class Refusal(PaydeskError):
    """An expected failure that the user can act on."""

    code = "refusal"


class Defect(PaydeskError):
    """A bug of the program."""

    code = "defect"


class BadInput(Refusal):
    code = "bad_input"


class AmountNotNumber(BadInput):
    code = "amount_not_number"


class RuleBroken(Refusal):
    """A rule or a limit of ours forbids it."""

    code = "rule_broken"


class AmountZero(RuleBroken):
    code = "amount_zero"


class AmountThreeDecimals(RuleBroken):
    code = "amount_three_decimals"


class AmountOverLimit(RuleBroken):
    code = "amount_over_limit"


class BadPhone(BadInput):
    code = "bad_phone"


class BadEmail(BadInput):
    code = "bad_email"


class TextTooLong(BadInput):
    code = "text_too_long"


class SeqUnknown(BadInput):
    """The journal has not reached this seq. Details: `seen`, `last`."""

    code = "seq_unknown"


class CardNumberTyped(BadInput):
    """A card number in a free-text field: it is neither stored nor sent to the operator. Details: `field`."""

    code = "card_number_typed"


class BadValue(BadInput):
    code = "bad_value"


class NotCancellable(RuleBroken):
    code = "not_cancellable"


class LinkReplaced(RuleBroken):
    """The link that the person saw is no longer the newest one. Details: `number`."""

    code = "link_replaced"


class NotRenewable(RuleBroken):
    code = "not_renewable"


class MoneyMayHaveCome(RuleBroken):
    """No second link before a person has settled what became of the money. Details: `number`.

    `reason` is `authorised` where the customer was paying when the link ran out.
    """

    code = "money_may_have_come"


class NothingToRefund(RuleBroken):
    """No money of this payment was received by callback, or all of it is being refunded already."""

    code = "nothing_to_refund"


class RefundInFlight(RuleBroken):
    """One refund at a time: the outcome of the last one is not known yet (protocol.md A5)."""

    code = "refund_in_flight"


class RefundTooMuch(RuleBroken):
    """Details: `rest_minor`, the most that one refund may return now."""

    code = "refund_too_much"


class RefundReasonMissing(RuleBroken):
    code = "refund_reason_missing"


class RefundSettled(RuleBroken):
    """A person can only decide about a refund whose outcome is not known."""

    code = "refund_settled"


class RefundsChanged(RuleBroken):
    """A refund fact is newer than what the person saw: it may be the very refund that is decided now."""

    code = "refunds_changed"


class NothingToSettle(RuleBroken):
    """Details: `reason` is `newer` where what needs attention is newer than what the person saw."""

    code = "nothing_to_settle"


class NotConfirmable(RuleBroken):
    """A person cannot make this payment paid (protocol.md A3.9).

    Details: `reason` is `newer` where the operator reported paid after what the person saw, `counted` where signed
    callbacks already determine the sum received; absent: the operator does not report paid.
    """

    code = "not_confirmable"


class SettleReasonMissing(RuleBroken):
    code = "settle_reason_missing"


class DayAlreadyClosed(RuleBroken):
    """A closing never changes. Details: `day`."""

    code = "day_already_closed"


class DayNotStarted(RuleBroken):
    """A future day cannot be closed. Details: `day`."""

    code = "day_not_started"


class KeysExist(RuleBroken):
    """A key pair that the operator may know is never overwritten."""

    code = "keys_exist"


class OwnFile(RuleBroken):
    """A file that a person asked for would take the place of the home's own. Details: `path`."""

    code = "own_file"


class WrongMode(RuleBroken):
    """A ledger of demo money with live settings, or the other way round (protocol.md A7)."""

    code = "wrong_mode"


class OperatorError(Refusal):
    code = "operator_error"


class OperatorRefused(OperatorError):
    """The operator answered, and the answer is not a success. Details: `operator_code`, `message`."""

    code = "operator_refused"


class OperatorUnreachable(OperatorError):
    """No answer, so the outcome is unknown. Details: `reason`.

    `timeout`, `connection`; where nothing was sent: `connection_refused`, `name_unknown`, `tls`,
    `certificate_untrusted`, `certificate_expired` (or not valid yet), `certificate_name`.
    """

    code = "operator_unreachable"
    retryable = True


class RefundUnknown(OperatorUnreachable):
    """The outcome of a refund is not known; the program never sends it again. Details: `reason`."""

    code = "refund_unknown"
    retryable = False


class NotFound(Refusal):
    code = "not_found"


class NotConfigured(Refusal):
    """Details: `setting`."""

    code = "not_configured"


class SettingUnknown(Refusal):
    code = "setting_unknown"


class SettingBad(Refusal):
    code = "setting_bad"


class BadKey(Refusal):
    """A key file without an RSA key of 2048 bits or more."""

    code = "bad_key"


class NoRight(Refusal):
    code = "no_right"


class Occupied(Refusal):
    code = "occupied"
    retryable = True


class PortTaken(Occupied):
    code = "port_taken"


class ListenerFailed(Occupied):
    """The system gives no socket now. Details: `reason`, the system's own words."""

    code = "listener_failed"
    retryable = True


class HomeTaken(Occupied):
    code = "home_taken"


class StorageError(Refusal):
    code = "storage_error"


class StorageFull(StorageError):
    code = "storage_full"
    retryable = True


class StorageLocked(StorageError):
    code = "storage_locked"
    retryable = True


class StorageReadOnly(StorageError):
    code = "storage_read_only"
    retryable = True


class FileNotWritable(StorageError):
    """A file that a person asked for, outside of the home's own. Details: `path`, `reason`."""

    code = "file_not_writable"


class StorageDamaged(StorageError):
    code = "storage_damaged"


class StorageDoubtful(StorageError):
    """The check after an unclean stop found an inconsistency; the program goes on, nothing was changed."""

    code = "storage_doubtful"


class StorageNewer(StorageError):
    code = "storage_newer"


class SecretsUnreadable(StorageError):
    code = "secrets_unreadable"


class OutputLost(StorageError):
    """What a verb was asked for is done; what it prints about it could not be written. Details: `reason`."""

    code = "output_lost"
