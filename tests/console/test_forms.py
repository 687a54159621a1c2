"""The form of a job: each kind of parameter there and back."""

import stat
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from console.forms import JobForm
from console.start_form import StartForm
from console.uploads import Kept
from jobs.catalog import EXPORT_PRODUCTS, IMPORT_PRODUCTS
from jobs.models import Run
from tests.console.every_kind import JOB, MERGE, Colour


@pytest.fixture
def fill(operator: User) -> Callable[..., StartForm]:
    def make(**changes: Any) -> StartForm:
        values = {
            "text": "a b",
            "key": "hush",
            "owner": str(operator.pk),
            **_as_rendered(JobForm(JOB)),
            **changes,
        }
        upload = values.pop("upload", SimpleUploadedFile("a.csv", b"sku"))
        files: MultiValueDict[str, UploadedFile] = MultiValueDict({"path": [upload]} if upload else {})
        return StartForm(JOB, _posted(values), files, user=operator)

    return make


def test_what_the_form_shows_comes_back_as_the_defaults(
    fill: Callable[..., StartForm], operator: User
) -> None:
    run = fill().start()

    assert run
    values = JOB.parameters.parse(run.parameters)
    for item in JOB.parameters.items:
        if not item.is_required:
            assert values[item.name] == item.default, item.name


def test_what_is_typed_arrives(fill: Callable[..., StartForm], operator: User) -> None:
    typed = {
        "text": " <b>ü ", "whole": "10", "share": "0.25", "price": "9.99", "day": "2027-05-06",
        "at": "2027-05-06T07:08", "keep": "2h", "loud": None, "colour": "blue", "size": "big",
        "words": "x\r\n\r\ny z", "colours": ["red", "blue"], "limit": "7", "dry_run": "true",
    }  # fmt: skip

    run = fill(**typed).start()

    assert run
    values = JOB.parameters.parse(run.parameters)
    assert values.pop("path").read_bytes() == b"sku"
    assert values.pop("key").get_secret_value() == "hush"
    assert values == {
        "text": " <b>ü ", "owner": operator, "whole": 10, "share": 0.25, "price": Decimal("9.99"),
        "day": date(2027, 5, 6), "at": datetime(2027, 5, 6, 7, 8, tzinfo=UTC), "keep": timedelta(hours=2),
        "loud": False, "colour": Colour.BLUE, "size": "big", "words": ["x", "y z"],
        "colours": [Colour.RED, Colour.BLUE], "limit": 7, "dry_run": True,
    }  # fmt: skip


def test_the_run_knows_who_started_it_and_where(fill: Callable[..., StartForm], operator: User) -> None:
    run = fill().start()

    assert run
    assert (run.started_by, run.origin) == (operator, Run.Origin.CONSOLE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("whole", "11"), ("whole", "x"), ("whole", ""), ("share", "nan"), ("price", "dear"),
        ("day", "2026-02-30"), ("at", "noon"), ("keep", "a while"), ("colour", "green"), ("size", "huge"),
        ("colours", ["green"]), ("text", ""), ("key", ""), ("owner", "0"), ("text", "a\x00b"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_beside_its_field(
    fill: Callable[..., StartForm], operator: User, name: str, value: Any
) -> None:
    form = fill(**{name: value})

    assert form.start() is None
    assert form.errors[name]


def test_an_emptied_number_is_asked_for_in_words(fill: Callable[..., StartForm], operator: User) -> None:
    form = fill(whole="")

    form.start()

    assert form.errors["whole"] == ["Fill this in; its default is 5"]


def test_what_was_typed_is_kept_beside_an_error(fill: Callable[..., StartForm], operator: User) -> None:
    form = fill(whole="x", text="kept words")

    form.start()

    assert "kept words" in str(form["text"])


def test_a_secret_is_never_rendered_back(fill: Callable[..., StartForm], operator: User) -> None:
    form = fill(whole="x", key="hush-hush")

    form.start()

    assert "hush-hush" not in form.as_div()


def test_a_secret_is_asked_for_again_after_an_error(fill: Callable[..., StartForm]) -> None:
    form = fill(whole="x")

    form.start()

    assert form.errors["key"] == ["Type it again: a secret is never sent back"]


def test_a_file_is_kept_over_an_error_in_another_field(
    fill: Callable[..., StartForm], operator: User
) -> None:
    refused = fill(whole="x")
    assert refused.start() is None
    (file,) = refused.rows[0].files

    run = fill(upload=None, **{refused.rows[0].kept_name: file.token}).start()

    assert "path" not in refused.errors
    assert "required" not in refused.rows[0].input
    assert run
    assert (Path(run.parameters["path"]), Path(run.parameters["path"]).read_bytes()) == (file.path, b"sku")


def test_a_new_file_goes_before_the_one_that_was_kept(fill: Callable[..., StartForm]) -> None:
    refused = fill(whole="x")
    refused.start()
    token = refused.rows[0].files[0].token

    run = fill(upload=SimpleUploadedFile("b.csv", b"new"), **{"kept-path": token}).start()

    assert run
    assert Path(run.parameters["path"]).read_bytes() == b"new"


def test_files_that_were_kept_and_new_ones_make_a_list(operator: User) -> None:
    first, second = (SimpleUploadedFile(name, name.encode()) for name in ("a.csv", "b.csv"))
    refused = StartForm(MERGE, _posted({"pats": "x"}), MultiValueDict({"paths": [first]}), user=operator)
    refused.start()
    data = _posted({"kept-paths": [each.token for each in refused.rows[0].files]})

    run = StartForm(MERGE, data, MultiValueDict({"paths": [second]}), user=operator).start()

    assert run
    assert [Path(path).read_text() for path in run.parameters["paths"]] == ["a.csv", "b.csv"]


def test_a_file_of_somebody_else_is_not_taken(fill: Callable[..., StartForm], reader: User) -> None:
    refused = fill(whole="x")
    refused.start()
    theirs = Kept(path=refused.rows[0].files[0].path, user=reader)

    form = fill(upload=None, **{"kept-path": theirs.token})

    assert form.start() is None
    assert form.errors["path"][0] == "It is not kept any more: choose the file again"


def test_a_file_of_another_kind_is_refused_and_not_kept(operator: User) -> None:
    upload: MultiValueDict[str, UploadedFile] = MultiValueDict({"path": [SimpleUploadedFile("a.pdf", b"x")]})

    form = StartForm(IMPORT_PRODUCTS, _posted({}), upload, user=operator)

    assert form.start() is None
    assert form.errors["path"][0] == "'a.pdf' is no .csv, .json, .xlsx, .txt or .gz file; choose another"
    assert not settings.UPLOADS.exists()


def test_an_unknown_name_is_refused(fill: Callable[..., StartForm], operator: User) -> None:
    form = fill(wole="3")

    form.start()

    assert form.non_field_errors() == ["'wole' is no parameter of everything; did you mean 'whole'?"]


@pytest.mark.parametrize("with_upload", [True, False])
def test_a_path_on_the_server_is_refused(
    fill: Callable[..., StartForm], operator: User, with_upload: bool
) -> None:
    form = fill(path="/etc/passwd", **({} if with_upload else {"upload": None}))

    assert form.start() is None
    assert form.errors["path"] == ["Choose a file to upload: no path on the server is taken"]


def test_an_upload_lies_where_uploads_lie(fill: Callable[..., StartForm], operator: User) -> None:
    run = fill(upload=SimpleUploadedFile("..\\../Preise 2026.csv", b"sku,price")).start()

    assert run
    path = Path(run.parameters["path"])
    assert path.name == "Preise_2026.csv"
    assert path.parent.parent == settings.UPLOADS
    assert stat.S_IMODE(path.stat().st_mode) == settings.FILE_UPLOAD_PERMISSIONS


def test_a_field_that_was_not_sent_has_its_default(operator: User) -> None:
    files: MultiValueDict[str, UploadedFile] = MultiValueDict({"path": [SimpleUploadedFile("a.csv", b"x")]})
    data = _posted({"text": "a", "key": "b", "owner": str(operator.pk)})

    run = StartForm(JOB, data, files, user=operator).start()

    assert run
    assert (run.parameters["whole"], run.parameters["size"], run.parameters["limit"]) == (5, "small", None)


def test_many_files_are_taken_where_the_job_takes_a_list(operator: User) -> None:
    uploads = [SimpleUploadedFile(name, name.encode()) for name in ("a.csv", "b.csv")]

    run = StartForm(MERGE, _posted({}), MultiValueDict({"paths": uploads}), user=operator).start()

    assert run
    assert [Path(path).read_text() for path in run.parameters["paths"]] == ["a.csv", "b.csv"]


def _as_rendered(form: JobForm) -> dict[str, Any]:
    """What a browser would send of an untouched form."""
    return {name: field.initial for name, field in form.fields.items() if field.initial is not None}


def _posted(values: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        if value is not None:
            data.setlist(name, value if isinstance(value, list) else [value])
    return data


def test_a_file_to_write_is_in_no_form_and_is_refused_when_it_is_posted(operator: User) -> None:
    form = StartForm(EXPORT_PRODUCTS, _posted({"output": "/tmp/products.csv"}), user=operator)

    assert "output" not in form.fields
    assert form.start() is None
    assert "only a command or code may name a place on the server" in str(form.errors)
    assert not Run.objects.exists()
