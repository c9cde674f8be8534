/**
 * Our side of the comparison with Python: runs one metric, or `decompose`, on arrays from files and
 * prints one line of JSON, as score.py does. Plain JavaScript, so that nothing but the library runs
 * in the process.
 *
 *   node bench/peers/ours.mjs LIBRARY METRIC FILES REPEATS [OPTIONS]
 *
 * FILES are { latents, factors } (.npy) or { posterior } (.npz), OPTIONS those of `score` or
 * `decompose`, as JSON.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [library, metric, files, repeats, options = '{}'] = process.argv.slice(2);
const { decompose, readFactors, readLatents, readPosterior, score } = await import(pathToFileURL(library).href);

/** A two-dimensional .npy file as the runner writes it: version 1, row order, little-endian. */
function readNpy(path, Elements) {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const [rows, columns] = bytes
    .toString('latin1', 10, start)
    .match(/\((\d+), (\d+)\)/)
    .slice(1)
    .map(Number);
  const data = new Elements(new Uint8Array(bytes.subarray(start)).buffer);
  return { data, rows, columns };
}

const asked = JSON.parse(options);
const run = await open(JSON.parse(files));
const seconds = [];
const load = [];

/** What runs it once. */
async function open({ latents, factors, posterior }) {
  if (metric === 'decompose') {
    const input = await readPosterior(posterior);
    return async () => {
      const { totalCorrelation: value, timings, ...detail } = await decompose(input, { ...asked, timings: true });
      seconds.push(timings.total);
      return { value, parts: detail };
    };
  }
  const table =
    posterior === undefined
      ? [readNpy(latents, Float32Array), readNpy(factors, Int32Array)]
      : [await readLatents(posterior, { member: 'mu' }), await readFactors(posterior)];
  const of = posterior === undefined ? {} : { posterior: await readPosterior(posterior) };
  return async () => {
    const start = performance.now();
    const report = await score(...table, { ...asked, ...of, metrics: [metric], timings: true });
    seconds.push((performance.now() - start) / 1000);
    load.push(report.timings.load);
    return report.metrics[metric];
  };
}

// The first call, which compiles the module, is told apart; then the engine gets half a second for
// its best code.
const { value, parts } = await run();
const first = seconds[0];
for (const end = performance.now() + 500; performance.now() < end; ) await run();
seconds.length = 0;
load.length = 0;
for (let i = 0; i < Number(repeats); i++) await run();

console.log(JSON.stringify({ metric, value, detail: parts, seconds, load, first }));
