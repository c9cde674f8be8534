/** As score.js, by the entry with the WebAssembly inside. */
import { readFile } from 'node:fs/promises';
import { score } from 'vaemetrics/inline';
import { parseVmat } from '../vmat.js';

const [latents, factors] = await Promise.all(
  process.argv.slice(2).map(async (path) => parseVmat(await readFile(path))),
);
process.stdout.write(JSON.stringify(await score(latents, factors)));
