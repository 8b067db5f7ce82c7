"""What is done with the shop's own key pair: made, imported, copied, saved for XPAY. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from app.domain.errors import KeysExist, PaydeskError
from app.i18n.marks import _
from app.services.desk import Preferences
from app.ui.front import Front, Question
from app.ui.pages.settings.state import KeyAction

KEY_FILES = _("Keys (*.pem *.key *.pub);;All files (*)")
KEY_FILE_NAME = "paydesk_public_key.pem"
Command = Callable[[Callable[[], Coroutine[Any, Any, None]]], Coroutine[Any, Any, None]]


class KeyErrands:
    """`problem` is why the last errand failed. `pem` is the public half in use, told by whoever reads it."""

    def __init__(self, front: Front, command: Command, preferences: Callable[[], Preferences]) -> None:
        self._front = front
        self._command = command
        self._preferences = preferences
        self.problem: PaydeskError | None = None
        self.busy = False

    async def do(self, action: KeyAction, pem: str) -> bool:
        """Do it and return whether there is a new key pair now."""
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

    async def _make(self) -> bool:
        await self._command(self._preferences().make_keys)
        self._toast(self._front.texts.say("The key pair is made. Send its public key to XPAY."))
        return True

    async def _import(self) -> bool:
        say = self._front.texts.say
        path = await self._front.desktop.choose_file(say("The file of your private key"), say(KEY_FILES))
        if path is None:
            return False
        preferences = self._preferences()
        try:
            await self._command(lambda: preferences.import_key(path))
        except KeysExist:  # asked only now: the key may be the same one, or come from another process meanwhile
            if not await self._front.desktop.confirm(self._replacing()):
                return False
            await self._command(lambda: preferences.import_key(path, replace=True))
        self._toast(say("The key pair is imported"))
        return True

    def _replacing(self) -> Question:
        say = self._front.texts.say
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
        self._front.desktop.copy(pem)
        self._toast(self._front.texts.say("The public key is copied"))

    async def _save(self, pem: str) -> None:
        say = self._front.texts.say
        path = await self._front.desktop.save_text(say("Save the public key"), KEY_FILE_NAME, pem)
        if path is not None:
            self._toast(say("Saved in {name}", name=path.name))

    def _toast(self, text: str) -> None:
        self._front.notices.toast(text, "paid")
