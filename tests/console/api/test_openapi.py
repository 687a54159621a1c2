"""The document that generators of clients read."""

import json

from console.api import urls
from console.api.openapi import document
from console.api.schema import schema_of, takes_files
from console.api.start import KEY, QUESTIONS
from jobs import catalog
from tests.console.every_kind import JOB, MERGE


def test_every_job_has_an_address_with_its_parameters() -> None:
    paths = document(catalog.JOBS.values())["paths"]

    started = paths["/api/jobs/greet/runs"]["post"]
    schema = started["requestBody"]["content"]["application/json"]["schema"]
    assert {f"/api/jobs/{name}/runs" for name in catalog.JOBS} < paths.keys()
    assert schema["properties"]["name"]["type"] == "string"
    assert started["operationId"] == "start_greet"


def test_every_address_that_there_is_is_told() -> None:
    told = set(document([catalog.GREET])["paths"])

    known = {
        str(each.pattern) for each in urls.urlpatterns if each.name not in ("api-document", "api-nowhere")
    }
    names = {"<str:name>/runs": "greet/runs", "<uuid:pk>": "{id}", "<str:name>": "{name}"}
    for ours, theirs in names.items():
        known = {each.replace(ours, theirs) for each in known}
    assert told == {f"/api/{each}" for each in known}


def test_whatever_a_start_may_say_is_told() -> None:
    said = document([catalog.GREET])["paths"]["/api/jobs/greet/runs"]["post"]["parameters"]

    assert [each["name"] for each in said] == [*QUESTIONS, KEY]


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(document([*catalog.JOBS.values(), JOB, MERGE]))

    whole = json.loads(text)
    references = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert references
    for reference in references:
        found = whole
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_the_document_of_everything_is_json() -> None:
    assert json.loads(json.dumps(document([*catalog.JOBS.values(), JOB])))["openapi"] == "3.1.0"


def test_a_file_is_sent_and_a_place_to_write_to_is_not() -> None:
    properties = schema_of(JOB)["properties"]

    assert properties["path"] == {"type": "string", "format": "binary", "description": "the file"}
    assert schema_of(MERGE)["properties"]["paths"]["type"] == "array"
    assert "output" not in schema_of(catalog.EXPORT_PRODUCTS)["properties"]
    assert [takes_files(job) for job in (JOB, catalog.GREET)] == [True, False]


def test_the_help_of_a_parameter_is_its_description() -> None:
    properties = schema_of(JOB)["properties"]

    assert properties["text"]["description"] == "some words"
    assert properties["key"]["description"] == "kept encrypted, and never shown again"
