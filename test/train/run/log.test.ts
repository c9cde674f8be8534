import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cutBackLog, formatLogLine, LOG_NAME, openLog, readLog } from '../../../src/train/run/log.js';
import { createMemoryRunFolder } from '../../../src/train/run/memory-run-folder.js';
import { errorOf } from '../../io/matrices.js';
import { makeEntry } from './samples.js';

const encode = (text: string) => new TextEncoder().encode(text);
const textOf = async (folder: ReturnType<typeof createMemoryRunFolder>) =>
  new TextDecoder().decode((await folder.read(LOG_NAME))!);
const folderWith = (text: string) => createMemoryRunFolder([[LOG_NAME, encode(text)]], 'runs/first');

test('writes one object a line', async () => {
  const folder = createMemoryRunFolder();
  const log = await openLog(folder);
  await log.append({ step: 1, seconds: 0.5, loss: 3, reconstruction: 2, kl: 1, klPerLatent: [0.5, 0.5] });
  await log.append({
    step: 2,
    seconds: 1,
    imagesPerSecond: 128,
    loss: 2,
    reconstruction: 1.5,
    kl: 0.5,
    scores: { mig: null },
  });
  assert.is(
    await textOf(folder),
    '{"step":1,"seconds":0.5,"loss":3,"reconstruction":2,"kl":1,"klPerLatent":[0.5,0.5]}\n' +
      '{"step":2,"seconds":1,"imagesPerSecond":128,"loss":2,"reconstruction":1.5,"kl":0.5,"scores":{"mig":null}}\n',
  );
});

test('writes null and the reason for what is no finite number', () => {
  const line = formatLogLine({
    ...makeEntry(5),
    loss: Number.NaN,
    klPerLatent: [1, Number.POSITIVE_INFINITY],
    terms: { dip: Number.NEGATIVE_INFINITY },
  });
  const { loss, klPerLatent, terms, reasons } = JSON.parse(line);
  assert.equal([loss, klPerLatent, terms], [null, [1, null], { dip: null }]);
  assert.equal(reasons, { loss: 'NaN', 'klPerLatent.1': 'Infinity', 'terms.dip': '-Infinity' });
});

test('keeps the reasons that are given, in one record with its own', () => {
  const scores = { mig: null, sap: Number.NaN };
  const line = JSON.parse(formatLogLine({ ...makeEntry(5), scores, reasons: { 'scores.mig': 'no factor varies' } }));
  assert.equal(line.scores, { mig: null, sap: null });
  assert.equal(line.reasons, { 'scores.sap': 'NaN', 'scores.mig': 'no factor varies' });
  assert.not.ok('reasons' in JSON.parse(formatLogLine(makeEntry(5))));
});

test('lines are read back as they were given, wherever the file was cut', () => {
  const steps = fc.uniqueArray(fc.nat(10_000), { maxLength: 20 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(steps, fc.nat(10_000), fc.string(), (list, cut, name) => {
      const texts = list.map((step) => formatLogLine({ ...makeEntry(step + 1), terms: { [`t${name}`]: 1 } }));
      const bytes = encode(texts.join(''));
      const part = bytes.subarray(0, Math.min(cut, bytes.length));
      const read = readLog(part);
      let whole = 0;
      let end = 0;
      for (; whole < texts.length && end + encode(texts[whole]).length <= part.length; whole++)
        end += encode(texts[whole]).length;
      assert.equal(
        read.lines,
        texts.slice(0, whole).map((text) => JSON.parse(text)),
      );
      assert.is(read.starts.at(-1), end);
      assert.is(read.leftOver, part.length - end);
      assert.is(read.damaged, null);
    }),
  );
});

test('any bytes can be read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { lines, starts, leftOver } = readLog(bytes);
      assert.is(starts.length, lines.length + 1);
      assert.is(starts.at(-1)! + leftOver, bytes.length);
    }),
  );
});

test('takes back the lines after a step, and half a line', async () => {
  const text = [10, 20, 30].map((step) => formatLogLine(makeEntry(step))).join('');
  for (const [step, lines] of [
    [30, 3],
    [29, 2],
    [20, 2],
    [10, 1],
    [0, 0],
    [-1, 0],
  ]) {
    for (const rest of ['', '{"step":4', '\0\0\0\0']) {
      const folder = folderWith(text + rest);
      assert.is(await cutBackLog(folder, step), lines === 0 ? -1 : lines * 10);
      assert.is(
        await textOf(folder),
        text
          .split('\n')
          .slice(0, lines)
          .map((line) => `${line}\n`)
          .join(''),
      );
    }
  }
});

test('a log without anything to take back is not written again', async () => {
  const folder = folderWith(formatLogLine(makeEntry(10)));
  const watched = { ...folder, writeAtomically: () => assert.unreachable() };
  assert.is(await cutBackLog(watched as unknown as typeof folder, 10), 10);
  assert.is(await cutBackLog(createMemoryRunFolder(), 10), -1);
});

test('a damaged line goes with the lines after the step, and is an error among those that stay', async () => {
  const line = (step: number) => formatLogLine(makeEntry(step));
  const folder = folderWith(`${line(10)}{"step":2\n${line(30)}`);
  assert.is(await cutBackLog(folder, 20), 10);
  assert.is(await textOf(folder), line(10));
  const spoilt = folderWith(`${line(10)}{"step":2\n${line(30)}`);
  const error = await errorOf(() => cutBackLog(spoilt, 30));
  assert.is(error.message, 'runs/first/log.jsonl, row 1: expected a JSON object with a step');
  assert.is(await textOf(spoilt), `${line(10)}{"step":2\n${line(30)}`);
});

test('lines are added behind what was kept', async () => {
  const folder = folderWith(`${formatLogLine(makeEntry(10))}${formatLogLine(makeEntry(20))}{"st`);
  await cutBackLog(folder, 10);
  const log = await openLog(folder);
  await log.append(makeEntry(20));
  assert.equal(
    readLog((await folder.read(LOG_NAME))!).lines.map(({ step }) => step),
    [10, 20],
  );
});

test.run();
