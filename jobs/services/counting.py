"""How many rows there are."""

from dataclasses import dataclass
from typing import Annotated

from django.apps import AppConfig, apps
from typing_extensions import Doc

from jobs.exceptions import WrongInput, did_you_mean
from jobs.progress import Progress, silent, track


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """`models` has the rows of each model by its label, such as `jobs.Run`; `total` is their sum."""

    models: dict[str, int]
    total: int


def count_rows(
    app_labels: Annotated[list[str], Doc("apps to count in, such as jobs or auth")],
    *,
    progress: Progress = silent,
) -> RowCounts:
    """Count the rows of every model of those apps, exactly.

    Each count is true at its own moment, not all of them at the same one.
    """
    configs = [_config(label) for label in dict.fromkeys(app_labels)]
    models = [model for config in configs for model in config.get_models()]
    counts: dict[str, int] = {}
    for model in track(models, progress):
        progress.update(message=f"Counting {model._meta.label}")
        # Not the default manager, which may hide rows.
        counts[model._meta.label] = model._base_manager.count()
    return RowCounts(models=counts, total=sum(counts.values()))


def _config(label: str) -> AppConfig:
    try:
        return apps.get_app_config(label)
    except LookupError:
        known = sorted(each.label for each in apps.get_app_configs())
        hint = did_you_mean(label, known) or f"; there are {', '.join(known)}"
        raise WrongInput(f"There is no app {label!r}{hint}") from None
