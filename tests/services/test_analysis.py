"""The process that looks at files: bounded, one at once, with nothing of the web in it."""

import fcntl
import io
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
import xlsxwriter
from PIL import Image

from civique.services import analysis
from civique.services.analysis import ROOT, START, WORKS, AnalysisFailed, Work, analyse
from civique.services.sheets import SheetRefused, read_sheet

WIDTHS = (1600, 960, 480)


def photo(kind="JPEG", size=(2000, 1500)):
    output = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(output, kind)
    return output.getvalue()


def test_a_photo_comes_back_in_each_width():
    sizes, pieces = analyse("pictures", io.BytesIO(photo()), *WIDTHS)
    assert sizes == [[1600, 1200], [960, 720], [480, 360]]
    assert [Image.open(io.BytesIO(piece)).size for piece in pieces] == [tuple(size) for size in sizes]


def test_a_photo_of_fifty_megapixels_is_read():
    assert analyse("pictures", photo(size=(8192, 6144)), *WIDTHS)[0][0] == [1600, 1200]


def test_what_is_refused_is_said():
    assert analyse("pictures", b"no picture", 100) == ("format", [])
    assert analyse("pictures", photo("PNG", (6001, 4000)), 100) == ("too_many_pixels", [])
    assert analyse("pdf", b"%PDF-1.7 << /S /JavaScript >>") == (True, [])
    assert analyse("pdf", b"%PDF-1.7") == (False, [])


def test_what_asks_too_much_ends_its_own_process(monkeypatch):
    monkeypatch.setitem(WORKS, "pictures", Work("civique.services.images", "read_pictures", 60_000_000, 5))
    assert analyse("pictures", photo("PNG", (4000, 3000)), *WIDTHS) == ("broken", []), "Pillow says when memory lacks"
    for bounds in ((20_000_000, 5), (700_000_000, 0)):
        monkeypatch.setitem(WORKS, "pictures", Work("civique.services.images", "read_pictures", *bounds))
        with pytest.raises(AnalysisFailed, match="heavy"):
            analyse("pictures", photo("PNG", (4000, 3000)), *WIDTHS)


def test_what_is_looked_at_when_another_is_waits_then_is_told(monkeypatch):
    monkeypatch.setattr(analysis, "PATIENCE", 0.1)
    with analysis._lock_file().open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AnalysisFailed, match="busy"):
            analyse("pdf", b"%PDF-1.7")
    assert analyse("pdf", b"%PDF-1.7") == (False, [])


def test_several_at_once_are_looked_at_one_after_the_other():
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _n: analyse("pictures", photo(size=(300, 200)), 100)[0], range(4)))
    assert found == [[[100, 67]]] * 4


def test_nothing_of_the_web_nor_of_the_database_is_in_it():
    code = START.replace("main()", "import civique.services.images, civique.services.workbooks; print(*sys.modules)")
    done = subprocess.run([sys.executable, "-I", "-c", code, str(ROOT)], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "civique.services.analysis" in loaded
    assert not loaded & {"flask", "werkzeug", "sqlalchemy", "psycopg", "structlog", "wtforms"}


def one_cell(length):
    """An XLSX with a single cell of spaces and letters."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"strings_to_numbers": False})
    made.add_worksheet().write(0, 0, "a")
    made.close()
    source, target = zipfile.ZipFile(buffer), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            data = source.read(entry)
            if "sharedStrings" in entry.filename:
                data = data.replace(b"<t>a</t>", b"<t>" + b"a" * length + b"</t>")
            archive.writestr(entry.filename, data)
    return target.getvalue()


@pytest.mark.parametrize("length", [190_000_000, 70_000_000, 40_000])
def test_a_cell_that_no_spreadsheet_makes_is_refused(length):
    with pytest.raises(SheetRefused) as refused:
        read_sheet(one_cell(length), 20)
    assert refused.value.code in {"too_large", "broken"}
    assert read_sheet(one_cell(30_000), 20) == [["a" * 30_000]]
