"""What may be done to a run now, as the forms of its page are named."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from jobs.approval import waits_for_approval
from jobs.models.run import Run
from jobs.models.state import State, Wish


@dataclass(frozen=True, kw_only=True)
class RunOffers:
    """`is_known`: its job is in the catalog. `can_repeat_rejects`: it left some, and its job takes them."""

    run: Run
    is_known: bool
    is_preview: bool
    can_repeat_rejects: bool

    @property
    def names(self) -> frozenset[str]:
        run, is_over = self.run, self.run.is_final and self.is_known
        asked = {
            "pause": run.state == State.QUEUED or (run.state == State.RUNNING and not run.wish),
            "resumption": run.state == State.PAUSED or self._is_asked(Wish.PAUSE),
            "cancellation": not run.is_final and run.wish not in (Wish.CANCEL, Wish.KILL),
            "kill": self._is_to_be_killed(),
            "approval": waits_for_approval(run),
            "retry": is_over,
            "edit": is_over,
            "real-run": is_over and self.is_preview and run.state == State.SUCCEEDED,
            "rejects": is_over and self.can_repeat_rejects,
            "deletion": run.is_final,
        }
        return frozenset(name for name, is_offered in asked.items() if is_offered)

    def _is_asked(self, wish: Wish) -> bool:
        return self.run.state == State.RUNNING and self.run.wish == wish

    def _is_to_be_killed(self) -> bool:
        """Once a cancel was asked for; or a pause, and it has not answered within the grace."""
        if self.run.wished_at is None:
            return False
        is_late = timezone.now() > self.run.wished_at + settings.CANCEL_GRACE
        return self._is_asked(Wish.CANCEL) or (self._is_asked(Wish.PAUSE) and is_late)
