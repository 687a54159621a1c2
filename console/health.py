"""What watchers are told: each check says OK, or in a sentence what to do."""

from dataclasses import dataclass

from jobs.services.diagnosis import Level
from jobs.services.health import essentials

OK = "ok"
NAMES = {"workers": "worker"}  # as watchers know them


@dataclass(frozen=True, kw_only=True)
class Health:
    """Sentences without addresses, names of machines or passwords: anybody may read them."""

    checks: dict[str, str]

    @property
    def is_ready(self) -> bool:
        return all(sentence == OK for sentence in self.checks.values())


def health() -> Health:
    found = essentials()
    return Health(
        checks={
            NAMES.get(name, name): each.advice if each.level is Level.FAIL else OK
            for name, each in found.items()
        }
    )
