"""The JSON interface of the web page: every question of `chaingraph.asking` as a path.

All are GET, since they change nothing: an answer can be linked to, and another site that makes
a browser ask has nothing to gain.  That it cannot read the answer is the browser's own rule, as
no header here lets it.  What was asked before is answered from memory as long as the atlas is
the same, so that nobody else need keep it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel

import chaingraph as cg
from chaingraph.asking import QUESTIONS, Question, say_faults
from chaingraph.errors import DataError, MissingExtraError, NotFoundError, Problem, UsageError
from chaingraph.memory import Memory
from chaingraph.replies import Record

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response
    from fastapi.responses import JSONResponse

_T = TypeVar("_T")

DESCRIPTION = """\
An atlas is what a place knows about its industry chains. Figures are a year's, in the unit that
stands beside them; null is always *not known*, never zero. Sources are cited by key and told in
full under `cited`; `names` has the names of all ids. Questions mirror the commands: what
`chaingraph gaps --view plan --format json` writes is in `/gaps?view=plan&limit=0`.
"""


class Refusal(Record):
    """Why a question cannot be answered."""

    message: str
    """What is wrong with it."""
    suggestions: tuple[str, ...] = ()
    """The nearest names that there are."""


class ProblemRecord(Record):
    """One fault in the files of the atlas."""

    file: str
    """The file."""
    line: int
    """The line, from 1."""
    column: int
    """The column, from 1."""
    code: str
    """What kind of problem it is, as the page on problems explains."""
    message: str
    """What is wrong and what was expected."""
    suggestions: tuple[str, ...]
    """What may have been meant."""


class Outage(Record):
    """Why there is no atlas to ask about."""

    message: str
    """How many problems there are."""
    problems: tuple[ProblemRecord, ...]
    """All of them, in the order of the files."""


WORKERS = 2
"""How many questions are worked out at once: each more would only hold up the pages."""


class EndingError(Exception):
    """The server ends before an answer is there."""


async def wait_for(future: Future[_T], ending: Callable[[], bool]) -> _T:
    """
    Return what is promised.

    Raises
    ------
    EndingError
        If the server is told to end before it is there.
    """
    promised = asyncio.wrap_future(future)
    try:
        while not ending():
            done, _ = await asyncio.wait([promised], timeout=0.5)
            if done:
                return promised.result()
    finally:
        promised.cancel()  # who waits no more is not told of a failure either
    raise EndingError


def make_api(
    current: Callable[[], cg.Atlas], ending: Callable[[], bool] = lambda: False
) -> FastAPI:
    """
    Make the JSON interface as an ASGI application, to be mounted somewhere.

    Parameters
    ----------
    current
        Returns the atlas as it is now; raises `DataError` where there is none to ask about.
    ending
        Tells whether the server is to end; nobody waits for an answer then.

    Returns
    -------
    api
        With ``/openapi.json``, which needs nothing from elsewhere.

    Raises
    ------
    MissingExtraError
        If FastAPI is not installed.
    """
    try:
        from fastapi import FastAPI
    except ImportError as error:
        raise MissingExtraError("serve", "fastapi") from error

    api = FastAPI(
        title="chaingraph",
        summary="Industry chains of a place: gaps, targets, what-if (产业链图谱)",
        description=DESCRIPTION,
        version=cg.__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        docs_url=None,
        redoc_url=None,
        # these pages would fetch their scripts from the net
    )
    memory, start = Memory(), _make_start()

    async def ask(atlas: cg.Atlas, key: Hashable, work: Callable[[], bytes]) -> bytes:
        return await wait_for(memory.ask(atlas, key, work, start), ending)

    for question in QUESTIONS:
        api.add_api_route(
            f"/{question.path}",
            _make_endpoint(question, current, ask),
            methods=["GET"],
            operation_id=question.name,
            summary=question.title,
            description=question.description,
            response_model=question.answered,
            responses={
                404: {"model": Refusal, "description": "It names something that is not there."},
                422: {"model": Refusal, "description": "It cannot be read."},
                503: {"model": Outage, "description": "The atlas has problems."},
            },
        )
    _refuse_in_json(api)
    return api


def _make_start() -> Callable[[Callable[[], None]], None]:
    """Return what starts to work on a question, as soon as few others are worked on."""
    seats = threading.Semaphore(WORKERS)

    def start(job: Callable[[], None]) -> None:
        def work() -> None:
            with seats:
                job()

        # a daemon, so that nobody waits for a question when the server is told to end
        threading.Thread(target=work, daemon=True).start()

    return start


def _make_endpoint(
    question: Question,
    current: Callable[[], cg.Atlas],
    ask: Callable[[cg.Atlas, Hashable, Callable[[], bytes]], Awaitable[bytes]],
) -> Callable[..., Awaitable[Response]]:
    from fastapi import Query, Request, Response

    async def endpoint(request: Request, asked: BaseModel) -> Response:
        _refuse_repeated(question, [name for name, _ in request.query_params.multi_items()])
        atlas = current()

        def work() -> bytes:
            return question.answer(atlas, asked).model_dump_json().encode()

        body = await ask(atlas, (question.path, asked.model_dump_json()), work)
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})

    # FastAPI reads what a path takes from the annotation
    endpoint.__annotations__ = {
        "request": Request,
        "asked": Annotated[question.asked, Query()],
        "return": Response,
    }
    return endpoint


def _refuse_repeated(question: Question, names: Sequence[str]) -> None:
    """Refuse an option of one value that is given several: which is meant nobody can tell."""
    for name, count in Counter(names).items():
        if count > 1 and name not in question.repeatable:
            raise UsageError(f"{name} is given {count} times: give it once")


def _refuse_in_json(api: FastAPI) -> None:
    """Let every refusal have the same form, whoever refuses."""
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from starlette.exceptions import HTTPException

    asked = {f"/{question.path}": question.asked for question in QUESTIONS}

    def refuse(
        status: int,
        message: str,
        suggestions: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> JSONResponse:
        refusal = Refusal(message=message, suggestions=suggestions)
        return JSONResponse(refusal.model_dump(), status, headers)

    @api.exception_handler(RequestValidationError)
    def _unreadable(request: Request, error: RequestValidationError) -> JSONResponse:
        path = request.scope["route"].path
        return refuse(422, say_faults(error.errors(), asked.get(path, BaseModel)))

    @api.exception_handler(NotFoundError)
    def _not_found(_: Request, error: NotFoundError) -> JSONResponse:
        return refuse(404, error.message, error.suggestions)

    @api.exception_handler(cg.ChaingraphError)
    def _wrong(_: Request, error: cg.ChaingraphError) -> JSONResponse:
        return refuse(422, str(error))

    @api.exception_handler(HTTPException)
    def _no_such_path(request: Request, error: HTTPException) -> JSONResponse:
        root = request.scope.get("root_path", "")
        paths = [*api.openapi()["paths"], api.openapi_url]
        message = f"{error.detail}: GET one of {', '.join(f'{root}{path}' for path in paths)}"
        return refuse(error.status_code, message, headers=error.headers)

    @api.exception_handler(EndingError)
    def _ending(_request: Request, _error: EndingError) -> JSONResponse:
        return refuse(503, "the server is ending")

    @api.exception_handler(DataError)
    def _no_atlas(request: Request, error: DataError) -> JSONResponse:
        lang = request.query_params.get("lang", error.language)
        return JSONResponse(tell_problems(error, lang).model_dump(), 503)


def tell_problems(error: DataError, lang: str) -> Outage:
    """Return the problems of an atlas as plain values."""
    count = len(error.problems)
    zh, en = f"图谱有 {count} 个问题", f"the atlas has {count} problem{'s' * (count != 1)}"
    return Outage(
        message=zh if lang == "zh" else en,
        problems=tuple(_tell_problem(problem, lang) for problem in error.problems),
    )


def _tell_problem(problem: Problem, lang: str) -> ProblemRecord:
    place = problem.place
    return ProblemRecord(
        file=place.file,
        line=place.line,
        column=place.column,
        code=problem.code,
        message=problem.zh if lang == "zh" else problem.en,
        suggestions=problem.suggestions,
    )
