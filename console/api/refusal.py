"""An answer that is no: a status, a sentence, and one for each parameter that is wrong."""

from collections.abc import Mapping

from django.http import JsonResponse

from jobs.exceptions import (
    KeyRefused,
    NightshiftError,
    NotAllowed,
    OverlapRefused,
    UnknownJob,
    WrongParameters,
)

STATUSES: dict[type[NightshiftError], int] = {
    **{UnknownJob: 404, NotAllowed: 403},
    **{KeyRefused: 409, OverlapRefused: 409},
}
UNFIT = 422  # what was sent can be read, and is not what the job takes


class Refused(Exception):
    def __init__(
        self,
        status: int,
        sentence: str,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.sentence = sentence
        self.parameters = dict(parameters or {})
        self.headers = dict(headers or {})
        super().__init__(sentence)

    def answer(self) -> JsonResponse:
        content = {"error": self.sentence, "parameters": self.parameters}
        return JsonResponse(content, status=self.status, headers=self.headers)


def refusal_of(error: NightshiftError) -> Refused:
    """What a door of the service says, as the API says it."""
    if isinstance(error, WrongParameters):
        named = {name: sentence for name, sentence in error.errors.items() if name}
        return Refused(UNFIT, str(error), parameters=named)
    return Refused(STATUSES.get(type(error), UNFIT), str(error))
