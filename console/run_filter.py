"""Which runs somebody looks for: words, each with its meaning, or a sentence that says why it has none."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

from console import run_words
from console.filter_words import Token, tokens_of, written
from console.run_words import Unclear
from jobs.access import hidden_from

LENGTH = 1_000  # characters of a filter, and of an address
WORDS = 20


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Words of one name mean either, words of several names all. With `problems` it finds nothing.

    `visible` is what the one who asks may see at all; `search` is within it.
    """

    tokens: tuple[Token, ...] = ()
    search: Q = field(default_factory=Q)
    visible: Q = field(default_factory=Q)
    problems: tuple[str, ...] = ()
    text: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.tokens)

    def without(self, token: Token) -> str:
        return written(each for each in self.tokens if each != token)

    def values(self, key: str) -> list[str]:
        return [token.value for token in self.tokens if token.key == key]

    def is_only_of(self, *keys: str) -> bool:
        return all(token.key in keys for token in self.tokens)


def parse(text: str, user: User | AnonymousUser) -> Filter:
    """`user` is who looks, and who is meant by `by:me`; what is private to others is not found."""
    tokens = [run_words.named(token, user) for token in tokens_of(text[:LENGTH])]
    found: Mapping[str, list[Q]] = defaultdict(list)
    problems = []
    if len(text) > LENGTH or len(tokens) > WORDS:
        problems.append(f"That is more than a filter can hold: at most {WORDS} words, {LENGTH:,} characters.")
    for token in tokens[:WORDS]:
        try:
            meaning = run_words.meaning(token, user)
        except Unclear as unclear:
            problems.append(_sentence(str(unclear)))
            continue
        # What narrows a range or a text does so each time it is said.
        found[str(token) if token.key in run_words.EACH_COUNTS else token.key].append(meaning)
    search = Q(*(reduce(or_, each) for each in found.values()))
    visible = _visible_to(user)
    search, text = search & visible, text[:LENGTH]
    return Filter(tokens=tuple(tokens), search=search, visible=visible, problems=tuple(problems), text=text)


def _visible_to(user: User | AnonymousUser) -> Q:
    hidden = hidden_from(user)
    return ~Q(job__in=hidden) if hidden else Q()


def _sentence(text: str) -> str:
    return text if text.endswith(("?", "…", ".")) else f"{text}."
