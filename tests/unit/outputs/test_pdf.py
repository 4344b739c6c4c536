"""SVG to PDF: the true size, whole or not at all, and nothing left behind."""

import re
import sys
import tempfile

import pytest

from chaingraph.errors import UsageError
from chaingraph.outputs import pdf
from chaingraph.outputs.pdf import find_converters, make_pdf, write_pdf
from chaingraph.outputs.poster import draw_poster

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="420mm" height="297mm" viewBox="0 0 1 1"></svg>'
)
POINT = 25.4 / 72


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    """Let temporary folders be made where they can be counted."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield
    assert not list((tmp_path / "temporary").iterdir())


def use(monkeypatch, code):
    """Let a piece of Python with `source` and `target` be the only converter."""
    start = "import pathlib, sys, time; source, target = map(pathlib.Path, sys.argv[1:])\n"

    def command(program, source, target):
        return [program, "-c", start + code, str(source), str(target)]

    monkeypatch.setattr(pdf, "find_converters", lambda: iter([(sys.executable, command)]))


@pytest.mark.skipif(not list(find_converters()), reason="nothing installed makes a PDF")
@pytest.mark.parametrize(("size", "width", "height"), [("A1", 841, 594), ("A3", 420, 297)])
def test_a_pdf_is_one_page_of_the_size_of_the_paper(yumen, tmp_path, size, width, height):
    path = tmp_path / "poster.pdf"
    draw_poster(yumen, path, size=size, branch="csp")
    data = path.read_bytes()
    assert data.startswith(b"%PDF")
    boxes = re.findall(rb"/MediaBox *\[ *0 +0 +([\d.]+) +([\d.]+) *\]", data)
    assert boxes
    for box in boxes:
        sides = [float(side) * POINT for side in box]
        assert sides == pytest.approx([width, height], abs=0.5)
    assert len(re.findall(rb"/Type */Page\b(?!s)", data)) == 1


def test_without_a_converter_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "find_converters", lambda: iter([]))
    with pytest.raises(UsageError, match=r"rsvg-convert, Inkscape, Chromium.* install one"):
        write_pdf(SQUARE, tmp_path / "poster.pdf")
    assert not (tmp_path / "poster.pdf").exists()


def test_a_converter_gets_the_drawing_and_its_pdf_is_written(monkeypatch, tmp_path):
    use(monkeypatch, "assert '420mm' in source.read_text(); target.write_bytes(b'%PDF-1.7')")
    written = write_pdf(SQUARE, tmp_path / "poster.pdf").read_bytes()
    assert written.startswith(b"%PDF-1.7\n%chaingraph ")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit(3)", r"failed \(3\)"),
        ("pass", r"failed \(No such file"),
        ("target.write_bytes(b'<html>')", "wrote something else"),
        ("target.write_bytes(b'%PDF /MediaBox [0 0 420 297]')", "another size"),
        ("time.sleep(60)", "took longer than 1 s"),
    ],
)
def test_a_converter_that_fails_is_named_and_an_older_file_stays(monkeypatch, tmp_path, code, said):
    use(monkeypatch, code)
    monkeypatch.setattr(pdf, "PATIENCE", 1.0)
    (tmp_path / "poster.pdf").write_bytes(b"older")
    with pytest.raises(UsageError, match=said):
        write_pdf(SQUARE, tmp_path / "poster.pdf")
    assert (tmp_path / "poster.pdf").read_bytes() == b"older"


def test_where_one_converter_fails_the_next_is_tried(monkeypatch):
    use(monkeypatch, "target.write_bytes(b'%PDF-1.7')")
    good = next(pdf.find_converters())
    bad = ("/nowhere/rsvg-convert", good[1])
    monkeypatch.setattr(pdf, "find_converters", lambda: iter([bad, good]))
    assert make_pdf(SQUARE) == b"%PDF-1.7"
