"""The page in Firefox, from the disk and from a strict server: Python's words, and no error."""

import base64
import json
import os
import re
import shutil
import subprocess
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

import cgsim
from cgsim.assess.answers import load_answers
from cgsim.game import CASES, Decision, Play, live, write_code
from cgsim.lessons import load_lesson
from cgsim.page import one_file
from cgsim.scenario.errors import ScenarioError

from .looking import RUNS, SEED, WAIT, plain
from .test_workbooks import FINE, REFUSED, write

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
COMMAND = [FIREFOX, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"]


class Firefox:
    """Firefox by its own protocol, WebDriver BiDi."""

    def __init__(self, folder):
        self.number = 0
        (folder / "profile").mkdir()
        self.process = subprocess.Popen(
            [*COMMAND, str(folder / "profile")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": str(folder)},
            start_new_session=True,
        )
        for line in self.process.stderr:
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        from websockets.sync.client import connect

        self.opened = ExitStack()
        self.socket = self.opened.enter_context(
            connect(f"{found.group(1)}/session", max_size=2**25)
        )
        self.events = []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            told = json.loads(self.socket.recv(timeout=WAIT / 1000))
            if told.get("id") == self.number:
                assert told["type"] == "success", told
                return told["result"]
            self.events.append(told)

    def visit(self, address):
        self.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def evaluate(self, expression):
        told = self.ask(
            "script.evaluate",
            expression=expression,
            target={"context": self.context},
            awaitPromise=False,
        )
        assert told["type"] == "success", told
        return told["result"].get("value")

    def size(self, width, height):
        viewport = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", context=self.context, viewport=viewport)

    def until(self, what):
        end = time.monotonic() + WAIT / 1000
        while not self.evaluate(what):
            assert time.monotonic() < end, self.evaluate("document.body.innerText.slice(0, 400)")
            time.sleep(0.1)

    def close(self):
        self.opened.close()
        self.process.terminate()
        self.process.wait(20)
        self.process.stderr.close()


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    if FIREFOX is None:
        pytest.fail("Firefox is missing") if os.environ.get("CI") else pytest.skip("no Firefox")
    started = Firefox(tmp_path_factory.mktemp("firefox"))
    yield started
    started.close()


def figures_are_taken(firefox):
    """Every figure comes as an SVG in which texts are texts, and as a PNG."""
    firefox.evaluate(
        """(() => { globalThis.taken = []; const made = URL.createObjectURL;
        URL.createObjectURL = (blob) => {
          blob.text().then((text) => taken.push([blob.type, text.length, text.slice(0, 40000)]));
          return made(blob);
        };
        const buttons = [...document.querySelectorAll('.drawing button[aria-describedby]')];
        globalThis.asked = buttons.length;
        for (const one of buttons) one.click(); })()"""
    )
    firefox.until("taken.length > 0 && taken.length === asked")
    taken = json.loads(firefox.evaluate("JSON.stringify(taken)"))
    drawings = [text for kind, _, text in taken if kind == "image/svg+xml"]
    assert len(drawings) == sum(kind == "image/png" for kind, _, _ in taken) >= 8
    for drawing in drawings:
        assert "seed 1, cgsim" in drawing
        assert "NaN" not in drawing
        assert "<text" in drawing
    assert all(size > 3000 for kind, size, _ in taken if kind == "image/png")


def test_answers_rooms_and_levers(firefox, page_file):
    firefox.visit(page_file.as_uri() + "#case=korsakoff")
    firefox.until("document.querySelector('main[data-state=done]')")
    said = plain(firefox.evaluate("document.querySelector('main').innerText"))
    for statement in cgsim.run("korsakoff", RUNS, SEED, reasons=True).answer().headline:
        assert statement.text in said
    for room in ("watch", "members", "unknown", "take"):
        firefox.evaluate(f"location.hash = 'case=korsakoff&room={room}'")
        firefox.until(
            f"document.querySelector('a[aria-current]').href.includes('room={room}') && "
            "document.querySelector('main[data-state=done]')"
        )
    figures_are_taken(firefox)
    firefox.evaluate("location.hash = 'case=korsakoff&set.meetings=2'")
    value = cgsim.run("korsakoff", RUNS, SEED, {"meetings": 2})
    shown = cgsim.answer.formats.signed(value.estimate("gain_over_equal_money").value)
    firefox.until(
        "document.querySelector('.figure:not(.look)')?.innerText.replaceAll('\\u00a0', ' ') === "
        + json.dumps(shown)
    )
    wrong = [e for e in firefox.events if e["params"].get("level") == "error"]
    assert wrong == []
    asked = [e["params"]["request"]["url"] for e in firefox.events if "request" in e["params"]]
    assert [a for a in asked if not a.startswith(("file:", "blob:", "data:", "about:"))] == []


def test_a_lever_is_moved_by_keys_and_stays(firefox, page_file):
    """What is moved is in the address, can be undone, and is the answer's."""
    firefox.visit(page_file.as_uri() + "#case=korsakoff")
    firefox.until("document.querySelector('main[data-state=done]')")
    firefox.evaluate("document.querySelector('.track input').focus()")
    before = int(firefox.evaluate("document.querySelector('.track input').value"))
    right = "\ue014"
    keys = [{"type": how, "value": right} for _ in range(2) for how in ("keyDown", "keyUp")]
    firefox.ask(
        "input.performActions",
        context=firefox.context,
        actions=[{"type": "key", "id": "keys", "actions": keys}],
    )
    firefox.until("location.hash.includes('set.meetings=')")
    assert int(firefox.evaluate("document.querySelector('.track input').value")) == before + 2
    undo = "[...document.querySelectorAll('button')].find((b) => b.innerText.includes('Undo'))"
    assert firefox.evaluate(f"{undo}.disabled") is False


def test_a_play_of_the_game(firefox, tmp_path):
    file = tmp_path / "game.html"
    file.write_text(one_file.game_page(), "utf-8")
    before = len(firefox.events)
    firefox.size(390, 844)
    play = Play(CASES[0], 7, (Decision.to("grant", 0), Decision.to("close", 11)))
    firefox.visit(f"{file.as_uri()}#room=game&play={write_code(Play(CASES[0], 7))}")
    for quarter in range(12):
        skip = (
            "[...document.querySelectorAll('button')].find((b) => b.innerText === 'I cannot say')"
        )
        if quarter in (2, 6):
            firefox.until(f"Boolean({skip})")
            firefox.evaluate(f"{skip}.click()")
        # The address changes before the screen does: a press on the quarter before is lost.
        firefox.until(
            "Boolean(document.querySelector('.choices-of'))"
            " && document.querySelector('.quarter-head .hidden').textContent"
            f" === 'Quarter {quarter + 1} of 12'"
        )
        if action := {0: "grant", 11: "close"}.get(quarter):
            firefox.evaluate(f"document.getElementById('do-{action}').click()")
            firefox.until("Boolean(document.querySelector('.decision.made'))")
        firefox.evaluate("document.querySelector('.go button').click()")
        firefox.until(f"location.hash.endsWith('lived={quarter + 1}')")
        assert firefox.evaluate("document.documentElement.scrollWidth") <= 390
    firefox.until("document.querySelector('.debrief[data-found=all]')")
    assert f"play={write_code(play)}&" in firefox.evaluate("location.hash")
    (lived,) = live([play])
    said = plain(firefox.evaluate("document.querySelector('.debrief .figure').innerText"))
    assert said == cgsim.answer.formats.signed_units(lived.score)
    told = firefox.events[before:]
    assert [e for e in told if e["params"].get("level") == "error"] == []


def test_a_lesson_as_a_student_holds_it(firefox, tmp_path):
    lesson = load_lesson("who-is-in-charge")
    form = lesson.form.model_copy(update={"replicates": RUNS})
    file = tmp_path / "lesson.html"
    file.write_text(one_file.lesson_page(replace(lesson, form=form)), "utf-8")
    before = len(firefox.events)
    firefox.size(1920, 1080)
    firefox.visit(file.as_uri())

    def told(part):
        return firefox.evaluate(f"document.querySelector({part!r})?.innerText ?? ''")

    def press(words):
        there = f"[...document.querySelectorAll('button')].find((b) => b.innerText === {words!r})"
        firefox.until(f"Boolean({there})")
        firefox.evaluate(f"{there}.click()")

    def typed(where, text, *events):
        sent = "".join(
            f"e.dispatchEvent(new Event('{one}', {{ bubbles: true }}));" for one in events
        )
        firefox.evaluate(
            f"(() => {{ const e = document.querySelector({where!r}); "
            f"e.value = {text!r}; {sent} }})()"
        )

    firefox.until("Boolean(document.querySelector('#lever'))")
    for place in ("0", "6", "3"):  # moved over, and left at the last
        typed("#lever", place, "input", *["change"] * (place == "3"))
        label = lesson.picks[int(place)][0]
        firefox.until(f"document.querySelector('.lived h3')?.innerText.includes({label!r})")
    firefox.until("location.hash.includes('pick=3')")
    press("The bet")
    firefox.until("Boolean(document.querySelector('#a-bet'))")
    typed("#a-bet", "9", "input")
    press("Place this bet")
    typed("#why", "Somebody has to.", "input")
    press("Reveal")
    firefox.until("Boolean(document.querySelector('.now .decided'))")
    value = cgsim.run(lesson.picks[3][1], RUNS, form.seed).estimate(form.answer.measure)
    assert cgsim.answer.formats.percent(abs(value.value)) in plain(told(".now .decided"))
    assert "Somebody has to." in told(".now")
    assert [e for e in firefox.events[before:] if e["params"].get("level") == "error"] == []


def test_workbooks_of_answers_are_read(firefox, page_file, tmp_path):
    before = len(firefox.events)
    paths = list(write(tmp_path, FINE))
    firefox.visit(page_file.as_uri() + "#room=assess")
    field = "document.querySelector('input[type=file]')"
    firefox.until(f"Boolean({field})")

    def bring(files):
        given = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in files]
        firefox.evaluate(
            f"""(() => {{
            const all = new DataTransfer();
            for (const [name, text] of {json.dumps(given)}) {{
              all.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
            }}
            {field}.files = all.files;
            {field}.dispatchEvent(new Event("change", {{ bubbles: true }})); }})()"""
        )

    bring(paths)
    right = load_answers(paths)
    firefox.until(f"document.querySelectorAll('.voices li').length === {len(right.voices)}")
    listed = json.loads(
        firefox.evaluate(
            "JSON.stringify([...document.querySelectorAll('.voices li > span')]"
            ".map((one) => one.textContent))"
        )
    )
    for voice, said in zip(right.voices, listed, strict=True):
        assert said.startswith(
            f"{voice.partner}: knew an answer to {len(voice.answers)} of 24 questions"
        )
    for path in write(tmp_path, {name: REFUSED[name] for name in ("merged", "cut", "lying")}):
        bring([path])
        with pytest.raises(ScenarioError) as caught:
            load_answers([path])
        told = json.dumps(f"{path.name}: {caught.value.faults[0].message}")
        firefox.until(f"document.querySelector('[role=alert]')?.innerText === {told}")
    told = firefox.events[before:]
    assert [e for e in told if e["params"].get("level") == "error"] == []


def test_from_a_strict_server(firefox, served):
    before = len(firefox.events)
    firefox.visit(served + "#case=korsakoff&set.meetings=2")
    value = cgsim.run("korsakoff", RUNS, SEED, {"meetings": 2})
    shown = cgsim.answer.formats.signed(value.estimate("gain_over_equal_money").value)
    firefox.until(
        "document.querySelector('.figure:not(.look)')?.innerText.replaceAll('\\u00a0', ' ') === "
        + json.dumps(shown)
    )
    told = firefox.events[before:]
    assert [e for e in told if e["params"].get("level") == "error"] == []
    asked = [e["params"]["request"]["url"] for e in told if "request" in e["params"]]
    page, *others = [a for a in asked if not a.startswith(("blob:", "data:"))]
    assert page.partition("#")[0] == served
    assert others == []
