"""What Celery offers and a run does not take.

NightshiftError
├── CanvasRefused   link, chord and the like
└── OptionRefused   an option that the job's declaration decides
"""

from jobs.exceptions import NightshiftError


class CanvasRefused(NightshiftError):
    def __init__(self, job: str, option: str) -> None:
        self.job = job
        self.option = option
        super().__init__(
            f"{job} takes no {option!r}: a lost message would break the chain. Use a parent run, which keeps "
            "its child runs in PostgreSQL (docs/runs.md)"
        )


class OptionRefused(NightshiftError):
    def __init__(self, job: str, option: str) -> None:
        self.job = job
        self.option = option
        super().__init__(f"{job} takes no {option!r} at the call: its Job in jobs/catalog.py decides that")
