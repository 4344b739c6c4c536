"""The live page, asked by real clients, good and bad, while its files are being edited."""

import concurrent.futures
import contextlib
import errno
import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from serving import FILES, IMPATIENT, SLOW, Server, write_files

from chaingraph.cli import run
from chaingraph.cli_serve import _own_names
from chaingraph.serve import MOST_LISTENERS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and /proc are used")


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    write_files(folder)
    server = Server(folder)
    yield server
    code, _, said = server.end()
    assert code == -signal.SIGTERM
    assert "Traceback" not in said


@pytest.fixture
def server(started):
    """A server whose files are right; whatever a test does to them is undone."""
    yield started
    started.restore()


@pytest.fixture
def start(tmp_path):
    """Start servers of other kinds."""
    running = []

    def begin(*words, **options):
        write_files(tmp_path)
        running.append(Server(tmp_path, *words, **options))
        return running[-1]

    yield begin
    for each in running:
        if each.process.poll() is None:
            each.end()


def write(server, name, text):
    (server.folder / name).write_text(text, "utf-8")


BREAD = FILES["products/bread.yaml"]


# ------------------------------------------------------------- what is shown


@pytest.mark.parametrize("path", ["/", "/map", "/gaps", "/targets", "/projects", "/poster"])
def test_each_view_is_a_page_around_a_file(server, path):
    status, headers, body = server.ask(path)
    assert status == 200
    assert "小城图谱" in body.decode()
    assert headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("index.html", b"<!doctype html>", "text/html"),
        ("map.html", b"<!DOCTYPE html>", "text/html"),
        ("gaps.html", b"<!doctype html>", "text/html"),
        ("poster.svg", b"<?xml", "image/svg+xml"),
        ("gaps.json", b"[", "application/json"),
        ("targets.csv", b"\xef\xbb\xbf", "text/csv"),
        ("graph.graphml", b"<?xml", "application/xml"),
        ("lists.xlsx", b"PK", "application/vnd.openxmlformats"),
        ("report.docx", b"PK", "application/vnd.openxmlformats"),
    ],
)
def test_each_file_of_the_bundle_is_there(server, name, start, kind):
    status, headers, body = server.ask(f"/{name}")
    assert status == 200
    assert body.startswith(start)
    assert headers["Content-Type"].startswith(kind)
    assert server.ask(f"/{name}", if_none_match=headers["ETag"])[0] == 304


def test_the_files_are_those_that_build_writes(server, tmp_path):
    assert run(["build", str(server.folder / "town.yaml"), "-o", str(tmp_path / "out")]) == 0
    for name in ("index.html", "map.html", "gaps.csv", "lists.xlsx"):
        assert server.ask(f"/{name}")[2] == (tmp_path / "out" / name).read_bytes()


def test_nothing_is_written_beside_the_files(server):
    server.ask("/map.html")
    server.ask("/report.docx")
    found = {str(path.relative_to(server.folder)) for path in server.folder.rglob("*.*")}
    assert found == set(FILES)


# ------------------------------------------------------------ edits


def test_an_edit_is_seen(server):
    write(server, "products/bread.yaml", BREAD.replace("面包", "馒头"))
    before = server.status()["edition"]
    server.wait(lambda status: status["edition"] > before)
    assert "馒头" in server.ask("/gaps.html")[2].decode()


def test_a_problem_is_shown_with_file_and_line_above_the_last_good_edition(server):
    good = server.ask("/index.html")[2]
    write(server, "products/bread.yaml", BREAD.replace("unit: t,", "unlt: t,"))
    status = server.wait(lambda status: status["stale"])
    place = f"{server.folder}/products/bread.yaml"
    problem = status["problems"][0]
    assert (problem["file"], problem["line"], problem["code"]) == (place, 4, "unknown-key")
    assert server.ask("/index.html")[2] == good
    body = server.ask("/")[2]
    assert f"{place}:4:{problem['column']}" in body.decode()
    assert "是不是 unit？" in body.decode()
    assert server.ask("/api/gaps")[1]["Chaingraph-Problems"] == "1"
    server.restore()
    assert "unknown-key" not in server.ask("/")[2].decode()
    assert server.ask("/api/gaps")[1]["Chaingraph-Problems"] is None


BAD = {
    "no YAML": "products: [",
    "a bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "nested without end": "[" * 5000,
    "not UTF-8": "\udcff\udcfe",
    "nothing": "",
    "a tag": "branch: !!python/object/apply:os.system [ls]\n",
    "another thing": "- 1\n- 2\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_it_stays_up_under_bad_edits(server, text):
    before = server.ask("/index.html")[2]
    path = server.folder / "products/bread.yaml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    status = server.wait(lambda status: status["stale"])
    assert str(server.folder) in status["problems"][0]["file"]
    assert server.ask("/index.html")[2] == before


def test_a_file_that_is_being_written_slowly_is_taken_when_it_is_whole(server):
    text = BREAD.replace("面包", "花卷")
    path = server.folder / "products/bread.yaml"
    with path.open("w", encoding="utf-8") as file:
        for letter in text:
            file.write(letter)
            file.flush()
            time.sleep(0.005)
    status = server.wait(
        lambda status: not status["stale"] and "花卷" in server.ask("/gaps.html")[2].decode()
    )
    assert status["problems"] == []


def test_an_editor_that_renames_is_followed(server):
    for name in ("油条", "包子", "烧饼"):
        new = server.folder / "products/bread.yaml~"
        new.write_text(BREAD.replace("面包", name), "utf-8")
        new.replace(server.folder / "products/bread.yaml")
        server.wait(lambda _, name=name: name in server.ask("/gaps.html")[2].decode())


def test_files_and_folders_may_come_and_go(server):
    (server.folder / "town.yaml").unlink()
    problem = server.wait(lambda status: status["stale"])["problems"][0]
    assert problem["code"] == "file-missing"
    write(server, "town.yaml", FILES["town.yaml"])
    server.wait(lambda status: not status["stale"])
    (server.folder / "facts").rename(server.folder / "fact")
    server.wait(lambda status: status["stale"])
    (server.folder / "fact").rename(server.folder / "facts")
    server.wait(lambda status: not status["stale"])
    write(server, "facts/more.yaml", "enterprises:\n  mill: {name: 磨坊, makes: {flour: {}}}\n")
    server.wait(lambda _: "磨坊" in server.ask("/map.html")[2].decode())


def test_only_the_newest_of_many_edits_matters(server):
    before = server.status()["edition"]
    for number in range(40):
        write(server, "products/bread.yaml", BREAD.replace("面包", f"面包{number}号"))
        time.sleep(0.02)
    server.wait(lambda _: "面包39号" in server.ask("/gaps.html")[2].decode())
    assert server.status()["edition"] - before < 10


def test_it_starts_with_bad_files_and_follows_when_they_are_mended(start, tmp_path):
    server = start()
    server.end()
    write_files(tmp_path)
    (tmp_path / "facts/firms.yaml").write_text("enterprises: {baker: {nme: x}}\n")
    server = Server(tmp_path)
    try:
        assert server.ask("/map.html")[0] == 503
        assert "firms.yaml:1:" in server.ask("/map")[2].decode()
        assert server.ask("/api/gaps")[0] == 503
        server.restore()
        assert server.ask("/map.html")[0] == 200
    finally:
        server.end()


def test_what_can_be_asked_is_where_people_look(server):
    assert 'href="/api"' in server.ask("/")[2].decode()
    status, _, page = server.ask("/api")
    assert status == 200
    links = [html.unescape(link) for link in re.findall(r'href="(/api/[^"]+)"', page.decode())]
    assert len(links) == 11
    for link in links:
        assert server.ask(link)[0] in ((200, 404) if "explain" in link else (200,)), link
    for path, leads in {
        "/docs": "/api",
        "/api/": "/api",
        "/openapi.json": "/api/openapi.json",
    }.items():
        status, headers, _ = server.ask(path)
        assert (status, headers["Location"]) == (307, leads)


def test_questions_are_of_the_day_and_in_the_language_of_the_pages(start):
    server = start("--as-of", "2020", "--lang", "en")
    answer = json.loads(server.ask("/api/overview")[2])
    assert (answer["as_of"], answer["language"]) == ("2020-12-31", "en")
    answer = json.loads(server.ask("/api/overview?as_of=2021-05-01&lang=zh")[2])
    assert (answer["as_of"], answer["language"]) == ("2021-05-01", "zh")


def test_head_is_answered_as_get_is_but_for_the_body(server):
    for path in ("/", "/map.html", "/api/gaps"):
        status, headers, body = server.ask(path, "HEAD")
        assert (status, body) == (200, b"")
        assert headers["Content-Type"] == server.ask(path)[1]["Content-Type"]


# ---------------------------------------------------------- many and slow clients


def test_two_hundred_ask_at_once(server):
    write(server, "products/bread.yaml", BREAD.replace("面包", "窝头"))  # so that all is made anew
    before = server.status()["edition"]
    server.wait(lambda status: status["edition"] > before)
    held = server.memory()
    paths = ["/map.html", "/", "/api/gaps", "/lists.xlsx", "/gaps.html"] * 40
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(server.ask, paths))
    assert {status for status, _, _ in answers} == {200}
    assert len({len(body) for _, _, body in answers[::5]}) == 1
    assert server.memory() - held < 150


def hang(server, count, sent):
    clients = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        client.sendall(sent)
        clients.append(client)
    return clients


def is_cut_off(client):
    try:
        while client.recv(65_536):
            pass
    except OSError as error:
        return error.errno == errno.ECONNRESET
    return True


HANGING = {
    "say nothing": b"",
    "send half a request": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
    "send half a body": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nx",
    "do not read the answer": b"GET /map.html HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 9,
}


@pytest.mark.parametrize("sent", HANGING.values(), ids=HANGING)
def test_clients_that_hang_are_cut_off_and_others_served(start, sent):
    server = start(code=IMPATIENT)
    server.ask("/map.html")
    held = server.memory()
    clients = hang(server, 300, sent)
    assert server.ask("/gaps.html")[0] == 200
    assert server.memory() - held < 150
    time.sleep(3)
    assert all(map(is_cut_off, clients))
    for client in clients:
        client.close()
    assert server.ask("/")[0] == 200


def test_who_sends_a_letter_a_while_is_cut_off_as_well(start):
    server = start(code=IMPATIENT)
    [client] = hang(server, 1, b"GET / HT")
    begun = time.monotonic()
    with client, contextlib.suppress(ConnectionError):
        while time.monotonic() - begun < 30:
            time.sleep(0.1)
            client.sendall(b"x")
    assert time.monotonic() - begun < 30


def test_hundreds_of_hanging_clients_leave_room_for_others(server):
    clients = hang(server, 900, b"GET / HTTP/1.1\r\n")
    assert server.ask("/")[0] == 200
    for client in clients:
        client.close()


def test_pages_that_follow_are_told_and_may_vanish(server):
    listeners = hang(server, 100, b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    for listener in listeners[1:]:
        listener.close()
    assert server.ask("/")[0] == 200
    write(server, "products/bread.yaml", "")
    server.wait(lambda status: status["stale"])
    told = b""
    with listeners[0] as listener:
        while told.count(b"data: ") < 2:
            told += listener.recv(4096) or pytest.fail("the stream ended")
    problems = [int(count) for count in re.findall(rb'"problems": (\d+)', told)]
    assert problems[0] == 0
    assert problems[-1] > 0


def follow(server, count):
    """Follow the page so many times; tell the status that each was answered with."""
    clients = hang(server, count, b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    codes = [client.recv(4096)[9:12] for client in clients]
    assert server.ask("/")[0] == 200
    for client in clients:
        client.close()
    return codes


def test_those_who_follow_leave_room_for_others(start):
    server = start()
    codes = follow(server, MOST_LISTENERS + 50)
    assert codes.count(b"200") == MOST_LISTENERS
    assert codes.count(b"503") == 50
    deadline = time.monotonic() + 30
    while follow(server, 1) != [b"200"]:
        assert time.monotonic() < deadline


def test_an_address_with_raw_chinese_gets_advice(server):
    asked = "GET /api/explain?product=有机硅 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(asked)
        told = client.makefile("rb").read().decode()
    assert told.startswith("HTTP/1.1 400 ")
    assert "--data-urlencode" in told


# ------------------------------------------------------------- the end


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_though_pages_follow(start, how):
    server = start()
    listeners = hang(server, 5, b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    [listener.recv(1000) for listener in listeners]
    half = hang(server, 5, b"GET / HTTP/1.1\r\n")
    code, seconds, said = server.end(how)
    assert code == (0 if how == signal.SIGINT else -signal.SIGTERM)
    assert seconds < 10  # a busy machine; it waits for nobody
    assert "Traceback" not in said
    assert "rror" not in said
    for client in listeners + half:
        client.close()


def test_it_ends_at_once_though_a_question_is_worked_out(start):
    server = start(code=SLOW)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asked = pool.submit(server.ask, "/api/gaps")
        time.sleep(1)
        code, seconds, said = server.end(signal.SIGINT)
        assert (code, said.count("Traceback")) == (0, 0)
        assert seconds < 10
        assert asked.result()[0] == 503


def test_a_port_in_use_is_told_with_another_one(server):
    words = ["serve", str(server.folder / "town.yaml"), "--port", str(server.port)]
    done = subprocess.run(
        [sys.executable, "-m", "chaingraph", *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert f"--port {server.port + 1}" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("package", ["fastapi", "uvicorn", "watchfiles"])
def test_what_is_not_installed_is_told(monkeypatch, capfd, tmp_path, package):
    write_files(tmp_path)
    for name in [name for name in sys.modules if name.startswith("chaingraph.")]:
        if name.rpartition(".")[2] in ("live", "serve", "server"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    assert run(["serve", str(tmp_path / "town.yaml")]) == 2
    assert f"{package} is not installed: pip install 'chaingraph[serve]'" in capfd.readouterr().err


# ------------------------------------------------------------- who may ask


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.",
        "",
        "[::2]",
        "a@b",
    ],
)
@pytest.mark.parametrize("path", ["/", "/map.html", "/api/gaps", "/events"])
def test_a_foreign_name_is_refused(server, host, path):
    assert server.ask(path, Host=host)[0] in (400, 421)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:{port}", "LOCALHOST:9", "127.0.0.1:80"])
def test_its_own_names_are_answered(server, host):
    assert server.ask("/", Host=host.format(port=server.port))[0] == 200


ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
]


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
@pytest.mark.parametrize("path", ["/", "/map.html", "/api/gaps", "/api/status", "/events"])
def test_requests_of_other_sites_are_refused(server, headers, path):
    status, answered, _ = server.ask(path, **headers)
    assert status == 403
    assert not [name for name in answered if name.lower().startswith("access-control-")]


def test_its_own_pages_may_ask(server):
    own = f"http://127.0.0.1:{server.port}"
    assert server.ask("/api/status", Origin=own, sec_fetch_site="same-origin")[0] == 200


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "CONNECT", "X"]
)
@pytest.mark.parametrize("path", ["/", "/map.html", "/api/gaps"])
def test_nothing_but_reading_is_allowed(server, method, path):
    status, headers, _ = server.ask(path, method)
    assert status == 405
    assert headers["Allow"] == "GET, HEAD"


OUTSIDE = [
    "/../town.yaml", "/..%2ftown.yaml", "/%2e%2e/town.yaml", "/%2e%2e%2ftown.yaml",
    "/..%5ctown.yaml", "/..\\town.yaml", "/%252e%252e%252ftown.yaml", "/....//town.yaml",
    "/town.yaml", "/products/bread.yaml", "/.chaingraph.json", "/.git/config", "/.env",
    "//etc/passwd", "/etc/passwd", "/%2fetc%2fpasswd", "/file:///etc/passwd", "/map.html/",
    "/map.html%00", "/map.html%00.txt", "/map.html/../../etc/passwd", "/C:/Windows/win.ini",
    "/out/", "/api/../town.yaml", "/api/%2e%2e/town.yaml", "/live.js/../x", "/static/",
    "/%c0%ae%c0%ae/etc/passwd", "/map.html;x", "/MAP.HTML", "/serve.py", "/live.html",
    "/%ff", "/api/docs",
]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_else_is_served(server, path):
    status, _, body = server.ask(path)
    assert status in (400, 404)
    assert b"root:" not in body
    assert b"includes:" not in body


def test_a_link_in_the_folder_leads_nowhere(server):
    (server.folder / "link.html").symlink_to("/etc/passwd")
    assert server.ask("/link.html")[0] == 404


@pytest.mark.parametrize("length", [5_000, 100_000])
def test_long_addresses_are_refused(server, length):
    for start in ("/", "/?"):
        # who still sends when the answer is out may see the connection end instead
        with contextlib.suppress(ConnectionError):
            assert server.ask(start + "a" * length)[0] in (400, 414)
    assert server.ask("/")[0] == 200


def test_every_answer_tells_the_browser_to_keep_it_to_itself(server):
    for path in ("/", "/map.html", "/live.js", "/live.css", "/api/gaps", "/nothing", "/api/x"):
        _, headers, _ = server.ask(path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
        assert headers["Server"] is None


def test_names_of_the_data_are_text_in_the_page(server):
    write(server, "town.yaml", FILES["town.yaml"].replace("小城图谱", "<script>alert(1)</script>"))
    server.wait(lambda _: "alert(1)" in server.ask("/")[2].decode())
    assert "<script>alert" not in server.ask("/")[2].decode()
    write(server, "town.yaml", FILES["town.yaml"].replace("as_of:", "<script>alert(2)</script>:"))
    server.wait(lambda status: status["stale"])
    assert "<script>alert" not in server.ask("/")[2].decode()


# ------------------------------------------------------------ in the office


def test_only_this_machine_can_be_served_without_a_token(tmp_path, capfd):
    write_files(tmp_path)
    assert run(["serve", str(tmp_path / "town.yaml"), "--host", "192.0.2.1"]) == 2
    assert "--read-only-share" in capfd.readouterr().err


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    write_files(folder)
    server = Server(folder, "--read-only-share", "--allow-host", "chains.town.example")
    server.token = server.address.partition("?token=")[2]
    yield server
    server.end()


@pytest.mark.parametrize("path", ["/", "/map.html", "/api/gaps", "/api/status", "/events", "/x"])
def test_without_the_token_there_is_nothing(shared, path):
    assert len(shared.token) >= 32
    assert shared.ask(path)[0] == 401
    assert shared.ask(path, Authorization="Bearer " + "x" * 32)[0] == 401
    assert shared.ask(path, Cookie=f"chaingraph_{shared.port}={'x' * 32}")[0] == 401


def test_the_link_becomes_a_cookie_and_leaves_no_token_in_the_address(shared):
    status, headers, _ = shared.ask(f"/map?token={shared.token}&a=1")
    assert (status, headers["Location"]) == (303, "/map?a=1")
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert shared.ask("/map", Cookie=cookie.split(";")[0])[0] == 200
    assert shared.ask(f"//evil.example/?token={shared.token}")[1]["Location"] == "/evil.example/"


@pytest.mark.parametrize("other", ["a@b=1", 'x={"a": "b c"}', "[x]=1", "no value", "=", "é=1"])
def test_cookies_of_other_programs_on_the_machine_lock_nobody_out(shared, other):
    cookie = f"{other}; chaingraph_{shared.port}={shared.token}"
    assert shared.ask("/map", Cookie=cookie)[0] == 200
    assert shared.ask("/map", Cookie=other)[0] == 401


def test_scripts_show_the_token_in_a_header(shared):
    assert shared.ask("/api/gaps", Authorization=f"Bearer {shared.token}")[0] == 200


def test_wrong_tokens_wait_one_after_another_and_right_ones_do_not(shared):
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        tries = [pool.submit(shared.ask, f"/?token={number:032}") for number in range(40)]
        time.sleep(0.3)
        assert shared.ask("/", Authorization=f"Bearer {shared.token}")[0] == 200
        assert not all(each.done() for each in tries)
        codes = [each.result()[0] for each in tries]
    assert codes.count(429) >= 20
    assert codes.count(401) + codes.count(429) == 40


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("chains.town.example", 401),
        (socket.gethostname(), 401),
        ("127.0.0.1", 401),
        ("evil.example", 421),
        ("192.0.2.7", 421),
    ],
)
def test_a_shared_page_has_the_names_of_its_machine(shared, host, expected):
    assert shared.ask("/", Host=host)[0] == expected


def test_the_name_that_is_listened_at_is_its_own():
    assert "chains.example" in _own_names("chains.example")


@pytest.mark.parametrize("name", ["chains.example:8443", "http://chains.example", "[::1]:80"])
def test_an_address_is_no_further_name(tmp_path, capfd, name):
    write_files(tmp_path)
    assert run(["serve", str(tmp_path / "town.yaml"), "--allow-host", name]) == 2
    assert "without port" in capfd.readouterr().err


def test_a_token_that_nobody_would_be_asked_for_is_refused(tmp_path, capfd):
    write_files(tmp_path)
    assert run(["serve", str(tmp_path / "town.yaml"), "--token-file", "secret"]) == 2
    assert "--read-only-share" in capfd.readouterr().err


def test_one_right_token_is_enough(shared):
    cookie = f"chaingraph_{shared.port}={shared.token}"
    assert shared.ask("/", Cookie=cookie, Authorization="Bearer of-some-proxy")[0] == 200


def test_the_token_may_come_from_the_environment_or_a_file_and_not_from_the_command(
    start, tmp_path
):
    token = "a-token-of-my-own-42"  # noqa: S105  no secret
    server = start("--read-only-share", env={"CHAINGRAPH_TOKEN": token})
    assert server.address.endswith(f"?token={token}")
    server.end()
    (tmp_path.parent / "token").write_text(token + "\n")
    server = start("--read-only-share", "--token-file", str(tmp_path.parent / "token"))
    assert server.address.endswith(f"?token={token}")
    assert run(["serve", str(tmp_path / "town.yaml"), "--token", token]) == 2


def test_a_day_that_is_none_is_told_at_once(tmp_path, capfd):
    write_files(tmp_path)
    assert run(["serve", str(tmp_path / "town.yaml"), "--as-of", "2024-13"]) == 2
    assert "not a date" in capfd.readouterr().err


def test_a_short_token_is_refused(tmp_path, monkeypatch, capfd):
    write_files(tmp_path)
    monkeypatch.setenv("CHAINGRAPH_TOKEN", "1234")
    assert run(["serve", str(tmp_path / "town.yaml"), "--read-only-share"]) == 2
    assert "16" in capfd.readouterr().err
