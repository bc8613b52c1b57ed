"""The module in Node and in browsers: the same bits, in pieces, and nothing that is not wanted."""

import http.server
import json
import os
import shutil
import subprocess
import threading

import numpy as np
import pytest
from scipy import stats

import cgsim
from cgsim.engine.run import ARMS
from cgsim.frictions import FRICTION_ARMS, shapley_losses
from cgsim.running.results import run_many

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


def write(folder, name, text):
    (folder / name).write_text(text)
    return name


def test_one_hash_in_node(kit, job, one_hash, in_node):
    script = 'import { oneHash } from "./one_hash.js"; export default oneHash;'
    assert in_node(write(kit, "hash_here.mjs", script), job) == one_hash


PAGE = """<!doctype html><meta charset="utf-8"><title>one hash</title><script type="module">
import { load } from "./engine.js";
import { oneHash } from "./one_hash.js";
const get = async (name) => (await fetch(name)).json();
let said;
try {
  const bytes = await (await fetch("engine.wasm")).arrayBuffer();
  const kit = await load(bytes, await get("engine.json"));
  const makeWorker = () => new Worker("worker.js", { type: "module" });
  said = await oneHash(kit, await get("job.json"), makeWorker);
} catch (error) {
  said = `${error}`;
}
await fetch("said", { method: "POST", body: said });
</script>"""
WORKER = 'import { serve } from "./engine.js"; serve(self);'


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder, and hears what the page says."""

    def __init__(self, folder):
        self.said, self.heard = "", threading.Event()

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args):
                super().__init__(*args, directory=str(folder))

            def do_POST(self):
                self.server.said = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(204)
                self.end_headers()
                self.server.heard.set()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_one_hash_in_a_browser_with_workers(browser, kit, job, one_hash, tmp_path):
    program = CHROMIUM if browser == "chromium" else FIREFOX
    if program is None:
        pytest.skip(f"{browser} is missing")
    write(kit, "page.html", PAGE)
    write(kit, "worker.js", WORKER)
    profile = tmp_path / "profile"
    profile.mkdir()
    flags = {
        "chromium": [
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={profile}",
        ],
        "firefox": ["--no-remote", "--profile", str(profile)],
    }[browser]
    with Server(kit) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/page.html"
        process = subprocess.Popen(
            [program, "--headless", *flags, address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(tmp_path)},
            start_new_session=True,
        )
        try:
            assert server.heard.wait(120), "the page said nothing"
        finally:
            os.killpg(process.pid, 15)
            process.wait(20)
            server.shutdown()
    assert server.said == one_hash


def test_what_is_not_wanted_any_more_is_dropped(kit, job, in_node):
    script = """
    import { Runner } from "./engine.js";
    export default async (kit, { scenarios }) => {
      const runner = new Runner(kit);
      const seen = [];
      const note = (name) => (piece) => seen.push([name, piece.first, piece.count]);
      const first = runner.run(scenarios[0], { replicates: 50, piece: 5 }, note("first"));
      await new Promise((done) => setTimeout(done, 0));
      const second = runner.run(scenarios[0], { replicates: 12, piece: 5 }, note("second"));
      return { first: await first.finished, second: await second.finished, seen };
    };
    """
    said = in_node(write(kit, "dropped.mjs", script), job)
    assert (said["first"], said["second"]) == (False, True)
    later = [piece for name, *piece in said["seen"] if name == "second"]
    assert later == [[0, 5], [5, 5], [10, 2]]
    assert sum(name == "first" for name, *_ in said["seen"]) < 10
    assert [name for name, *_ in said["seen"]][-3:] == ["second"] * 3


def test_a_batch_turns_to_another_scenario_and_nothing_of_the_first_is_left(kit, in_node):
    first = cgsim.load("korsakoff")
    second = cgsim.load(
        "korsakoff", set={"meetings": 3, "fund": 0, "hour_cost": 9, "trust_stranger": 0.9}
    )
    job = {"first": cgsim.packed([first]), "second": cgsim.packed([second])}
    path = kit / "turned.json"
    path.write_text(json.dumps(job))
    script = """
    import { Batch } from "./engine.js";
    export default (kit, { first, second }) => {
      const batch = new Batch(kit, first);
      const lived = () => Array.from(batch.live(0, 25, 1n).measures, String);
      const before = lived();
      batch.turnTo(second);
      const turned = lived();
      const fresh = Array.from(new Batch(kit, second).live(0, 25, 1n).measures, String);
      batch.turnTo(first);
      return { before, turned, fresh, back: lived() };
    };
    """
    said = in_node(write(kit, "turned.mjs", script), path)
    assert said["turned"] == said["fresh"] != said["before"] == said["back"]


def test_a_decision_holds_from_its_month_on_as_a_scheduled_change_does(kit, in_node):
    scenario = cgsim.load("baseline")
    scheduled = cgsim.loads(
        'extends = "baseline"\n[[change]]\nmonth = 20\nset = {meetings = 4, setup_hours = 9}\n'
    )
    right = run_many([scheduled], 1, 1, months=True)[0].month_values[0, 0, :, 0]
    job = {"scenario": cgsim.packed([scenario])}
    path = kit / "decided.json"
    path.write_text(json.dumps(job))
    script = """
    import { Life } from "./engine.js";
    export default (kit, { scenario }) => {
      const months = (decide) => {
        const life = new Life(kit, scenario, { seed: 1n });
        const met = [];
        while (life.month < life.months) {
          if (life.month === 20) decide(life);
          met.push(life.step().met);
        }
        return met;
      };
      return [months(() => {}), months((life) => {
        life.decide("meetings", 4);
        life.decide("setup_hours", 9);
      })];
    };
    """
    before, after = in_node(write(kit, "decided.mjs", script), path)
    assert before[:20] == after[:20]
    assert before[20:] != after[20:]
    assert after == right.tolist()


PRICES = {"change_hours": 2, "authority_hours": 3, "authority_buyin": 0.2}


def test_members_a_lead_and_an_agenda_are_decided_as_a_scheduled_change_does(kit, in_node):
    scheduled = cgsim.loads(
        'extends = "baseline"\n[[change]]\nmonth = 20\nset = {size = 11, lead = "agency 3"}\n'
        "[[change]]\nmonth = 30\nset = {size = 5, focus = 3}\n"
        "[[change]]\nmonth = 33\nset = {authority = 1.0, fund = 50, fund_start = 34}\n",
        PRICES,
    )
    model = cgsim.PartnershipModel(scheduled, 1)
    model.run_model()
    later = cgsim.packed([scheduled])
    plain = cgsim.packed([cgsim.load("baseline", PRICES)])
    path = kit / "asked.json"
    path.write_text(json.dumps({"plain": plain, "later": later}))
    script = """
    import { Life } from "./engine.js";
    const lived = (life, decide) => {
      const board = [];
      while (life.month < life.months) {
        decide(life);
        const { met } = life.step();
        const { members, lead_effect, overhead_hours } = life.board(life.month - 1);
        board.push([met, members, lead_effect, overhead_hours]);
      }
      return board;
    };
    export default (kit, { plain, later }) => [
      lived(new Life(kit, later, { seed: 1n }), () => {}),
      lived(new Life(kit, plain, { seed: 1n }), (life) => {
        if (life.month === 20) {
          life.ask("members", 11);
          life.ask("lead", 2);
        }
        if (life.month === 30) {
          life.ask("members", 5);
          life.focus([0, 1, 2]);
        }
        if (life.month === 33) {
          life.decide("authority", 1);
          life.decide("fund", 50);
          life.decide("fund_start", 34);
        }
      }),
    ];
    """
    followed, decided = in_node(write(kit, "asked.mjs", script), path)
    right = [
        model.column("met").tolist(),
        model.board(0, "members").tolist(),
        model.board(0, "lead_effect").tolist(),
        model.board(0, "overhead_hours").tolist(),
    ]
    assert right[1][19:22] != right[1][18:21]
    assert [list(column) for column in zip(*followed, strict=True)] == right
    assert decided == followed


def test_intervals_of_shares_and_shapley_losses(kit, in_node):
    grid = [(hits, of) for of in (1, 2, 7, 50, 500) for hits in {0, 1, of // 2, of}]
    rng = np.random.default_rng(1)
    gains = rng.normal(size=(20, len(FRICTION_ARMS)))
    path = kit / "trivial.json"
    path.write_text(json.dumps({"grid": grid, "gains": gains.tolist()}))
    script = """
    import { shapleyLosses, wilson } from "./engine.js";
    export default (kit, { grid, gains }) => ({
      intervals: grid.map(([hits, of]) => wilson(hits, of)),
      losses: gains.map((row) => shapleyLosses(kit.description, row)),
    });
    """
    said = in_node(write(kit, "trivial.mjs", script), path)
    for (hits, of), interval in zip(grid, said["intervals"], strict=True):
        right = stats.binomtest(hits, of).proportion_ci(0.95, method="wilson")
        assert np.allclose(interval, (right.low, right.high), rtol=0, atol=1e-12)
    assert np.allclose(said["losses"], shapley_losses(gains[:, 1:]), rtol=0, atol=1e-12)


def test_what_cannot_be_is_refused(kit, job, in_node):
    script = """
    import { Batch, Life } from "./engine.js";
    const told = (work) => { try { work(); return ""; } catch (error) { return `${error}`; } };
    export default (kit, { scenarios: [scenario] }) => {
      const life = new Life(kit, { ...scenario });
      const short = { ...scenario, given_ties: [1] };
      const { B, ...sizes } = scenario.sizes;
      return [
        told(() => new Batch(kit, scenario).live(0, 26, 1n)),
        told(() => new Batch(kit, scenario).live(0, 1, 1n, 1)),
        told(() => life.decide("meetngs", 1)),
        told(() => new Batch(kit, short)),
        told(() => new Batch(kit, { ...scenario, sizes })),
        told(() => new Batch(kit, scenario).turnTo({ ...scenario, sizes: { ...sizes, B: 9 } })),
      ];
    };
    """
    said = in_node(write(kit, "refused.mjs", script), job)
    assert all(line.startswith("RangeError: ") for line in said), said


def test_arms_in_javascript_are_those_of_python():
    from cgsim.portable.host import description

    assert description()["arms"]["three"] == [arm.row for arm in ARMS]
    assert description()["arms"]["frictions"] == [arm.row for arm in FRICTION_ARMS]
