"""The smallest job there is."""

from typing import Annotated

from annotated_types import Ge, Le
from typing_extensions import Doc

from jobs.progress import Progress, silent, track


def greet(
    name: Annotated[str, Doc("who is greeted")],
    times: Annotated[int, Ge(1), Le(1_000), Doc("how often")] = 1,
    *,
    progress: Progress = silent,
) -> list[str]:
    """Say hello, once or more."""
    return [f"Hello, {name}!" for _ in track(range(times), progress)]
