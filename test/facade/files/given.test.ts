/** What programs may hand in by mistake: each function of files refuses it with a code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../../../src/data/index.js';
import { type CodedError, isCodedError } from '../../../src/errors.js';
import {
  blobSource,
  decomposeFiles,
  inspectArray,
  Matrix,
  memorySource,
  openArrays,
  openFileSource,
  pickArray,
  readFactorLabels,
  readFactors,
  readLatents,
  readPosterior,
  scoreFiles,
  writeCsv,
  writeFileAtomically,
  writeNpy,
  writeNpz,
  writeSafetensors,
  writeVmat,
} from '../../../src/node.js';

const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-given-'));
const at = (name: string) => join(folder, name);
test.after(() => rmSync(folder, { recursive: true }));

/** Anything: types would not let it through. */
const any = (value?: unknown) => value as never;

async function refusalOf(call: () => unknown): Promise<CodedError> {
  try {
    const made = await call();
    if (typeof made === 'object' && made !== null && Symbol.asyncIterator in made) {
      for await (const _ of made as AsyncIterable<unknown>);
    }
  } catch (error) {
    assert.ok(isCodedError(error), String((error as Error)?.stack));
    return error;
  }
  return assert.unreachable('expected a refusal') as never;
}

const opened = openArrays(memorySource(new TextEncoder().encode('a,b\n1,2\n3,4\n')));

const REFUSED: ReadonlyArray<readonly [string, () => unknown, string]> = [
  ['openArrays of nothing', () => openArrays(any()), 'source: expected a source of ranges, .*, got nothing'],
  ['openArrays of no source', () => openArrays(any({})), 'source: expected a source of ranges, .*, got object'],
  [
    'an unknown option of openArrays',
    () => openArrays(memorySource(new Uint8Array(3)), any({ nope: true })),
    'nope: not an option of openArrays',
  ],
  [
    'an unknown option of raw',
    () => openArrays(memorySource(new Uint8Array(3)), any({ raw: { cols: 3 } })),
    'cols: not an option of raw',
  ],
  ['memorySource of a text', () => memorySource(any('x')), 'bytes: expected a Uint8Array, got string'],
  ['blobSource of nothing', () => blobSource(any()), 'bytes: expected a Blob or File, got nothing'],
  ['pickArray of nothing', () => pickArray(any(), any()), 'file: expected what openArrays gives, got nothing'],
  [
    'pickArray for no role',
    async () => pickArray(await opened, any('xx')),
    "role: expected latents, factors, mu, logvar, z, got 'xx'",
  ],
  ['inspectArray of nothing', () => inspectArray(any()), 'entry: expected an array of an opened file, got nothing'],
  ['writeNpy of a text', () => writeNpy(any('x')), 'matrix: expected a Matrix, .*, got string x'],
  ['writeVmat of nothing', () => writeVmat(any()), 'matrix: expected a Matrix, .*, got undefined'],
  ['writeCsv of an object', () => writeCsv(any({})), 'matrix: expected a Matrix, '],
  [
    'writeCsv with other cells',
    () => writeCsv([[1]], any({ delimiter: ';' })),
    "delimiter: expected a comma or a tab, got ';'",
  ],
  [
    'writeSafetensors of a text',
    () => writeSafetensors(any('x')),
    'entries: expected an array of { name, matrix }, got string',
  ],
  [
    'writeSafetensors without names',
    () => writeSafetensors(any([{ matrix: [[1]] }])),
    'entries: expected an entry of { name, matrix }, got object',
  ],
  ['writeNpz of nothing', () => writeNpz(any()), 'entries: expected an array of { name, matrix }, got nothing'],
  [
    'writeNpz of a text among matrices',
    () => writeNpz(any([3])),
    'entries: expected an entry of { name, matrix }, got number',
  ],
  ['writeNpz of no matrix', () => writeNpz(any([{ name: 'a', matrix: 'x' }])), 'a: expected a Matrix, '],
  ['a missing file', () => readLatents(at('none.npy')), 'none.npy: no such file'],
  ['a missing file of openFileSource', () => openFileSource(at('none.npy')), 'none.npy: no such file'],
  [
    'a folder that is not there',
    () => writeFileAtomically(at('none/x'), []),
    'cannot be written: there is no directory .*none',
  ],
  ['a path that is none', () => writeFileAtomically(any(3), []), 'path: expected a path, got number'],
  ['no bytes to write', () => writeFileAtomically(at('x'), any()), 'chunks: expected bytes in chunks, got undefined'],
  [
    'a URL',
    () => readLatents(any(pathToFileURL(at('a.csv')))),
    'input: expected a path, .*, got a URL; fileURLToPath of node:url makes',
  ],
  [
    'a URL among files',
    () => scoreFiles({ latents: any(new URL('file:///x')) }),
    'latents: expected a path, .*, got a URL; ',
  ],
  [
    'an unknown option of readLatents',
    () => readLatents(at('a.csv'), any({ nope: true })),
    'nope: not an option of readLatents',
  ],
  [
    'an unknown option of readFactors',
    () => readFactors(at('a.csv'), any({ nope: true })),
    'nope: not an option of readFactors',
  ],
  [
    'an unknown option of readFactorLabels',
    () => readFactorLabels(at('a.csv'), any({ nope: 1 })),
    'nope: not an option of',
  ],
  [
    'an unknown option of readPosterior',
    () => readPosterior(at('a.csv'), any({ nope: 1 })),
    'nope: not an option of readPosterior',
  ],
  [
    'an option of another kind',
    () => readLatents(at('a.csv'), any({ header: 'yes' })),
    "header: expected 'auto', true or false, got 'yes'",
  ],
  [
    'openDataset of nothing',
    () => openDataset(any()),
    'data: expected the name of a data set, a path, or a Blob, got nothing',
  ],
  ['openDataset of a number', () => openDataset(any(3)), 'data: expected .*, got number'],
  [
    'openDataset of bytes',
    () => openDataset(any(new Uint8Array(5))),
    'data: expected .*, got bytes; new Blob\\(\\[bytes\\]\\) makes one of bytes',
  ],
];

for (const [what, call, message] of REFUSED) {
  test(`refuses ${what} with a code`, async () => {
    writeFileSync(at('a.csv'), ',a,b\n0,1,2\n1,3,4\n');
    assert.match((await refusalOf(call)).message, new RegExp(message));
  });
}

test('strict refuses what would be decided, for a reader of one file too', async () => {
  writeFileSync(at('a.csv'), ',a,b\n0,1,2\n1,3,4\n');
  assert.equal(Array.from((await readLatents(at('a.csv'))).data), [1, 2, 3, 4]);
  for (const read of [readLatents, readFactors, readFactorLabels]) {
    const refused = await refusalOf(() => read(at('a.csv'), { strict: true }));
    assert.match(refused.message, /the first column names the rows and is left out, columns: 0:3 keeps it$/);
  }
  assert.equal(Array.from((await readLatents(at('a.csv'), { columns: 'a,b', strict: true })).data), [1, 2, 3, 4]);
  const two = ['mu', 'logvar', 'log_var'].map((name) => ({ name, matrix: new Matrix(new Float64Array(4), 2, 2) }));
  await writeFileAtomically(at('two.npz'), writeNpz(two));
  assert.is((await readPosterior(at('two.npz'))).mu.rows, 2);
  const refused = await refusalOf(() => readPosterior(at('two.npz'), { strict: true }));
  assert.match(refused.message, /'logvar' is taken for the logvar, and not 'log_var'/);
  assert.match((await refusalOf(() => decomposeFiles(at('two.npz'), { strict: true }))).message, /and not 'log_var'/);
});

test('writers take whatever metrics take', async () => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const chunks = [...writeCsv(rows, { columnNames: ['a', 'b'] })].map((chunk) => new TextDecoder().decode(chunk));
  assert.is(chunks.join(''), 'a,b\n1.0,2.0\n3.0,4.0\n');
});

test.run();
