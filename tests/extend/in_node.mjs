// node in_node.mjs JOB: what the page's JavaScript makes of a scenario with an extension, as JSON.
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const from = (name) => import(`${job.package}/${name}`);

const { load } = await from("portable/engine.js");
const { Kitchen } = await from("page/web/answer/results.js");
const { lifeOf } = await from("page/web/engine/life.js");
const { drawsOf } = await from("page/web/model/draws.js");
const { Lives } = await from("page/web/model/lived.js");
const { aboutOf } = await from("page/web/scenario/about.js");
const { Fault, edited } = await from("page/web/scenario/edits.js");
const { LEVERS, offerOwn } = await from("page/web/scenario/levers.js");
const { opened } = await from("page/web/scenario/opened.js");
const { pack } = await from("page/web/scenario/pack.js");
const { agencyNames } = await from("page/web/scenario/tables.js");
const { command, toToml } = await from("page/web/scenario/written.js");
const { fresh } = await from("page/web/state/address.js");
const { summary } = await from("page/web/rooms/take_away/files.js");

const { lists, given, set, seed, runs } = job;
const parameter = (name) => lists.parameters.find((row) => row.name === name);
const data = { lists, parameter, runs, seed, cases: [given] };
const tables = edited(given.tables, { set, seats: null }, parameter);
const packed = pack([tables], lists);
const kitchen = new Kitchen(lists);
offerOwn(lists);

const read = (text) => {
  try {
    return opened(text, lists, [given]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.message;
  }
};

/** Runs as the engine of the page lives them: measures, and what is recorded of the first. */
async function lived({ module, description }) {
  const kit = await load(readFileSync(module), JSON.parse(readFileSync(description, "utf-8")));
  const { measures, width } = new Lives(kit, packed, lists, { piece: runs }).live(0, runs, seed);
  const { months } = lifeOf(kit, packed, agencyNames(tables), seed, 0);
  const row = (month) => [month.row, ...month.board];
  return { measures: [...measures], width, months: months.map(row) };
}

const told = {
  packed,
  points: drawsOf(lists, [{ about: aboutOf(given.name, tables, lists) }], seed),
  toml: toToml(tables),
  command: command(given, { ...fresh(given.name), set }, data, tables).line,
  opened: job.texts.map(read),
  levers: LEVERS.map((one) => [one.name, one.label, one.stops(tables), one.why(tables)]),
  inputs: lists.extensions?.parameters.map((name) => kitchen.say.input(name)),
  summary: summary({ values: [] }, lists)[0],
  ...(job.engine ? { lived: await lived(job.engine) } : {}),
};
const plain = (_, value) => (typeof value === "number" && !Number.isFinite(value) ? null : value);
process.stdout.write(JSON.stringify(told, plain));
