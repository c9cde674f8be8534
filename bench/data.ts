/**
 * How fast procedural data sets are drawn, in images a second on one thread, as a Markdown table.
 *
 *   npx tsx bench/data.ts [--rows 20000] [--repeats 5] [--batch 64]
 *
 * Rows are read in batches, as training reads them, in an order that jumps about. Each figure is
 * the median of so many repeats, after one that is not counted; repeats of different data sets take
 * turns. A repeat that gives other bytes than the first ends the run.
 */
import { parseArgs } from 'node:util';
import { openDataset } from '../src/data/index.js';
import { procedural } from '../src/data/procedural.js';
import { crc32 } from '../src/io/crc32.js';
import { formatCount } from '../src/report/format-number.js';
import { describeMachine, medianOf } from './report.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000' },
    repeats: { type: 'string', default: '5' },
    batch: { type: 'string', default: '64' },
  },
});
const [rows, repeats, batch] = [values.rows, values.repeats, values.batch].map(Number);

const datasets = await Promise.all(procedural.map(({ name }) => openDataset(name, { seed: 1 })));
const seconds = datasets.map((): number[] => []);
const checksums: number[] = [];

console.log(`${describeMachine()}; ${rows} images in batches of ${batch}, median of ${repeats}\n`);
for (let repeat = 0; repeat <= repeats; repeat++) {
  for (const [i, { size, image, readImages }] of datasets.entries()) {
    const images = new Uint8Array(batch * image.height * image.width * image.channels);
    let checksum = 0;
    let spent = 0;
    for (let from = 0; from < rows; from += batch) {
      const chosen = Array.from({ length: batch }, (_, row) => ((from + row) * 499_979) % size);
      const start = performance.now();
      await readImages(chosen, images);
      spent += (performance.now() - start) / 1000;
      checksum = crc32(images.subarray(0, 4096), checksum);
    }
    if (repeat === 0) checksums.push(checksum);
    else seconds[i].push(spent);
    if (checksum !== checksums[i]) throw new Error(`${datasets[i].name}: other bytes in repeat ${repeat}`);
  }
}
console.log('| data set | images a second | each |');
console.log('|---|---:|---:|');
for (const [i, { name }] of datasets.entries()) {
  const each = medianOf(seconds[i]) / (Math.ceil(rows / batch) * batch);
  console.log(`| \`${name}\` | ${formatCount(Math.round(1 / each / 1000) * 1000)} | ${(each * 1e6).toFixed(1)} µs |`);
}
