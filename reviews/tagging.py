"""Which items a note is about: their codes as they are typed ("O2, t6") and as hashtags in a text ("#T6")."""

import re
from collections.abc import Iterable

_APART = re.compile(r"[\s,;.#]+")
_HASHTAG = re.compile(r"(?<![\w#])#(\w+)")


def typed(text: str, known: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the codes typed in a field, each once, as `known` spells them and in its order; and what is none of them,
    as it was typed. Commas, semicolons and space part them; neither case nor a # before them matters.
    """
    spelled = {code.casefold(): code for code in known}
    words = list(dict.fromkeys(word for word in _APART.split(text) if word))
    found = {spelled[word.casefold()] for word in words if word.casefold() in spelled}
    return _in_order(found, spelled), [word for word in words if word.casefold() not in spelled]


def hashtags(text: str, known: Iterable[str]) -> list[str]:
    """Return the codes that a text names as hashtags, as `known` spells them and in its order; other hashtags are
    nothing but text.
    """
    spelled = {code.casefold(): code for code in known}
    words = {word.casefold() for word in _HASHTAG.findall(text)}
    return _in_order({code for word, code in spelled.items() if word in words}, spelled)


def _in_order(found: set[str], spelled: dict[str, str]) -> list[str]:
    return [code for code in spelled.values() if code in found]
