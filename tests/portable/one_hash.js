// Lives scenarios and gives one hash of all their measures, gains and months, in Node or a browser.
import { Batch, Life, Runner } from "./engine.js";

/** Bits of numbers; all that is not a number has the same. */
function bytesOf(parts) {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  const bits = new BigUint64Array(all.buffer);
  all.forEach((value, at) => {
    if (Number.isNaN(value)) bits[at] = 0x7ff8000000000000n;
  });
  return all.buffer;
}

async function inPieces(runner, scenario, replicates, seed, piece, arms) {
  let whole;
  const job = runner.run(scenario, { replicates, seed, piece, arms }, (part) => {
    whole ??= new Float64Array(replicates * part.width);
    whole.set(part.measures, part.first * part.width);
  });
  if (!(await job.finished)) throw new Error("the batch was dropped");
  return whole;
}

export async function oneHash(kit, { scenarios, seed, replicates, few }, makeWorker) {
  const runner = new Runner(kit, { makeWorker, workers: 2 });
  const parts = [];
  for (const scenario of scenarios) {
    parts.push(await inPieces(runner, scenario, replicates, seed, 3, "three"));
    parts.push(await inPieces(runner, scenario, few, seed, few, "frictions"));
    for (const alone of [false, true]) {
      const life = new Life(kit, scenario, { seed, replicate: replicates - 1, alone });
      while (life.month < life.months) life.step();
      parts.push(life.room.floats("record.month"));
    }
  }
  runner.close();
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(parts));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
