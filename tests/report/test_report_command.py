"""`cgsim report` as a person types it: what it writes, and what it refuses."""

import html
import json
import os
import shutil
import subprocess
import sys

import pytest

from cgsim import load, run
from cgsim.cli import app


@pytest.fixture
def cgsim(monkeypatch, capsys):
    """Run the program in this process: a process of its own takes seconds to begin."""

    def run(*arguments, code=0, cwd=None):
        monkeypatch.setattr(sys, "argv", ["cgsim", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "110")
        if cwd is not None:
            monkeypatch.chdir(cwd)
        with pytest.raises(SystemExit) as ended:
            app.main()
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said.out + said.err
        return said

    return run


def test_it_works_as_a_program_with_no_warning(tmp_path):
    command = [sys.executable, "-W", "error", "-m", "cgsim", "report", "armadale", "-o", "p.html"]
    done = subprocess.run(
        [*command, "--replicates", "4"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "Wrote p.html.\n")


def test_a_page_of_a_scenario_file(cgsim, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('title = "<b>Mine</b>"\nextends = "armadale"\n')
    done = cgsim("report", "mine.toml", "-o", "page.html", "--replicates", 9, "--seed", 4,
                 "--set", "meetings=2", cwd=tmp_path)  # fmt: skip
    assert done.out == "Wrote page.html.\n"
    text = (tmp_path / "page.html").read_text()
    body = text.partition('<script type="application/json"')[0]
    assert "<h1>&lt;b&gt;Mine&lt;/b&gt; (changed)</h1>" in body
    results = run(load(file, ["meetings=2"]), 9, 4, reasons=True)
    assert html.escape(results.answer().headline[0].text) in body
    again = "cgsim report mine.toml --replicates 9 --seed 4 --set meetings=2 -o page.html"
    assert again in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.toml", "page.html"]


def test_an_experiment_file_is_run_and_leaves_nothing_but_the_page(cgsim, tmp_path):
    file = tmp_path / "ask.toml"
    file.write_text('title = "T"\nquestion = "Q?"\nreplicates = 3\n[factors]\nsize = [3, 5]\n')
    cgsim("report", file, "-o", tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert "**Q?**" in text
    assert "| 5 |" in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ask.toml", "page.md"]


def test_a_folder_that_run_made(cgsim, tmp_path):
    cgsim("run", "baseline", "--replicates", 5, "--out", tmp_path / "r")
    cgsim("report", tmp_path / "r", "-o", tmp_path / "page.md")
    assert "In 5 runs of" in (tmp_path / "page.md").read_text()
    cgsim("report", tmp_path / "r", "-o", tmp_path / "one.html")
    text = (tmp_path / "one.html").read_text()
    assert "In 5 runs of" in text
    assert "cgsim reproduce" in text
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert manifest["content_sha256"] in text
    done = cgsim("report", tmp_path / "r", "-o", tmp_path / "x.md", "--seed", 2, code=2)
    assert "runs that are done" in " ".join(done.err.split())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["baseline", "-o", "x.docx"], 2, "allowed .html"),
        (["baseline", "-o", "x.html", "--format", "png"], 2, "needs a name that ends in .png"),
        (["baseline", "-o", "x.html", "--format", "docx"], 2, "allowed html, md"),
        (["baseline"], 2, "--out"),
        (["baselin", "-o", "x.html"], 2, 'did you mean "baseline"?'),
        (["baseline", "-o", "x.html", "--replicate", "3"], 2, "#room=watch&run=3"),
        (["baseline", "-o", "x.html", "--seed", str(2**53)], 2, "a page holds seeds up to"),
        (["baseline", "-o", "no/x.html"], 3, "there is no folder no"),
        (["size", "-o", "x.gif"], 2, "an experiment has many scenarios"),
        (["empty", "-o", "x.html"], 2, "holds no manifest.json"),
    ],
)
def test_what_is_refused_leaves_nothing(cgsim, tmp_path, arguments, code, said):
    (tmp_path / "empty").mkdir()
    done = cgsim("report", *arguments, code=code, cwd=tmp_path)
    assert said in " ".join(done.err.split())
    assert [p.name for p in tmp_path.rglob("*")] == ["empty"]


def test_a_gif_says_inside_where_it_comes_from(cgsim, tmp_path):
    from PIL import Image

    cgsim("report", "inertia", "-o", "one.gif", "--replicate", 3, "--set", "months=6", cwd=tmp_path)
    with Image.open(tmp_path / "one.gif") as image:
        assert image.n_frames == 7
        comment = image.info["comment"].decode()
    for part in ("scenario: inertia", "seed: 1", "replicate: 3", "version: cgsim"):
        assert part in comment


def test_a_film_of_the_same_frames_says_inside_where_it_comes_from(cgsim, tmp_path):
    if not (shutil.which("ffmpeg") and shutil.which("ffprobe")):
        pytest.skip("ffmpeg is missing: apt-get install ffmpeg")
    title = "-y = 'half'; $(touch x) %d.png"
    (tmp_path / "mine.toml").write_text(f'extends = "armadale"\ntitle = {json.dumps(title)}\n')
    for name in ("one.mp4", "two.mp4"):
        cgsim("report", "mine.toml", "-o", name, "--seed", 4, "--replicate", 3, "--set", "months=6",
              cwd=tmp_path)  # fmt: skip
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
    probe = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", "one.mp4"]
    told = json.loads(subprocess.run(probe, cwd=tmp_path, capture_output=True, check=True).stdout)
    (video,) = told["streams"]
    assert (video["codec_name"], video["pix_fmt"]) == ("h264", "yuv420p")
    assert video["width"] % 2 == video["height"] % 2 == 0
    # Six months and the start, 0.22 s each, the last one held for 2.5 s, as in the GIF.
    assert float(told["format"]["duration"]) == pytest.approx(6 * 0.22 + 2.5, abs=0.1)
    tags = told["format"]["tags"]
    assert tags["title"] == title
    for part in ("scenario: mine", "seed: 4", "replicate: 3", "version: cgsim"):
        assert part in tags["comment"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.toml", "one.mp4", "two.mp4"]


def test_without_ffmpeg_one_line_says_how_to_get_it(cgsim, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = cgsim("report", "armadale", "-o", "x.mp4", code=2, cwd=tmp_path)
    (line,) = done.err.splitlines()
    assert "apt-get install ffmpeg" in line
    assert "--format gif" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a program of two lines for a Unix shell")
@pytest.mark.parametrize(
    ("does", "said"),
    [("echo one >&2; echo Unknown encoder >&2; exit 8", "(code 8): Unknown encoder"),
     ("exec sleep 60", "did not end within 1 s")],
)  # fmt: skip
def test_where_ffmpeg_fails_its_last_line_is_told(cgsim, tmp_path, monkeypatch, does, said):
    from cgsim.report import film

    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(film, "TIME_LIMIT", 1.0)
    (tmp_path / "x.mp4").write_text("what was there before")
    done = cgsim("report", "armadale", "-o", "x.mp4", "--set", "months=2", code=3, cwd=tmp_path)
    (line,) = done.err.splitlines()
    assert said in line
    assert (tmp_path / "x.mp4").read_text() == "what was there before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bin", "x.mp4"]
