import { readdir, readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('only the files that open and write files know Node', async () => {
  const folder = new URL('../../src/io/', import.meta.url);
  const known: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const text = await readFile(new URL(name, folder), 'utf8');
    if (/from 'node:|import\('node:|\bBuffer\.\w|\bprocess\.\w/.test(text)) known.push(name);
  }
  const expected = ['file-source.ts', 'make-folder.ts', 'output-error.ts', 'parquet/unpack-brotli.ts', 'write-file.ts'];
  assert.equal(known.sort(), expected);
});

test.run();
