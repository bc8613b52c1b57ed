"""The engines side by side: microseconds an arm.

``python benchmarks/engines.py [--replicates 200]`` on an idle machine. One thread each; processor
time, so that other programs count less. Node where there is one.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import cgsim
from cgsim.running.results import run_many

IN_NODE = """
import { readFileSync } from "node:fs";
const [folder, scenario, replicates] = process.argv.slice(2);
const { load, Batch } = await import(`${folder}/engine.js`);
const read = (name) => readFileSync(`${folder}/${name}`);
const kit = await load(read("engine.wasm"), JSON.parse(read("engine.json")));
const batch = new Batch(kit, JSON.parse(readFileSync(scenario)));
const live = () => { for (let k = 0; k < replicates; k += 25) batch.live(k, 25, 1n); };
live();
const began = process.cpuUsage();
live();
const used = process.cpuUsage(began);
console.log((used.user + used.system) / (3 * replicates));
"""


def in_python(name: str, engine: str, replicates: int) -> float:
    cgsim.use_engine(engine)
    scenario = cgsim.load(name)
    run_many([scenario], replicates, 1, workers=1)
    began = time.process_time()
    run_many([scenario], replicates, 1, workers=1)
    return (time.process_time() - began) * 1e6 / (3 * replicates)


def in_node(name: str, replicates: int) -> float | None:
    node = shutil.which("node")
    if node is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        script, scenario = Path(folder) / "arms.mjs", Path(folder) / "scenario.json"
        script.write_text(IN_NODE)
        scenario.write_text(json.dumps(cgsim.packed([cgsim.load(name)])))
        command = [node, script, str(files("cgsim.portable")), scenario, str(replicates)]
        return float(subprocess.run(command, check=True, capture_output=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=200)
    replicates = parser.parse_args().replicates // 25 * 25
    print("microseconds an arm, world and measures included:")
    for name in ("baseline", "cluttered"):
        row = {engine: in_python(name, engine, replicates) for engine in ("native", "wasm")}
        node = in_node(name, replicates)
        told = ", ".join(f"{engine} {value:.0f}" for engine, value in row.items())
        print(f"  {name}: {told}" + (f", Node {node:.0f}" if node else ""))


if __name__ == "__main__":
    main()
