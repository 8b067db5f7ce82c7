"""Another language than English, whatever the catalogue holds."""

from app.i18n.texts import Texts


class UppercaseTexts(Texts):
    def say(self, sentence: str, /, **values: object) -> str:
        return sentence.upper()
