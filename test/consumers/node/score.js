/** A script in Node: prints the report of two .bin files as one line of JSON. */
import { readFile } from 'node:fs/promises';
import { score } from 'vaemetrics';
import { parseVmat } from '../vmat.js';

const [latents, factors] = await Promise.all(
  process.argv.slice(2).map(async (path) => parseVmat(await readFile(path))),
);
process.stdout.write(JSON.stringify(await score(latents, factors)));
