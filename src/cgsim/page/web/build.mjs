// Makes the built files of the page: a library, one script, one worker, one style sheet. Run by `make page`.
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const shared = { bundle: true, preserveSymlinks: true, minify: true, target: ["es2022"], charset: "utf8", legalComments: "eof", logLevel: "warning" };
const into = (name) => new URL(`../built/${name}`, import.meta.url).pathname;
const here = (name) => new URL(name, import.meta.url).pathname;

// The reader of TOML is kept whole, as a module: with it, the sources run in Node as they are.
const banner = { js: "// @ts-nocheck: smol-toml, made by build.mjs" };
const toml = await build({ ...shared, banner, entryPoints: ["smol-toml"], outfile: into("toml.js"), format: "esm", metafile: true });
const [page, worker] = await Promise.all(["main.js", "engine/worker.js"].map((from) => build({ ...shared, entryPoints: [here(from)], outfile: "made.js", format: "iife", write: false, metafile: true })));
await build({ ...shared, entryPoints: [here("look.css")], outfile: into("page.css") });

// Whoever hands the page on hands on what others wrote: their names and licences stand at the end of its script.
/** @type {Map<string, string[]>} */
const licences = new Map();
const inputs = [toml, page, worker].flatMap(({ metafile }) => Object.keys(metafile.inputs));
const parts = new Set(inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
for (const part of [...parts].sort()) {
  const { version } = JSON.parse(readFileSync(here(`node_modules/${part}/package.json`), "utf8"));
  const text = readFileSync(here(`node_modules/${part}/LICENSE`), "utf8").replaceAll("\r\n", "\n").trim();
  licences.set(text, [...(licences.get(text) ?? []), `${part} ${version}`]);
}
const told = [...licences].map(([text, names]) => `${names.join(", ")}\n\n${text}`).join("\n\n----\n\n");
writeFileSync(into("page.js"), `${page.outputFiles[0].text}/*!\nThis page holds parts that others wrote.\n\n${told.replaceAll("*/", "* /")}\n*/\n`);
writeFileSync(into("worker.js"), worker.outputFiles[0].text);
