"""Which files a parameter takes from those who upload one.

Told before the upload, and judged again after it. Paths in commands and code are not its matter: the job
itself says what it cannot read.
"""

from dataclasses import dataclass

UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, kw_only=True)
class Accepts:
    """`suffixes` in lower case, with their dots; `at_most` in bytes. Without either it takes everything."""

    suffixes: tuple[str, ...] = ()
    at_most: int | None = None

    @property
    def sentence(self) -> str:
        """What it takes, for people; empty where that is everything."""
        kinds = _listed(self.suffixes)
        size = f"at most {size_words(self.at_most)}" if self.at_most is not None else ""
        return ", ".join(filter(None, (kinds, size)))

    def refusal(self, name: str, size: int) -> str:
        """Why a file of that name and size is not taken; empty where it is."""
        if self.suffixes and not name.lower().endswith(self.suffixes):
            return f"{name!r} is no {_listed(self.suffixes)} file; choose another"
        if self.at_most is not None and size > self.at_most:
            most = size_words(self.at_most)
            return f"{name!r} is too big: it has {size_words(size)}, and at most {most} are taken"
        return ""


def size_words(size: int) -> str:
    """In thousands, as disks are sold and as browsers show it."""
    amount = float(size)
    for unit in UNITS:
        if amount < 1000 or unit == UNITS[-1]:
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
