// node declutter_in_node.mjs JOB: what the page's search makes of landscapes, as JSON.
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const from = (name) => import(`${job.package}/${name}`);
const read = (name) => readFileSync(`${job.package}/portable/${name}`);

const { load } = await from("portable/engine.js");
const { plain } = await from("page/web/answer/record.js");
const { Kitchen } = await from("page/web/answer/results.js");
const { changed, compareNames, inOrderOfNames } = await from("page/web/declutter/landscapes.js");
const { orderOf } = await from("page/web/declutter/order.js");
const tabled = await from("page/web/declutter/tables.js");
const words = await from("page/web/declutter/words.js");
const { Clearing } = await from("page/web/engine/clearing.js");
const { Landscapes } = await from("page/web/model/landscapes.js");

const kit = await load(read("engine.wasm"), JSON.parse(read("engine.json")));
const { tables: lists } = job;
const kitchen = new Kitchen(lists);
const PIECE = 7;

/** Lives all pieces at once, and hands them out from the last to the first, as workers might. */
class Crew {
  constructor() {
    this.lived = 0;
    this.leave = Infinity;
  }

  async live({ packed, kind, seed, parts, topic }, take) {
    if (topic !== "declutter") throw new Error(topic);
    const lives = new Landscapes(kit, packed, lists, { piece: PIECE, whole: kind === "landscape" });
    const came = parts.flatMap(({ point, first, count }, part) =>
      Array.from({ length: Math.ceil(count / PIECE) }, (_, piece) => {
        const at = first + piece * PIECE;
        const some = Math.min(PIECE, first + count - at);
        this.lived += some;
        return { part, first: at, count: some, ...lives.live(at, some, seed, point) };
      }),
    );
    if (this.lived > this.leave) {
      this.leave = Infinity;
      return false;
    }
    for (const one of came.reverse()) take(one);
    return true;
  }

  drop() {}
}

/** Search until nothing is left; where `leave` is given, it is left once after so many runs. */
async function searched({ scenario, ties, seed, runs, leave }) {
  const crew = new Crew();
  if (leave) crew.leave = leave;
  const data = { lists, seed, runs };
  const clearing = new Clearing(crew, data, kitchen, () => {});
  const one = clearing.known(scenario, ties);
  const stages = [];
  for (let goes = 0; goes < 3 && one.found?.stage !== "done"; goes += 1) {
    clearing.begin(one);
    while (clearing.under) await new Promise((go) => setTimeout(go));
    stages.push(one.found?.stage ?? "none");
  }
  const { found } = one;
  return {
    stages,
    lived: crew.lived,
    replicates: found.replicates,
    now: plain(found.now),
    groups: plain(tabled.groupRows(found)),
    merges: plain(tabled.mergeRows(found)),
    path: plain(tabled.pathRows(found)),
    refused: plain(found.refused),
    order: found.order.map((b) => found.names[b]),
    overlaps: found.overlaps,
    map: tabled.overlapTable(found),
    statements: plain(words.statements(kitchen, found)),
    tables: [words.groupsTable(kitchen, found), words.pathTable(kitchen, found)],
  };
}

const WORK = {
  searched: (cases) => Promise.all(cases.map(searched)),
  orders: (cases) => cases.map(orderOf),
  names: (cases) => cases.map((names) => names.sort(compareNames)),
  changed: (cases) => cases.map(({ scenario, steps, together }) => changed(inOrderOfNames(scenario), steps, () => together, (key) => lists.columns.settings.includes(key))),
};

const said = {};
for (const [name, cases] of Object.entries(job.work)) said[name] = await WORK[name](cases);
console.log(JSON.stringify(said));
