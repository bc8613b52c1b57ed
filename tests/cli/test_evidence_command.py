"""The register of evidence on the command line: shown as shipped, and judged anew."""

import json

import pytest
from test_commands import cgsim

from cgsim.answer.formats import FORMATS, percent
from cgsim.evidence import claims, exchanged
from cgsim.evidence import register as evidence
from cgsim.report.evidence_page import holds_under, marked_verdict


def test_the_register_is_shown_without_a_run():
    shown = cgsim("evidence")
    assert shown.stderr == ""
    for name in claims.names():
        assert f"\n{name} " in shown.stdout
    assert "proves nothing about a real partnership" in shown.stdout


def test_the_list_has_the_verdicts_and_where_they_hold_as_the_document_has_them():
    shown = " ".join(cgsim("evidence", COLUMNS="400").stdout.split())
    others = exchanged.shipped().claims
    near = 0
    for name, verdict in evidence.shipped_register().verdicts.items():
        near += verdict.near_a_border
        row = shown.partition(f" {name} {claims.load_claim(name).title} ")[2]
        told = [marked_verdict(verdict)]
        if verdict.verdict != "not judged":
            told += [percent(verdict.share, 0), FORMATS["span"](vars(verdict))]
        told += filter(None, [holds_under(others.get(name), verdict)])
        assert row.startswith(f"{' '.join(told)} ")
    assert near  # else no word on borders is looked for


def test_the_limits_of_the_verdicts_are_told_and_which_claims_have_their_own():
    text = " ".join(cgsim("evidence").stdout.split())
    assert f"Supported from {100 * evidence.SUPPORTED:.0f} % of draws, conditional from" in text
    limits = text.partition("limits of their own")[2].partition(".")[0]
    for name in claims.names():
        own = claims.load_claim(name).enough
        assert (f"{name} " in limits) == (own is not None)
        assert own is None or f"{name} {100 * own:.0f} %" in limits
    assert "limits of their own" not in cgsim("evidence", "A4").stdout


def test_one_claim_is_shown_whole_and_as_data():
    text = " ".join(cgsim("evidence", "c4").stdout.split())
    claim = claims.load_claim("C4")
    verdict = evidence.shipped_register().verdicts["C4"]
    for part in (claim.title, claim.quotation, claim.pattern, claim.reading):
        assert " ".join(part.split()) in text
    record = json.loads(cgsim("evidence", "C4", "--json").stdout)
    assert record["C4"]["share"] == verdict.share
    known = {evidence.NOTHING, *(m.name for m in claims.effects())}
    assert record["C4"]["without"].keys() <= known


def test_what_becomes_of_a_claim_under_other_mechanisms_is_told_and_can_be_done_anew(tmp_path):
    found = exchanged.shipped().claims["A1"]
    counts = f"{len(found.holding)} of" if found.turning or found.wavering else "all"
    told = f"Holds under {counts}"
    assert told in " ".join(cgsim("evidence", "A1").stdout.split())
    assert json.loads(cgsim("evidence", "A1", "--json").stdout)["A1"]["exchanged"] == (
        found.to_dict()
    )
    ask = ["evidence", "A1", "--draws", 20, "--replicates", 2, "--exchange", "--out", tmp_path]
    anew = cgsim(*ask).stdout
    assert told in " ".join(anew.split())
    written = exchanged.Exchanged.from_json((tmp_path / exchanged.EXCHANGED).read_text())
    assert written.claims["A1"] == found


def test_more_draws_near_a_border_are_told(tmp_path):
    ask = ["evidence", "A1", "--draws", 20, "--replicates", 2, "--border-draws", 24]
    told = " ".join(cgsim(*ask, "--out", tmp_path / "evidence").stdout.split())
    assert "of 24 draws" in told
    assert "Where the interval over these held a border, a claim is judged over 24 draws." in told


def test_a_claim_is_judged_anew_and_goes_on_where_it_was(tmp_path):
    ask = ["evidence", "B2", "--draws", 20, "--replicates", 4, "--out", tmp_path / "evidence"]
    first = cgsim(*ask).stdout
    assert "20 draws from the priors, 4 runs each" in " ".join(first.split())
    parts = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("runs/*.parquet")}
    assert parts
    assert cgsim(*ask).stdout == first
    assert parts == {p: p.stat().st_mtime_ns for p in tmp_path.rglob("runs/*.parquet")}


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (["Z9"], "allowed A1 to R4"),
        (["A4", "--draws", "30"], "--out FOLDER"),
        (["A4", "--effects"], "--out FOLDER"),
        (["A4", "--exchange"], "--out FOLDER"),
        (["A4", "--border-draws", "400"], "--out FOLDER"),
        (["A4", "--border-draws", "30", "--out", "o"], "allowed more than --draws, 120"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(ask, told):
    assert told in " ".join(cgsim("evidence", *ask, code=2).stderr.split())


def test_a_claim_file_of_ones_own_is_judged(tmp_path):
    text = (claims.folder() / "B2.toml").read_text().replace("# ", "#")
    (tmp_path / "mine.toml").write_text(text)
    done = cgsim(
        "evidence", "mine.toml", "--draws", 20, "--replicates", 2, "--out", "out", cwd=tmp_path
    )
    assert "mine" in done.stdout
    assert (tmp_path / "out/mine/runs/manifest.json").exists()
    refused = cgsim("evidence", "mine.toml", code=2, cwd=tmp_path)
    assert "not in the register" in refused.stderr


@pytest.mark.parametrize("more", [(), ("--out", "out")])
def test_a_claim_of_ones_own_under_the_name_of_one_of_the_studys_is_refused(tmp_path, more):
    text = (claims.folder() / "B2.toml").read_text()
    (tmp_path / "A4.toml").write_text(text)
    refused = cgsim("evidence", "./A4.toml", *more, code=2, cwd=tmp_path)
    assert "my_A4.toml" in " ".join(refused.stderr.split())
    assert not (tmp_path / "out/A4").exists()
