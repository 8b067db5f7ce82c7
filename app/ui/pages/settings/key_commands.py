"""The commands of the shop's own key pair: create, import, copy and save for XPAY; and its state. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from app.domain.errors import KeysExist, PaydeskError
from app.i18n.marks import _
from app.services.core_api import Preferences
from app.ui.context import Question, UiContext
from app.ui.pages.settings.state import KeyAction, KeyPairState

KEY_FILES: Final = _("Keys (*.pem *.key *.pub);;All files (*)")
KEY_FILE_NAME: Final = "paydesk_public_key.pem"
GROUP_SIZE, GROUPS_IN_LINE = 4, 8
Command = Callable[[Callable[[], Coroutine[Any, Any, None]]], Coroutine[Any, Any, None]]


class KeyCommands:
    """`problem` is why the last command failed; `busy` while the key pair is being changed."""

    def __init__(self, context: UiContext, command: Command, preferences: Callable[[], Preferences]) -> None:
        self._context = context
        self._command = command
        self._preferences = preferences
        self.problem: PaydeskError | None = None
        self.busy = False

    async def run(self, action: KeyAction, pem: str) -> bool:
        """Run the action with the public key `pem`; return whether there is a new key pair now."""
        self.problem = None
        try:
            match action:
                case KeyAction.MAKE:
                    return await self._make()
                case KeyAction.IMPORT:
                    return await self._import()
                case KeyAction.COPY:
                    self._copy(pem)
                case KeyAction.SAVE:
                    await self._save(pem)
        except PaydeskError as refusal:
            self.problem = refusal
        return False

    def state(self, key: Mapping[str, str] | None, key_problem: PaydeskError | None) -> KeyPairState:
        """Return the state of the public key: as the core returned it, absent, or why it cannot be read."""
        say = self._context.texts.say
        explanation = say("Requests are signed with the private key, which stays here. XPAY needs the public one.")
        if key is None:
            return KeyPairState(explanation, problem=self._error(self.problem or key_problem), busy=self.busy)
        in_file = key["stored_in"] == "file"
        kept = say("The private key is kept in a file of the home folder.")
        warning = say("This system has no key store: whoever can read that folder can act for the shop.")
        return KeyPairState(
            explanation=explanation,
            fingerprint=_grouped(key["fingerprint"]),
            kept=kept if in_file else say("The private key is kept with the system's key store."),
            warning=warning if in_file else "",
            problem=self._error(self.problem),
            busy=self.busy,
        )

    async def _make(self) -> bool:
        await self._command(self._preferences().make_keys)
        self._toast(self._context.texts.say("The key pair is made. Send its public key to XPAY."))
        return True

    async def _import(self) -> bool:
        say = self._context.texts.say
        path = await self._context.desktop.choose_file(say("The file of your private key"), say(KEY_FILES))
        if path is None:
            return False
        preferences = self._preferences()
        try:
            await self._command(lambda: preferences.import_key(path))
        except KeysExist:  # asked only now: the key may be the same, or another process may have created it meanwhile
            if not await self._context.desktop.confirm(self._replacing()):
                return False
            await self._command(lambda: preferences.import_key(path, replace=True))
        self._toast(say("The key pair is imported"))
        return True

    def _replacing(self) -> Question:
        say = self._context.texts.say
        return Question(
            title=say("Replace the shop's key pair?"),
            text=say(
                "XPAY knows the public key of the present pair. Until you have sent it the new one, XPAY refuses every"
                " request: no links, no refunds. The present pair is kept aside."
            ),
            yes=say("Replace the key pair"),
            no=say("Keep the present one"),
            danger=True,
        )

    def _copy(self, pem: str) -> None:
        self._context.desktop.copy(pem)
        self._toast(self._context.texts.say("The public key is copied"))

    async def _save(self, pem: str) -> None:
        say = self._context.texts.say
        path = await self._context.desktop.save_text(say("Save the public key"), KEY_FILE_NAME, pem)
        if path is not None:
            self._toast(say("Saved in {name}", name=path.name))

    def _toast(self, text: str) -> None:
        self._context.notices.toast(text, "paid")

    def _error(self, error: PaydeskError | None) -> str:
        return self._context.texts.error(error) if error else ""


def _grouped(fingerprint: str) -> str:
    """Return the hex digits in groups and lines, so that two people can compare them by voice."""
    groups = [fingerprint[start : start + GROUP_SIZE] for start in range(0, len(fingerprint), GROUP_SIZE)]
    lines = (groups[start : start + GROUPS_IN_LINE] for start in range(0, len(groups), GROUPS_IN_LINE))
    return "\n".join(" ".join(line) for line in lines)
