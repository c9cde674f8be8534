/** Names and kinds of factors in archives: lists of strings, as numpy writes and reads them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memorySource, openArrays, pickFactors, readFactorLabels, writeNpz } from '../../src/io/index.js';
import { encodeStrings } from '../../src/io/strings.js';
import { Matrix } from '../../src/matrix.js';
import { readFactorLabels as readFromFile } from '../../src/node.js';
import { findPython } from '../python.js';
import { testNeeding } from '../requirements.js';
import { littleEndian, npyBytes, zipBytes } from './builders.js';
import { errorOf } from './matrices.js';

const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-labels-'));
test.after(() => rmSync(folder, { recursive: true }));

/** Strings in UTF-32 of `width` characters, built apart from the writer. */
function wide(width: number, ...texts: readonly string[]): Uint8Array {
  const points = texts.flatMap((text) => {
    const characters = Array.from(text, (character) => character.codePointAt(0) as number);
    return Array.from({ length: width }, (_, i) => characters[i] ?? 0);
  });
  return littleEndian(4, ...points);
}

const strings = (width: number, ...texts: readonly string[]) =>
  npyBytes({ descr: `<U${width}`, shape: [texts.length], data: wide(width, ...texts) });
const FACTORS = npyBytes({ descr: '<f4', shape: [2, 2], data: new Uint8Array(16) });

async function labelsOf(members: Readonly<Record<string, Uint8Array>>, member?: string) {
  const bytes = zipBytes(Object.entries(members).map(([name, content]) => ({ name: `${name}.npy`, content })));
  const file = await openArrays(memorySource(bytes, 'a.npz'));
  return readFactorLabels(file, pickFactors(file, member));
}

test('names and kinds are read from beside the factors, and are null where they are not there', async () => {
  const factor_names = strings(5, 'größe', '😀');
  const factor_types = strings(10, 'discrete', 'continuous');
  assert.equal(await labelsOf({ factors: FACTORS, factor_names, factor_types }), {
    names: ['größe', '😀'],
    types: ['discrete', 'continuous'],
  });
  assert.equal(await labelsOf({ labels: FACTORS, factor_types }), { names: null, types: ['discrete', 'continuous'] });
  assert.equal(await labelsOf({ factors: FACTORS }), { names: null, types: null });
});

test('one dimension of factors is one factor', async () => {
  const factors = npyBytes({ descr: '<f4', shape: [4], data: new Uint8Array(16) });
  const members = { factors, factor_names: strings(4, 'size') };
  assert.equal(await labelsOf(members), { names: ['size'], types: null });
});

test('they say nothing of another array than the one that is taken for factors unasked', async () => {
  const members = { factors: FACTORS, others: FACTORS, factor_names: strings(1, 'a', 'b', 'c') };
  assert.equal(await labelsOf(members, 'others'), { names: null, types: null });
  assert.equal(await labelsOf({ others: FACTORS, factor_names: strings(1, 'a') }, 'others'), {
    names: null,
    types: null,
  });
});

const WRONG: ReadonlyArray<readonly [what: string, member: string, content: Uint8Array, message: string]> = [
  ['too many names', 'factor_names', strings(1, 'a', 'b', 'c'), 'expected 2 different names, got "a", "b", "c"'],
  ['too few names', 'factor_names', strings(1, 'a'), 'expected 2 different names, got "a"'],
  ['no names', 'factor_names', strings(1), 'expected 2 different names, got none'],
  ['one name twice', 'factor_names', strings(1, 'a', 'a'), 'expected 2 different names, got "a", "a"'],
  ['an empty name', 'factor_names', strings(1, 'a', ''), 'expected 2 different names, got "a", ""'],
  ['too few kinds', 'factor_types', strings(8, 'discrete'), 'expected 2 kinds, one for each factor, got 1'],
];

for (const [what, member, content, message] of WRONG) {
  test(`${what} are refused`, async () => {
    const error = await errorOf(() => labelsOf({ factors: FACTORS, [member]: content }));
    assert.is(error.message, `a.npz, member '${member}': ${message}`);
  });
}

test('a kind that is none is refused with its place', async () => {
  const factor_types = strings(8, 'discrete', 'Discrete');
  const error = await errorOf(() => labelsOf({ factors: FACTORS, factor_types }));
  assert.is(error.message, `a.npz, member 'factor_types', row 1: expected discrete or continuous, got "Discrete"`);
});

test('names of the other byte order are read', async () => {
  const big = new Uint8Array(Buffer.from(wide(1, 'a', 'ß')).swap32());
  const factor_names = npyBytes({ descr: '>U1', shape: [2], data: big });
  assert.equal((await labelsOf({ factors: FACTORS, factor_names })).names, ['a', 'ß']);
});

test('what is no list of strings as numpy writes str is refused', async () => {
  for (const [content, got] of [
    [npyBytes({ descr: '|O', shape: [2], data: new Uint8Array(9) }), '(2,) object'],
    [npyBytes({ descr: '<U1', shape: [1, 2], data: wide(1, 'a', 'b') }), '(1, 2) string'],
    [npyBytes({ descr: '<f4', shape: [2], data: new Uint8Array(8) }), '(2,) float32'],
  ] as const) {
    for (const member of ['factor_names', 'factor_types']) {
      const error = await errorOf(() => labelsOf({ factors: FACTORS, [member]: content }));
      assert.is(
        error.message,
        `a.npz, member '${member}': expected a list of strings as numpy writes them with .astype(str), got ${got}`,
      );
    }
  }
});

test('what is no text is refused with its place', async () => {
  for (const point of [0x110000, 0xd800]) {
    const content = npyBytes({ descr: '<U1', shape: [2], data: littleEndian(4, 97, point) });
    const error = await errorOf(() => labelsOf({ factors: FACTORS, factor_names: content }));
    assert.is(error.message, "a.npz, member 'factor_names', row 1: expected text in UTF-32");
  }
});

async function written(...lists: ReadonlyArray<{ name: string; strings: readonly string[] }>): Promise<Buffer> {
  const factors = new Matrix(new Float32Array(4), 2, 2);
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeNpz([{ name: 'factors', matrix: factors }, ...lists])) chunks.push(chunk.slice());
  return Buffer.concat(chunks);
}

test('any list of strings comes back as it was written', async () => {
  const text = fc.string({ unit: 'grapheme' }).filter((one) => !/\p{Surrogate}|\0$/u.test(one));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 6 }), async (list) => {
      const { arrays } = await openArrays(memorySource(await written({ name: 'words', strings: list })));
      assert.equal(await arrays[1].readStrings?.(), list);
      assert.is(arrays[0].readStrings, undefined);
    }),
    { numRuns: 60 },
  );
});

test('strings that numpy could not give back are not written', () => {
  for (const bad of ['a\0', '\0', '\ud800x', 'x\udc00']) {
    assert.throws(
      () => encodeStrings({ name: 'words', strings: ['fine', bad] }),
      (error: Error) => error.message === `member 'words', row 1: expected text, got ${JSON.stringify(bad)}`,
    );
  }
});

const python = findPython('numpy');
const withNumpy = testNeeding(python !== null, 'numpy: apt-get install python3-numpy');

function runPython(code: string): string {
  const { status, stdout, stderr } = spawnSync(python as string, ['-c', code], { cwd: folder, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout;
}

withNumpy('numpy reads what we write without pickle, and writes the same bytes', async () => {
  const names = ['shape', 'größe', '😀', 'second-rotation'];
  writeFileSync(join(folder, 'ours.npz'), await written({ name: 'factor_names', strings: names }));
  const out = runPython(
    [
      'import json, numpy, sys',
      "names = numpy.load('ours.npz', allow_pickle=False)['factor_names']",
      "numpy.save('theirs.npy', numpy.array(names.tolist()))",
      'print(json.dumps([names.dtype.str, names.tolist()]))',
    ].join('\n'),
  );
  assert.equal(JSON.parse(out), ['<U15', names]);
  const theirs = readFileSync(join(folder, 'theirs.npy'));
  assert.ok(readFileSync(join(folder, 'ours.npz')).includes(theirs), 'an .npy of the same bytes');
});

withNumpy('what numpy writes is read', async () => {
  runPython(
    [
      'import numpy',
      "v = {'factors': numpy.zeros((3, 2)), 'factor_names': ['x', 'größe'], 'factor_types': ['continuous', 'discrete']}",
      "numpy.savez('a.npz', **v)",
      "numpy.savez_compressed('b.npz', **v)",
      "numpy.savez('c.npz', **{**v, 'factor_names': numpy.array(['x', 'y'], dtype=object)})",
    ].join('\n'),
  );
  for (const name of ['a.npz', 'b.npz']) {
    assert.equal(await readFromFile(join(folder, name)), {
      names: ['x', 'größe'],
      types: ['continuous', 'discrete'],
    });
  }
  assert.match(
    (await errorOf(() => readFromFile(join(folder, 'c.npz')))).message,
    'with .astype(str), got (2,) object',
  );
});

test.run();
