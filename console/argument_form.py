"""The parameters of a schedule, in the fields of its job's own form."""

from typing import Any

from django.http import QueryDict

from console.fields import field_of
from console.forms import JobForm
from console.prefill import read_values
from jobs.exceptions import WrongParameters
from jobs.job import Job
from jobs.kinds import Kind
from jobs.models.run import Origin
from jobs.output import refuse_output
from jobs.parameters import Parameter
from jobs.secret import SecretUnreadable

# A schedule uploads nothing, and only the catalog names a path on the server.
NO_FIELD = (Kind.FILE, Kind.OUTPUT)


class ArgumentForm(JobForm):
    """`given` is what the schedule names now, as JSON. Raises WrongDeclaration."""

    def __init__(self, job: Job, given: dict[str, Any], data: QueryDict | None = None) -> None:
        super().__init__(job, _own(data))
        self.given = given
        # A preview is a switch here: nobody is there to press one of two buttons.
        self.items = [item for item in job.parameters.items if item.kind not in NO_FIELD]
        self.fields = {item.name: field_of(item, job.name) for item in self.items}
        shown = (item.name for item in self.items if item.name in given and item.kind is not Kind.SECRET)
        self.initial = dict(read_values(job, {name: given[name] for name in shown}).texts)

    @property
    def paths(self) -> dict[str, Any]:
        """What it names on the server's disk."""
        return {
            item.name: self.given[item.name] for item in self.job.parameters.items if self._is_fixed(item)
        }

    @property
    def why_not(self) -> str:
        """The sentence why no schedule of this job can be made here."""
        for item in self.job.parameters.items:
            if item.kind is Kind.FILE and item.is_required and item.name not in self.given:
                return (
                    f"{self.job.name} needs a file ({item.name}), and a schedule has nobody who uploads one. "
                    f"Whoever writes jobs can name a place on the server in the catalog: "
                    f'schedule_parameters={{"{item.name}": "/srv/…"}}'
                )
        return ""

    def clean(self) -> None:
        super().clean()
        for item in self.job.parameters.items:
            if item.kind in NO_FIELD and item.name in self.data:
                self.add_error(
                    None, f"{item.name} is a place on the server's disk: only the catalog names one"
                )

    def chosen(self) -> dict[str, Any] | None:
        """What the schedule is to name, as JSON; None where `errors` say what is wrong.

        What is as the function's default is not named, unless it was before: the default may change.
        """
        if not self.is_valid():
            return None
        parameters = self.job.parameters
        try:
            parsed = parameters.parse({**self._kept(), **self.raw()})
            refuse_output(self.job, parsed, Origin.SCHEDULE, is_here=False)
        except WrongParameters as wrong:
            self.refuse(wrong.errors)
            return None
        except SecretUnreadable as unreadable:
            self.add_error(None, str(unreadable))
            return None
        values, defaults = parameters.dump(parsed), parameters.dump({})
        return {
            name: value
            for name, value in values.items()
            if name in self.given or name not in defaults or defaults[name] != value
        }

    def _kept(self) -> dict[str, Any]:
        """What has no field, and secrets, which are not shown and so not cleared."""
        items = self.job.parameters.items
        kept = [item for item in items if self._is_fixed(item) or item.kind is Kind.SECRET]
        return {item.name: self.given[item.name] for item in kept if item.name in self.given}

    def _is_fixed(self, item: Parameter) -> bool:
        return item.kind in NO_FIELD and item.name in self.given


def _own(data: QueryDict | None) -> QueryDict | None:
    """Without the fields of the other forms, which have a hyphen in their names, as no parameter can."""
    if data is None:
        return None
    own = QueryDict(mutable=True)
    for name, values in data.lists():
        if "-" not in name and name != "csrfmiddlewaretoken":
            own.setlist(name, values)
    return own
