"""What a job asks of a person before it is run for real."""

from dataclasses import dataclass
from datetime import timedelta

PREVIEW_IS_GOOD_FOR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Risk:
    """`counted` names the number in the result of a preview that has to be typed to go on.

    `reason` asks for a sentence, kept in the audit. `approval` lets the run wait for a second person.
    """

    counted: str = ""
    reason: bool = False
    approval: bool = False
