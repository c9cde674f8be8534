/**
 * Our side of density.ts: files and the standard input are those of density.c.
 *
 *   node --import tsx bench/peers/density-ours.ts PRECISION INPUT OUTPUT
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { withCore } from '../../bindings/core.js';
import { type Precision, plainLogDensities } from '../../src/decomposition/plain-density.js';

const [precision, input, output] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(input));
const [rows, count, latents] = new Int32Array(bytes.buffer, 0, 3);
const numbers = new Float32Array(bytes.buffer, 12);

await withCore(async (core) => {
  const { arena } = core;
  const size = latents * rows;
  const components = {
    rows,
    latents,
    mu: arena.upload('f64', numbers.subarray(0, size)),
    logvar: arena.upload('f64', numbers.subarray(size, 2 * size)),
  };
  const points = arena.upload('f64', numbers.subarray(2 * size, 2 * size + latents * count));
  let turn = 0;
  for await (const _ of createInterface({ input: process.stdin })) {
    const start = process.cpuUsage();
    const result = await plainLogDensities(core, components, points, { precision: precision as Precision });
    const { user, system } = process.cpuUsage(start);
    if (turn++ === 0) {
      const values = new Float32Array((latents + 1) * count);
      values.set(result.marginals);
      values.set(result.joint, latents * count);
      writeFileSync(output, values);
    }
    console.log((user + system) / 1e6);
  }
});
