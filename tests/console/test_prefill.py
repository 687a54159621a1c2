"""What a form begins with."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from console.forms import JobForm
from console.prefill import prefill
from jobs.catalog import IMPORT_PRODUCTS
from jobs.models import Preset, Run
from tests.console.conftest import MakeRun
from tests.console.every_kind import JOB


def form_of(query: str, user: User) -> JobForm:
    return JobForm(JOB, user=user, prefill=prefill(JOB, QueryDict(query), user))


@pytest.fixture
def upload() -> Path:
    path = Path(settings.UPLOADS) / "0" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_text("sku")
    return path


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("whole=7", "whole", 'value="7"'),
        ("text=a%20b%22", "text", 'value="a b&quot;"'),
        ("keep=2h", "keep", 'value="2h"'),
        ("at=2026-05-06T07:08Z", "at", 'value="2026-05-06T07:08:00"'),
        ("colour=blue", "colour", 'value="blue" id="id_colour_1" checked'),
        ("words=x&words=y", "words", "x\ny</textarea>"),
        ("loud=false", "loud", '<input type="checkbox" name="loud" id="id_loud"'),
        ("limit=", "limit", '<input type="number" name="limit" step="1"'),
    ],
)
def test_values_of_the_address_stand_in_the_form(operator: User, query: str, name: str, value: str) -> None:
    form = form_of(query, operator)

    assert form.errors == {}
    assert value in str(form[name])


def test_what_the_address_does_not_say_has_its_default(operator: User) -> None:
    assert 'value="5"' in str(form_of("text=a", operator)["whole"])


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("whole=x", "whole"),
        ("whole=11", "whole"),
        ("day=2026-02-30", "day"),
        ("colour=green", "colour"),
        ("owner=0", "owner"),
        ("owner=%00", "owner"),
        ("text=%00", "text"),
        ("whole=" + "9" * 5_000, "whole"),
        ("path=/etc/passwd", "path"),
        ("key=hush", "key"),
        ("wole=3", "__all__"),
        ("dry_run=perhaps", "__all__"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_starts_nothing(
    operator: User, query: str, name: str
) -> None:
    form = form_of(query, operator)

    assert list(form.errors) == [name]
    assert "hush" not in form.as_div()
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "preset=x",
        "preset=-1",
        "preset=99999999999999999999",
        "run=x",
        "run=%00",
        "tab=nothing",
        "tab=%00",
        "=1&&",
    ],
)
def test_a_senseless_address_still_has_a_page(as_operator: Client, query: str) -> None:
    assert as_operator.get(f"/jobs/import_products/?{query}").status_code == 200


def test_a_preset_fills_the_form_and_the_address_goes_before_it(operator: User) -> None:
    values = {"whole": 3, "text": "of the preset", "colours": ["red"]}
    preset = Preset.objects.create(job=JOB.name, name="week", owner=operator, parameters=values)

    form = form_of(f"preset={preset.pk}&whole=4", operator)

    assert form.prefill.values["text"] == "of the preset"
    assert 'value="4"' in str(form["whole"])
    assert form.prefill.source == "Filled in from the preset “week”."


def test_a_preset_of_somebody_else_fills_nothing(operator: User, reader: User) -> None:
    preset = Preset.objects.create(job=JOB.name, name="week", owner=reader, parameters={"whole": 3})

    form = form_of(f"preset={preset.pk}", operator)

    assert form.prefill.source == "There is no such preset of this job; the form shows the defaults."
    assert 'value="5"' in str(form["whole"])


def test_an_earlier_run_fills_the_form_but_for_its_secrets(
    operator: User, make_run: MakeRun, upload: Path
) -> None:
    values = JOB.parameters.parse(
        {"text": "a", "key": "hush", "owner": operator, "path": str(upload), "whole": 9, "keep": "2h"}
    )
    run = make_run(job=JOB.name, parameters=JOB.parameters.dump(values))

    form = form_of(f"run={run.pk}", operator)

    assert form.errors == {}
    assert [file.path for file in form.kept["path"]] == [upload]
    assert 'value="9"' in str(form["whole"])
    assert 'value="2h"' in str(form["keep"])
    assert "hush" not in form.as_div()
    assert "Secrets have to be typed again" in form.prefill.source


def test_what_was_no_file_when_it_ran_is_asked_for(operator: User, make_run: MakeRun) -> None:
    run = make_run(job="import_products", parameters={"path": 5})

    filled = prefill(IMPORT_PRODUCTS, QueryDict(f"run={run.pk}"), operator)

    assert filled.errors == {"path": "It is not kept any more: choose the file again"}


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd", "gone/a.csv", ""])
def test_a_file_that_is_no_upload_or_is_gone_is_not_kept(
    operator: User, make_run: MakeRun, path: str
) -> None:
    where = str(Path(settings.UPLOADS) / path)
    run = make_run(job="import_products", parameters={"path": where})

    filled = prefill(IMPORT_PRODUCTS, QueryDict(f"run={run.pk}"), operator)

    assert filled.files == {"path": []}
    assert filled.errors == {"path": "It is not kept any more: choose the file again"}


def test_a_run_of_other_parameters_tells_which_are_no_more(operator: User, make_run: MakeRun) -> None:
    run = make_run(job="import_products", parameters={"batch_sise": 3, "dry_run": True})

    filled = prefill(IMPORT_PRODUCTS, QueryDict(f"run={run.pk}"), operator)

    sentence = "'batch_sise' is no parameter of import_products; did you mean 'batch_size'?"
    assert filled.errors == {"batch_sise": sentence}


def test_a_run_of_another_job_fills_nothing(operator: User, make_run: MakeRun) -> None:
    run = make_run(job="greet", parameters={"name": "x"})

    filled = prefill(IMPORT_PRODUCTS, QueryDict(f"run={run.pk}"), operator)

    assert (filled.texts, filled.source) == (
        {},
        "There is no such run of this job; the form shows the defaults.",
    )


def test_the_page_of_a_run_leads_to_its_form(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(job="import_products", parameters={"batch_size": 321})
    link = f"/jobs/import_products/?run={run.pk}"

    assert link in as_operator.get(f"/runs/{run.pk}/").content.decode()
    assert 'value="321"' in as_operator.get(link).content.decode()
