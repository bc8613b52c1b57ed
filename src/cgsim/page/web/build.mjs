// Makes the built files of the page: a library, one script, one worker, one style sheet. Run by `make page`.
import { build } from "esbuild";

const shared = { bundle: true, preserveSymlinks: true, minify: true, target: ["es2022"], charset: "utf8", legalComments: "eof", logLevel: "warning" };
const into = (name) => new URL(`../built/${name}`, import.meta.url).pathname;
const here = (name) => new URL(name, import.meta.url).pathname;

// The reader of TOML is kept whole, as a module: with it, the sources run in Node as they are.
const banner = { js: "// @ts-nocheck: smol-toml, made by build.mjs" };
await build({ ...shared, banner, entryPoints: ["smol-toml"], outfile: into("toml.js"), format: "esm" });
await build({ ...shared, entryPoints: [here("main.js")], outfile: into("page.js"), format: "iife" });
await build({ ...shared, entryPoints: [here("engine/worker.js")], outfile: into("worker.js"), format: "iife" });
await build({ ...shared, entryPoints: [here("look.css")], outfile: into("page.css") });
