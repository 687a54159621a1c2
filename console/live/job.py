"""What would become of a run that is started now, as it changes while one fills in the form."""

from collections.abc import Collection, Mapping
from functools import partial

from django.template.loader import render_to_string

from console.live.picture import Picture
from console.prospect import Prospect, prospects


def read(keys: Collection[str]) -> Mapping[str, Picture]:
    return {name: _picture(prospect) for name, prospect in prospects(keys).items()}


def _picture(prospect: Prospect) -> Picture:
    return Picture(render=partial(_regions, prospect), fingerprint=tuple(prospect.sentences))


def _regions(prospect: Prospect) -> Mapping[str, str]:
    return {"prospect": render_to_string("console/job_prospect.html", {"prospect": prospect})}
