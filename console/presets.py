"""Saving what stands in a form under a name."""

from django.contrib.auth.models import User

from console.start_form import NAME, SHARED, StartForm
from jobs.models.preset import Preset


def save_preset(form: StartForm, owner: User) -> Preset | None:
    """The owner's preset of that name, made or replaced; None where `errors` say what is wrong.

    What is missing, a file or a secret, is nobody's fault here: it is asked for when the job is started.
    """
    if NAME not in form.errors and not form.cleaned_data[NAME]:
        form.add_error(NAME, "Give the preset a name")
    values, wrong = form.job.parameters.parse_some(form.plain())
    form.refuse(wrong)
    if form.errors:
        form.ask_for_secrets_again()
        return None
    stored = form.job.parameters.dump(values)
    said = {name: stored[name] for name in values}
    preset, _ = Preset.objects.update_or_create(
        job=form.job.name,
        owner=owner,
        name=form.cleaned_data[NAME],
        defaults={"parameters": said, "is_shared": form.cleaned_data[SHARED]},
    )
    return preset
