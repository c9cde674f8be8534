import {
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StopSignal } from '../../src/cli/terminal.js';
import { zipBytes } from '../io/builders.js';
import { runInProcess } from './in-process.js';
import { bytesOf, makeFolder, makeSamples, npyBytes, writeSamples } from './sample-files.js';

const { at, path: folder, remove } = makeFolder();

test.before(() => writeSamples(at));
test.after(remove);

test('writes the same numbers in the format that the name tells', async () => {
  const { latents, rows } = makeSamples();
  assert.equal(await runInProcess(['convert', at('latents.bin'), at('a.npy'), '--columns', '4']), {
    code: 0,
    out: '',
    err: '',
  });
  assert.ok(Buffer.from(bytesOf(latents)).equals(readFileSync(at('a.npy')).subarray(-rows * 16)));
  for (const [from, to] of [
    ['a.npy', 'b.npz'],
    ['b.npz', 'c.safetensors'],
    ['c.safetensors', 'd.csv'],
    ['a.npy', 'e.bin'],
    ['e.bin', 'f.npy'],
  ]) {
    assert.is((await runInProcess(['convert', at(from), at(to)])).code, 0, `${from} to ${to}`);
  }
  assert.ok(readFileSync(at('f.npy')).equals(readFileSync(at('a.npy'))));
  assert.is(readFileSync(at('d.csv'), 'utf8').split('\n').length, rows + 1);
});

test('takes the member named', async () => {
  const { factors, rows } = makeSamples();
  await runInProcess(['convert', at('posterior.safetensors'), at('member.npy'), '--member', 'factors']);
  const expected = npyBytes(factors, [rows, 3]);
  assert.ok(readFileSync(at('member.npy')).subarray(-factors.byteLength).equals(expected.slice(-factors.byteLength)));
  const { code, err } = await runInProcess(['convert', at('posterior.safetensors'), at('none.npy')]);
  assert.is(code, 65);
  assert.match(err, /expected one array/);
  assert.not.ok(existsSync(at('none.npy')));
});

test('refuses a name that tells no format, before it reads', async () => {
  const { code, err } = await runInProcess(['convert', at('nowhere.npy'), at('latents.xyz')]);
  assert.is(code, 2);
  assert.match(err, /output: expected a name that ends in .*, got '.*latents\.xyz'/);
});

test('refuses to write over what it reads, by whatever name', async () => {
  copyFileSync(at('latents.npy'), at('own.npy'));
  symlinkSync(at('own.npy'), at('soft.npy'));
  linkSync(at('own.npy'), at('hard.npy'));
  for (const output of ['own.npy', 'soft.npy', 'hard.npy', '../'.concat(folder.split('/').at(-1) ?? '', '/own.npy')]) {
    const { code, err } = await runInProcess(['convert', at('own.npy'), at(output)]);
    assert.is(code, 73, output);
    assert.match(err, /cannot be written: it is what is read/);
  }
  assert.ok(readFileSync(at('own.npy')).equals(readFileSync(at('latents.npy'))));
  assert.is((await runInProcess(['convert', at('own.npy'), at('copy.npy')])).code, 0);
  assert.is((await runInProcess(['convert', at('latents.npy'), at('copy.npy')])).code, 0, 'another file is replaced');
});

test('leaves nothing behind where the input is damaged or the run is stopped', async () => {
  const before = readdirSync(folder);
  assert.is((await runInProcess(['convert', at('broken.npy'), at('x.csv')])).code, 65);
  const stop = new AbortController();
  stop.abort(new StopSignal('SIGINT'));
  assert.is((await runInProcess(['convert', at('latents.npy'), at('x.csv')], { signal: stop.signal })).code, 130);
  assert.equal(readdirSync(folder), before);
});

test('tells that the output cannot be written', async () => {
  const { code, err } = await runInProcess(['convert', at('latents.npy'), at('no/x.npy')]);
  assert.is(code, 73);
  assert.match(err, /x\.npy: cannot be written: there is no directory/);
});

test('arrays that are left out are noted, and an error if it is to be strict', async () => {
  const numbers = npyBytes(new Float64Array(6), [3, 2]);
  const pictures = npyBytes(new Float64Array(12), [3, 2, 2]);
  const lines = npyBytes(new Float64Array(6), [3, 1, 2]);
  const members = { mu: numbers, images: pictures, lines };
  const entries = Object.entries(members).map(([name, content]) => ({ name: `${name}.npy`, content }));
  writeFileSync(at('mixed.npz'), zipBytes(entries));
  const convert = (...words: string[]) => runInProcess(['convert', at('mixed.npz'), at('mixed.safetensors'), ...words]);
  const told =
    /left out 'images': expected rows and columns, got 3 dimensions .*, --member names the one array to take/;
  const noted = await convert();
  assert.is(noted.code, 0);
  assert.match(noted.err, told);
  rmSync(at('mixed.safetensors'));
  const entriesOfTwo = entries.slice(0, 2);
  writeFileSync(at('mixed.npz'), zipBytes(entriesOfTwo));
  const strict = await convert('--strict');
  assert.is(strict.code, 65);
  assert.match(strict.err, told);
  assert.not.ok(existsSync(at('mixed.safetensors')));
  writeFileSync(at('mixed.npz'), zipBytes(entries));
  assert.is((await convert('--strict', '--member', 'mu')).code, 0, 'what is decided about others does not matter');
  assert.match((await convert('--strict', '--member', 'lines')).err, /'lines' is \(3, 1, 2\) and taken as \(3, 2\)/);
});

test.run();
