// node in_node.mjs SCRIPT JOB: prints, as JSON, what a script's default export makes of a job.
import { readFileSync } from "node:fs";
import { load } from "./engine.js";

const read = (name) => readFileSync(new URL(name, import.meta.url));
const kit = await load(read("engine.wasm"), JSON.parse(read("engine.json")));
const { default: work } = await import(`./${process.argv[2]}`);
const answer = await work(kit, JSON.parse(readFileSync(process.argv[3])));
console.log(JSON.stringify(answer));
