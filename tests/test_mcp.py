"""Tools for assistants, used by the SDK's own client, over stdin and stdout."""

import contextlib
import hashlib
import json
import signal
import subprocess
import sys

import anyio
import jsonschema
import pytest

from chaingraph.cli import run
from chaingraph.loader import example_atlas, load_atlas
from chaingraph.scaffold import start_atlas

mcp = pytest.importorskip("mcp", reason="needs the extra mcp")

CALLS = {
    "overview": {"lang": "en"},
    "search_products": {"words": "PVDF"},
    "list_gaps": {"kind": "断链", "limit": 3},
    "explain": {"product": "PVDF", "as_of": "2023-02-15"},
    "list_targets": {"product": ["有机硅DMC"]},
    "find_firms_together": {"product": "PVDF"},
    "trace_product": {"product": "PVDF", "direction": "down"},
    "unlock_product": {"product": "PVDF", "ship": "upstream"},
    "what_if": {"land": ["anhydrous_hf=50000"]},
}
"""One call of every tool."""

BAD = [
    (
        "explain",
        {"product": "PVFD"},
        "no product is called 'PVFD' (did you mean 'PVDF' or 'PVDF薄膜'?)",
    ),
    ("explain", {"product": "diesel", "as_of": "2023-02-15"}, "is no gap on 2023-02-15"),
    ("list_gaps", {"chian": "x"}, "no option 'chian' (did you mean 'chain'"),
    ("list_gaps", {"view": "now"}, "view cannot be 'now': it is 'actual', 'building' or 'plan'"),
    ("trace_product", {}, "'product' is missing: A product: its id, its name"),
    ("what_if", {"land": ["anhydrous_hf=much"]}, "'much' in 'anhydrous_hf=much' is not a number"),
    ("what_if", {"land": []}, "land needs at least one"),
    ("what_if", {"land": "anhydrous_hf=1"}, "land must be a list"),
    (
        "overview",
        {"as_of": "someday"},
        "as_of cannot be 'someday': write 2023-02-15, 2023-02 or 2023",
    ),
]
"""Questions that cannot be answered, and what is said."""


@contextlib.asynccontextmanager
async def connect(atlas, mode="auto"):
    command = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "chaingraph", "mcp", str(atlas)]
    )
    async with mcp.Client(command, mode=mode, read_timeout_seconds=120) as client:
        yield client


def converse(atlas, talk, mode="auto"):
    """Start the server, talk to it as an assistant's program does, return what is said."""

    async def meet():
        async with connect(atlas, mode) as client:
            return await talk(client)

    return anyio.run(meet)


def text_of(result):
    return result.content[0].text


@pytest.fixture(scope="module")
def told():
    """The tools of a server, what it says of itself, and its answers to good and bad calls."""

    async def talk(client):
        tools = (await client.list_tools()).tools
        answers = {name: await client.call_tool(name, call) for name, call in CALLS.items()}
        refused = [await client.call_tool(name, call) for name, call, _ in BAD]
        return {tool.name: tool for tool in tools}, client.instructions, answers, refused

    return converse(example_atlas(), talk)


@pytest.fixture
def town(tmp_path):
    start_atlas(tmp_path / "town")
    return tmp_path / "town"


def test_every_tool_says_that_it_only_reads_and_what_it_takes_and_gives(told):
    tools = told[0]
    assert set(tools) == set(CALLS)
    for tool in tools.values():
        assert tool.title
        assert len(tool.description) > 100
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.open_world_hint is False
        assert tool.input_schema["additionalProperties"] is False
        assert all(field["description"] for field in tool.input_schema["properties"].values())
        for schema in (tool.input_schema, tool.output_schema):
            jsonschema.Draft202012Validator.check_schema(schema)


def test_choices_are_listed_in_the_schemas(told):
    tools = told[0]
    fields = tools["list_gaps"].input_schema["properties"]
    assert fields["view"]["enum"] == ["actual", "building", "plan"]
    assert fields["kind"]["enum"] == ["broken", "weak", "short", "void"]


def test_the_server_says_how_to_report_what_is_not_known(told):
    instructions = told[1]
    assert "null means not known" in instructions
    assert "confidence" in instructions
    assert "sources" in instructions


@pytest.mark.parametrize("name", CALLS)
def test_every_answer_is_of_the_form_that_was_promised(told, name):
    tools, _, answers, _ = told
    result = answers[name]
    assert not result.is_error
    jsonschema.validate(result.structured_content, tools[name].output_schema)
    assert json.loads(text_of(result)) == result.structured_content


def test_answers_name_their_ids_and_tell_their_sources_in_full(told):
    found = told[2]["explain"].structured_content
    cited = {source["key"]: source for source in found["cited"]}
    assert found["gap"]["sources"]
    assert set(found["gap"]["sources"]) <= set(cited)
    assert all(source["title"] for source in cited.values())
    assert found["names"]["pvdf"] == found["gap"]["name"]


def test_clients_of_the_older_handshake_are_served_alike(told):
    async def talk(client):
        return await client.call_tool("overview", CALLS["overview"])

    older = converse(example_atlas(), talk, mode="legacy")
    assert older.structured_content == told[2]["overview"].structured_content


@pytest.mark.parametrize(("at", "message"), list(enumerate(message for *_, message in BAD)))
def test_a_bad_question_is_told_so_that_it_can_be_put_right(told, at, message):
    refused = told[3][at]
    assert refused.is_error
    assert message in text_of(refused)


def test_an_unknown_tool_is_told_with_those_that_there_are():
    async def talk(client):
        with pytest.raises(mcp.MCPError, match="no tool 'gaps': there are overview, search_pro"):
            await client.call_tool("gaps", {})

    converse(example_atlas(), talk)


def test_the_files_are_read_again_when_they_change_and_never_written(town):
    def state():
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in town.rglob("*.*ml")}

    async def talk(client):
        async def count():
            found = (await client.call_tool("overview", {})).structured_content
            return sum(branch["products"] for of in found["chains"] for branch in of["branches"])

        before, first = state(), await count()
        assert state() == before
        products = next((town / "products").glob("*.yaml"))
        text = products.read_text("utf-8")
        more = "\n  new_glass:\n    name: {zh: 新玻璃, en: New glass}\n    stage: downstream\n"
        products.write_text(text.rstrip() + more, "utf-8")
        second = await count()
        products.write_text(text.replace("stage:", "staeg:", 1), "utf-8")
        broken = await client.call_tool("overview", {"lang": "en"})
        products.write_text(text, "utf-8")
        return first, second, broken, await count(), products

    first, second, broken, last, products = converse(town, talk)
    assert (second, last) == (first + 1, first)
    assert broken.is_error
    assert f"{products}:" in text_of(broken)
    assert "unknown key 'staeg' (did you mean 'stage'" in text_of(broken)
    assert "people must mend them" in text_of(broken)


def test_a_file_added_where_includes_look_is_read_too(town):
    async def talk(client):
        before = (await client.call_tool("search_products", {"words": "x_firm"})).structured_content
        assert before["total"] == 0
        (town / "place/more.yaml").write_text("enterprises: {x: {nmae: X}}\n", "utf-8")
        return await client.call_tool("overview", {})

    assert "more.yaml:1:" in text_of(converse(town, talk))


def test_many_questions_at_once_are_all_answered():
    async def talk(client):
        results = []

        async def one(product):
            results.append(await client.call_tool("explain", {"product": product, "lang": "en"}))

        gaps = (await client.call_tool("list_gaps", {"limit": 30})).structured_content["gaps"]
        async with anyio.create_task_group() as tasks:
            for gap in gaps:
                tasks.start_soon(one, gap["product"])
        return results

    results = converse(example_atlas(), talk)
    assert len(results) == 30
    assert not any(result.is_error for result in results)


def test_a_missing_atlas_is_told_on_stderr_and_nothing_on_stdout(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "chaingraph", "mcp", "nowhere.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "chaingraph: no such file: nowhere.yaml\n"


def test_the_server_ends_when_its_client_goes():
    done = subprocess.run(
        [sys.executable, "-m", "chaingraph", "mcp", str(example_atlas())],
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a child alone")
def test_ctrl_c_ends_it_at_once():
    with subprocess.Popen(
        [sys.executable, "-m", "chaingraph", "mcp", str(example_atlas())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        server.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        server.stdin.flush()
        assert server.stdout.readline().startswith(b"{")
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == -signal.SIGINT
        assert server.stderr.read() == b""


def test_without_the_sdk_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # Ctrl-C goes on ending the tests
    assert run(["mcp", str(example_atlas())]) == 2
    told = "chaingraph: mcp is not installed: pip install 'chaingraph[mcp]'\n"
    assert capsys.readouterr() == ("", told)


def test_the_readers_atlas_is_the_one_that_is_loaded():
    from chaingraph.mcp import Reader

    read = Reader(example_atlas())
    assert read() is read()
    assert read() == load_atlas(example_atlas())
