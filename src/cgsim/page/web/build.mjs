// Makes the built files of the page: one script, one worker, one style sheet. Run by `make page`.
import { build } from "esbuild";

const shared = { bundle: true, minify: true, target: ["es2022"], charset: "utf8", legalComments: "eof", logLevel: "warning" };
const into = (name) => new URL(`../built/${name}`, import.meta.url).pathname;
const here = (name) => new URL(name, import.meta.url).pathname;

await build({ ...shared, entryPoints: [here("main.js")], outfile: into("page.js"), format: "iife" });
await build({ ...shared, entryPoints: [here("engine/worker.js")], outfile: into("worker.js"), format: "iife" });
await build({ ...shared, entryPoints: [here("look.css")], outfile: into("page.css") });
