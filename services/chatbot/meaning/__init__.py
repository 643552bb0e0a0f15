"""What a question asks, medically: slots that must all agree before two questions may share an answer."""

from services.chatbot.meaning.key import Meaning, language, meaning

__all__ = ["Meaning", "language", "meaning"]
