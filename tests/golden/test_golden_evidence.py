"""Some of the register at small size: a claim that flips is a change of results."""

import json

import pytest
from refresh import CLAIMS, EVIDENCE_FILE, small_verdict

from cgsim.evidence import claims
from cgsim.evidence import register as evidence

GOLDEN = json.loads(EVIDENCE_FILE.read_text())


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_comes_out_as_before(name, tmp_path):
    found = small_verdict(name, tmp_path)
    # Another machine rounds otherwise in the last digits, which may turn one draw at a border.
    assert found["judged"] == pytest.approx(GOLDEN[name]["judged"], abs=1)
    assert found["seen"] == pytest.approx(GOLDEN[name]["seen"], abs=1)


def test_the_register_has_every_claim_and_no_other():
    register = evidence.shipped_register()
    assert tuple(register.verdicts) == claims.names()
    assert register.to_json() == (claims.folder() / evidence.REGISTER).read_text("utf-8")
    assert (register.draws, register.replicates) == (evidence.DRAWS, evidence.REPLICATES)


@pytest.mark.soak
def test_the_register_comes_out_again(tmp_path):
    wanted = [claims.load_claim(name) for name in claims.names()]
    shipped = evidence.shipped_register()
    more = max(shipped.more_draws, default=None)
    again = evidence.compile_register(wanted, tmp_path, border_draws=more)
    for name, verdict in shipped.verdicts.items():
        assert again.verdicts[name].verdict == verdict.verdict, name
        assert again.verdicts[name].share == pytest.approx(verdict.share, abs=0.02), name
