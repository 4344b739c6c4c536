"""The JSON interface: what it answers, what it refuses, and that its description is true."""

import concurrent.futures
import contextlib
import sys
import threading
import time

import pytest

from chaingraph.errors import DataError, MissingExtraError
from chaingraph.figures import last_day
from chaingraph.loader import load_atlas
from chaingraph.scaffold import start_atlas

pytest.importorskip("fastapi", reason="needs the extra serve")
httpx = pytest.importorskip("httpx", reason="needs httpx")
schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")

import uvicorn  # noqa: E402
from hypothesis import HealthCheck, given, settings  # noqa: E402
from openapi_spec_validator import validate  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.routing import Mount  # noqa: E402

from chaingraph.answers import overview  # noqa: E402
from chaingraph.api import WORKERS, make_api  # noqa: E402
from chaingraph.asking import Question  # noqa: E402

PATHS = ["overview", "search", "gaps", "explain", "targets", "group", "trace", "unlock", "whatif"]


@contextlib.contextmanager
def served(app):
    """Serve an application over HTTP; yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def site(yumen):
    """The interface where the live page has it: under /api."""
    with (
        served(Starlette(routes=[Mount("/api", make_api(lambda: yumen))])) as address,
        httpx.Client(base_url=f"{address}/api", timeout=120) as client,
    ):
        yield client


def test_gaps_come_with_reasons_sources_and_names(site):
    answer = site.get("/gaps", params={"chain": "化工", "kind": "broken", "limit": 2}).json()
    assert answer["place"] == "玉门市"
    assert len(answer["gaps"]) == 2 < answer["total"]
    for gap in answer["gaps"]:
        assert gap["why"]
        assert gap["confidence"] in ("H", "M", "L")
        assert set(gap["sources"]) <= {source["key"] for source in answer["cited"]}
        assert answer["names"][gap["product"]] == gap["name"]


@pytest.mark.parametrize("kind", ["断链", " Broken"])
def test_a_kind_of_gap_may_be_asked_for_by_its_name(site, kind):
    by_code = site.get("/gaps", params={"kind": "broken", "limit": 1}).json()
    assert site.get("/gaps", params={"kind": kind, "limit": 1}).json() == by_code
    assert site.get("/gaps", params={"kind": "断连"}).status_code == 422


def test_what_lands_may_be_several_things(site):
    lands = [("land", "anhydrous_hf=50000"), ("land", "sulfuric_acid=200000")]
    answer = site.get("/whatif", params=[*lands, ("lang", "en")]).json()
    assert [each["product"] for each in answer["landings"]] == ["anhydrous_hf", "sulfuric_acid"]
    changes = {each["product"]: each["change"] for each in answer["changes"]}
    assert changes["anhydrous_hf"] == "closed"


def test_names_with_a_slash_or_in_chinese_can_be_asked_for(site):
    for words in ("DMC", "无水氟化氢", "氟化氢"):
        assert site.get("/search", params={"words": words}).json()["total"] > 0
    assert site.get("/trace", params={"product": "氟化氢"}).json()["product"] == "anhydrous_hf"


A_DATE = "write 2023-02-15, 2023-02 or 2023, of the years 1900 to 2099"


@pytest.mark.parametrize(
    ("question", "status", "message", "suggestions"),
    [
        (
            "/explain?product=PVFD",
            404,
            "no product is called 'PVFD' (did you mean",
            ["PVDF", "PVDF薄膜"],
        ),
        ("/gaps?chain=chemcals", 404, "no chain 'chemcals' (did you mean", ["chemicals"]),
        ("/whatif?land=solr_project", 404, "no product is called 'solr_project'", []),
        ("/unlock", 422, "'product' is missing: A product: its id", []),
        ("/gaps?veiw=plan", 422, "no option 'veiw' (did you mean 'view'?)", []),
        ("/gaps?view=now", 422, "view cannot be 'now': it is 'actual', 'building' or 'plan'", []),
        (
            "/gaps?as_of=someday",
            422,
            "as_of cannot be 'someday': write 2023-02-15, 2023-02 or 2023",
            [],
        ),
        ("/gaps?as_of=2023-02-31", 422, "'2023-02-31' is not a date", []),
        ("/gaps?limit=-1", 422, "limit must be 0 or more", []),
        ("/gaps?limit=1.5", 422, "limit must be a whole number", []),
        ("/gaps?limit=1&limit=2", 422, "limit is given 2 times: give it once", []),
        ("/gaps?as_of=2023/2/5", 422, "as_of cannot be '2023/2/5': write 2023-02-05", []),
        ("/gaps?as_of=2100", 422, f"as_of cannot be '2100': {A_DATE}", []),
        ("/whatif?land=&land=", 422, "land must not be empty", []),
        (f"/whatif?{'land=bread&' * 300}", 422, "land takes 20 at most", []),
        ("/whatif?land=soda_ash=1e400", 422, "'1e400' in 'soda_ash=1e400' is not a finite", []),
        ("/whatif?land=anhydrous_hf=-5", 422, "the capacity of anhydrous_hf is -5.0", []),
        ("/whatif?land=anhydrous_hf=5:magic", 422, "'anhydrous_hf' has no route 'magic'", []),
        ("/nothing", 404, "Not Found: GET one of /api/overview, /api/search", []),
    ],
)
def test_a_bad_question_is_told_so_that_it_can_be_put_right(
    site, question, status, message, suggestions
):
    answer = site.get(question)
    assert answer.status_code == status
    assert answer.json()["message"].startswith(message)
    assert answer.json()["message"].count(message) == 1
    assert answer.json()["suggestions"] == suggestions


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(site, method):
    answer = site.request(method, "/gaps")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"


def test_no_other_site_is_let_read_the_answers(site):
    answer = site.get("/gaps?limit=1", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_broken_atlas_is_told_with_every_problem_and_its_place(tmp_path):
    start_atlas(tmp_path)
    firms = tmp_path / "place/enterprises.yaml"
    firms.write_text(firms.read_text("utf-8").replace("low_iron_sand", "low_iron_snad"), "utf-8")

    with served(make_api(lambda: load_atlas(tmp_path))) as address:
        answer = httpx.get(f"{address}/gaps?lang=en", timeout=60)
    assert answer.status_code == 503
    first, *_ = answer.json()["problems"]
    assert first == {
        "file": str(firms),
        "line": 8,
        "column": 7,
        "code": "unknown-reference",
        "message": "no 'low_iron_snad' in products (did you mean 'low_iron_sand'?)",
        "suggestions": ["low_iron_sand"],
    }


def test_it_answers_again_as_soon_as_there_is_an_atlas(yumen):
    atlases = [None, yumen]

    def current():
        atlas = atlases.pop(0)
        if atlas is None:
            raise DataError([])
        return atlas

    with served(make_api(current)) as address:
        answers = [httpx.get(f"{address}/overview", timeout=60) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 200]


def test_another_atlas_is_not_answered_for_from_memory(make_atlas, yumen):
    atlases = [yumen, make_atlas("bread: {name: Bread, stage: downstream}"), yumen]
    with served(make_api(lambda: atlases.pop(0))) as address:
        places = [httpx.get(f"{address}/overview", timeout=60).json()["place"] for _ in range(3)]
    assert places == ["玉门市", "小城", "玉门市"]


def test_two_hundred_questions_at_once_are_answered_alike(site):
    asked = [f"/{path}" for path in ("gaps?view=building", "overview", "trace?product=pvdf")]
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda at: site.get(asked[at % 3]), range(200)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 3


def test_pages_are_answered_while_many_questions_are_worked_out(yumen, monkeypatch):
    running, most, lock, go = 0, 0, threading.Lock(), threading.Event()

    def answer(*_):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        go.wait(30)
        with lock:
            running -= 1
        return overview(yumen)

    monkeypatch.setattr(Question, "answer", answer)
    with (
        served(make_api(lambda: yumen)) as address,
        concurrent.futures.ThreadPoolExecutor(20) as pool,
        httpx.Client(
            base_url=address, timeout=60, limits=httpx.Limits(max_connections=None)
        ) as client,
    ):
        asked = [
            pool.submit(client.get, "/whatif", params={"land": f"PVDF={n}"}) for n in range(20)
        ]
        assert client.get("/openapi.json").status_code == 200
        go.set()
        assert {each.result().status_code for each in asked} == {200}
    assert most <= WORKERS


def test_many_who_ask_the_same_leave_room_for_another_question(yumen, monkeypatch):
    go = threading.Event()

    def answer(question, *_):
        if question.path == "whatif":
            go.wait(30)
        return overview(yumen)

    monkeypatch.setattr(Question, "answer", answer)
    with (
        served(make_api(lambda: yumen)) as address,
        concurrent.futures.ThreadPoolExecutor(20) as pool,
        httpx.Client(base_url=address, timeout=20) as client,
    ):
        asked = [pool.submit(client.get, "/whatif?land=PVDF=1") for _ in range(20)]
        assert client.get("/overview").status_code == 200
        go.set()
        assert {each.result().status_code for each in asked} == {200}


def test_an_api_that_nobody_asks_holds_no_threads(yumen):
    before = threading.active_count()
    make_api(lambda: yumen)
    assert threading.active_count() == before


def test_without_the_framework_it_says_what_to_install(monkeypatch, yumen):
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'chaingraph\[serve\]'"):
        make_api(lambda: yumen)


# ---------------------------------------------------------------- the description


def test_the_description_is_valid_and_complete(site):
    told = site.get("/openapi.json").json()
    validate(told)
    assert list(told["paths"]) == [f"/{path}" for path in PATHS]
    assert told["servers"] == [{"url": "/api"}]
    for path in told["paths"].values():
        asked = path["get"]
        assert list(path) == ["get"]
        assert asked["summary"]
        assert set(asked["responses"]) == {"200", "404", "422", "503"}
        assert all(parameter["description"] for parameter in asked["parameters"])
    for schema in told["components"]["schemas"].values():
        assert all(field["description"] for field in schema["properties"].values())


def test_no_page_fetches_anything_from_elsewhere(site):
    assert site.get("/docs").status_code == 404
    assert site.get("/redoc").status_code == 404


@pytest.fixture(scope="module")
def described(yumen):
    return schemathesis.openapi.from_asgi("/openapi.json", make_api(lambda: yumen))


def asks_for_a_day(case):
    """A pattern cannot say that April has 30 days."""
    day = (case.query or {}).get("as_of", "today")
    with contextlib.suppress(ValueError):
        return bool(day == "today" or last_day(day))
    return day == "今天"


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_asked_is_answered_as_the_description_says(described, path, mode):
    """Questions as described are answered, others are refused, none fails."""
    questions = described[f"/{path}"]["GET"].as_strategy(generation_mode=mode)
    if mode is schemathesis.GenerationMode.POSITIVE:
        questions = questions.filter(asks_for_a_day)

    @given(questions)
    @settings(
        max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    def ask(case):
        case.call_and_validate()

    ask()
