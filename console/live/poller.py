"""One look at the database for all open pages of this process."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from django.db import Error, connection

from console.live.picture import Picture, Read
from console.live.topic import Topic

log = logging.getLogger(__name__)

EVERY = 0.5  # seconds between two looks
BEAT = 5.0  # seconds of silence after which a page is told that all is well

Name: TypeAlias = tuple[str, str]  # kind and key
Tell: TypeAlias = Callable[[str, str], None]  # event and data, from any thread


class Poller:
    """A thread that lives as long as somebody watches. What is watched by many is read once."""

    def __init__(self, kinds: Mapping[str, Read], *, every: float = EVERY) -> None:
        self._kinds = kinds
        self._every = every
        self._lock = threading.Lock()
        self._topics: dict[Name, Topic] = {}
        self._watchers: dict[Tell, frozenset[Name]] = {}
        self._thread: threading.Thread | None = None
        self._beat_at = 0.0
        self._is_cut_off = False  # from the database

    def watch(self, names: Collection[Name], tell: Tell) -> None:
        """From now on `tell` is told of these. Raises KeyError where there is no such kind."""
        if unknown := [kind for kind, _ in names if kind not in self._kinds]:
            raise KeyError(unknown[0])
        with self._lock:
            self._watchers[tell] = frozenset(names)
            for name in names:
                if name in self._topics:
                    tell("picture", self._topics[name].whole)
                else:
                    self._topics[name] = Topic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live pages", daemon=True)
                self._thread.start()

    def leave(self, tell: Tell) -> None:
        with self._lock:
            self._watchers.pop(tell, None)
            watched = frozenset[Name]().union(*self._watchers.values())
            self._topics = {name: topic for name, topic in self._topics.items() if name in watched}

    def look(self) -> None:
        """Read what is watched, once a kind, and tell what is new."""
        with self._lock:
            topics = {name: topic for name, topic in self._topics.items() if not topic.is_last}
        keys: dict[str, set[str]] = defaultdict(set)
        for kind, key in topics:
            keys[kind].add(key)
        for kind, wanted in keys.items():
            with _by_itself():
                for key, picture in self._kinds[kind](wanted).items():
                    with _by_itself():
                        self._show((kind, key), topics[kind, key], picture)
        self._beat()

    def _show(self, name: Name, topic: Topic, picture: Picture) -> None:
        regions = topic.render(picture)
        # In one breath: who began to watch in between would be told a part for the whole, or something twice.
        with self._lock:
            news = topic.show(picture, regions)
            if news and self._topics.get(name) is topic:
                self._tell("picture", news, name)

    def _beat(self) -> None:
        # After a look that went well only: a page whose server has no database is to say so.
        if time.monotonic() - self._beat_at >= BEAT:
            self._beat_at = time.monotonic()
            with self._lock:
                self._tell("beat", "{}")

    def _tell(self, event: str, data: str, about: Name | None = None) -> None:
        """Within the lock."""
        for tell, names in self._watchers.items():
            if about is None or about in names:
                tell(event, data)

    def _run(self) -> None:
        try:
            while self._is_wanted():
                began = time.monotonic()
                self._try()
                time.sleep(max(0.05, self._every - (time.monotonic() - began)))
        finally:
            connection.close()

    def _try(self) -> None:
        try:
            self.look()
            self._is_cut_off = False
        except Error:
            if not self._is_cut_off:
                log.warning("The open pages are told nothing until the database answers", exc_info=True)
            self._is_cut_off = True
            connection.close()

    def _is_wanted(self) -> bool:
        with self._lock:
            if not self._watchers:
                self._thread = None
            # Within the lock: who comes next starts another thread, which is not this one.
            return self._thread is not None


@contextmanager
def _by_itself() -> Iterator[None]:
    """The mistake of one page must not stop the others; without a database none of them can be told."""
    try:
        yield
    except Error:
        raise
    except Exception:
        log.exception("An open page could not be brought up to date")
