"""Another language than English, whatever the catalogue holds."""

from app.i18n.texts import Texts


class Shouting(Texts):
    def say(self, sentence: str, /, **values: object) -> str:
        return sentence.upper()
