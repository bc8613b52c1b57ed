"""A page that carries what records left possible lives those draws, and says so."""

import pytest
from playwright.sync_api import expect
from tests.browsing import picture

import cgsim
from cgsim.experiment.doubt import drawn_many, draws_of
from cgsim.experiment.posterior import Posterior
from cgsim.page import one_file
from cgsim.scenario.parameters import BY_NAME

from .looking import SEED, plain, until


@pytest.fixture(scope="module")
def posterior():
    """Draws that are not those from the priors, as if records had left them."""
    middle = sum(BY_NAME["first_share"].prior) / 2
    drawn = draws_of([cgsim.load("baseline")], 300, 4)
    points = tuple(dict(point) for point in drawn if point["first_share"] > middle)
    assert len(points) > 100
    return Posterior("calibrations/ours", points, "0" * 64, "minutes & surveys.csv", "1" * 64)


@pytest.fixture(scope="module")
def given_file(posterior, tmp_path_factory):
    path = tmp_path_factory.mktemp("given") / "page.html"
    path.write_text(one_file.page([cgsim.load("baseline")], SEED, posterior), "utf-8")
    return path


def doubt_of(scenario, posterior=None):
    drawn = drawn_many([scenario], SEED, given=posterior)[0]
    answer = cgsim.run(scenario, 60, SEED).answer(drawn)
    return [s.text for s in answer.headline if s.id.startswith("doubt.")]


def test_what_nobody_knows_is_what_the_records_left(visit, given_file, posterior):
    page = visit("#room=unknown", file=given_file)
    region = page.get_by_role("region", name="What nobody knows")
    for text in doubt_of(cgsim.load("baseline"), posterior):
        expect(region).to_contain_text(text)
    expect(region).to_contain_text("given the records in minutes & surveys.csv: drawn 60 times")
    expect(region).to_contain_text("one of those that minutes & surveys.csv leaves possible")
    assert "--seed" in page.inner_text("footer")
    assert "--given ours" in page.inner_text("footer")
    picture(page, "page-unknown-given-1280")


def test_they_hold_with_other_levers_and_not_in_another_area(visit, given_file, posterior):
    page = visit("#room=unknown&set.meetings=2", file=given_file)
    region = page.get_by_role("region", name="What nobody knows")
    for text in doubt_of(cgsim.load("baseline", ["meetings=2"]), posterior):
        expect(region).to_contain_text(text)
    page.goto(given_file.as_uri() + "#room=unknown&set.capacity=120")
    until(page, "other draws", "document.body.innerText.includes('from the whole ranges')")
    said = plain(region.inner_text())
    assert "given the records" not in said
    assert "--given" not in page.inner_text("footer")
    page.goto(given_file.as_uri() + "#room=compare&set.meetings=1&with=baseline&with.meetings=2")
    expect(page.get_by_role("region", name="The difference")).to_contain_text(
        "draws of what nobody knows, given the records in minutes & surveys.csv, B does"
    )
