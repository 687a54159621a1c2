"""Presets: what one saves under a name, and who may."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs.models import AuditLog, Preset, Run
from tests.console.conftest import signed_in

SAVE = {"preset-save": "true", "preset-name": "week"}
ADDRESS = "/jobs/import_products/presets/"


@pytest.fixture
def preset(operator: User) -> Preset:
    return Preset.objects.create(
        job="import_products", name="week", owner=operator, parameters={"batch_size": 7}
    )


@pytest.fixture
def colleague(db: None) -> Client:
    user = User.objects.create_user("colleague")
    user.user_permissions.add(Permission.objects.get(codename="add_run"))
    return signed_in(user)


def test_what_is_filled_in_is_saved_and_stands_in_the_form_again(as_operator: Client) -> None:
    answer = as_operator.post(ADDRESS, {**SAVE, "batch_size": "123", "shards": "4"}, follow=True)

    preset = Preset.objects.get()
    assert answer.redirect_chain == [(f"/jobs/import_products/?preset={preset.pk}", 302)]
    assert (preset.name, preset.job, preset.owner.username, preset.is_shared) == (
        "week",
        "import_products",
        "operator",
        False,
    )
    assert preset.parameters == {"batch_size": 123, "shards": 4}
    assert 'value="123"' in answer.content.decode()
    assert not Run.objects.exists()


def test_neither_files_nor_secrets_are_saved(as_operator: Client) -> None:
    upload = SimpleUploadedFile("a.csv", b"sku")

    as_operator.post(ADDRESS, {**SAVE, "path": upload, "batch_size": "5"})

    assert Preset.objects.get().parameters == {"batch_size": 5}


def test_saving_under_a_name_again_replaces_what_it_held(as_operator: Client, preset: Preset) -> None:
    as_operator.post(ADDRESS, {**SAVE, "batch_size": "9", "preset-shared": "on"})

    (now,) = Preset.objects.all()
    assert (now.pk, now.parameters, now.is_shared) == (preset.pk, {"batch_size": 9}, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"preset-name": " "}, "Give the preset a name"),
        ({"preset-name": "x" * 101}, "at most 100 characters"),
        ({"preset-name": "a\x00b"}, "Null characters are not allowed"),
        ({"batch_size": "0"}, "Should be greater than or equal to 1"),
        ({"wole": "1", "batch_size": "many"}, "Should be a valid integer"),
    ],
)
def test_what_is_wrong_is_not_saved(as_operator: Client, changes: dict[str, str], sentence: str) -> None:
    answer = as_operator.post(ADDRESS, {**SAVE, **changes})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Nothing was saved." in answer.content.decode()
    assert not Preset.objects.exists()


def test_others_see_what_is_shared_and_cannot_change_it(colleague: Client, preset: Preset) -> None:
    page = "/jobs/import_products/"
    assert f"?preset={preset.pk}" not in colleague.get(page).content.decode()

    Preset.objects.update(is_shared=True)

    assert f"?preset={preset.pk}" in colleague.get(page).content.decode()
    assert f"presets/{preset.pk}/" not in colleague.get(page).content.decode()
    assert colleague.post(f"{ADDRESS}{preset.pk}/name/", {"preset-name": "mine"}).status_code == 404
    assert colleague.post(f"{ADDRESS}{preset.pk}/deletion/").status_code == 404
    assert Preset.objects.get().name == "week"


def test_a_preset_is_renamed_and_shared(as_operator: Client, preset: Preset) -> None:
    as_operator.post(f"{ADDRESS}{preset.pk}/name/", {"preset-name": "month", "preset-shared": "on"})

    preset.refresh_from_db()
    assert (preset.name, preset.is_shared) == ("month", True)


def test_two_presets_of_one_person_have_two_names(as_operator: Client, preset: Preset) -> None:
    other = Preset.objects.create(job=preset.job, name="month", owner=preset.owner)

    answer = as_operator.post(f"{ADDRESS}{other.pk}/name/", {"preset-name": "week"}, follow=True)

    other.refresh_from_db()
    assert other.name == "month"
    assert "You have a preset “week” of this job already" in answer.content.decode()


def test_a_preset_is_deleted(as_operator: Client, preset: Preset) -> None:
    as_operator.post(f"{ADDRESS}{preset.pk}/deletion/")

    assert not Preset.objects.exists()


def test_each_change_is_on_record(as_operator: Client, preset: Preset) -> None:
    as_operator.post(ADDRESS, {**SAVE, "preset-name": "new", "batch_size": "5"})
    as_operator.post(f"{ADDRESS}{preset.pk}/name/", {"preset-name": "month"})
    as_operator.post(f"{ADDRESS}{preset.pk}/deletion/")

    written = AuditLog.objects.order_by("pk").values_list("action", "target")
    assert list(written) == [
        ("saved preset", "import_products: new"),
        ("renamed preset", "import_products: month"),
        ("deleted preset", "import_products: month"),
    ]


def test_who_may_run_another_job_only_has_no_presets_of_this_one(preset: Preset, reader: User) -> None:
    one = Permission.objects.get(codename="run_greet")
    reader.user_permissions.add(one)
    client: Any = signed_in(reader)

    assert client.post(ADDRESS, SAVE).status_code == 403
    assert client.post(f"{ADDRESS}{preset.pk}/deletion/").status_code == 403
    assert client.post("/jobs/greet/presets/", {**SAVE, "name": "a"}).status_code == 302
