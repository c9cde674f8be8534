import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError, wrongValue } from '../src/errors.js';
import { memorySource, openArrays } from '../src/io/index.js';
import { note, renderNote } from '../src/note.js';
import { mention, phrase } from '../src/phrase.js';
import { errorOf } from './io/matrices.js';

const digits = '7'.repeat(900_000);
const members = Array.from({ length: 3000 }, (_, i) => `'member-${i}'`).join(', ');

test('messages cut what they quote of data, whoever quotes it', () => {
  const path = `/${'long/'.repeat(100)}a.csv`;
  const cut = `expected a number, got ${'7'.repeat(60)}...`;
  const error = new DataError(`expected a number, got ${digits}`, { path });
  assert.equal([error.problem, error.message], [cut, `${path}: ${cut}`]);
  assert.is(
    error.tell(({ option }) => option),
    `${path}: ${cut}`,
  );
  assert.is(error.at({}).renaming((given) => given).message, cut);
  assert.ok(new DataError('x', { member: digits }).message.length < 100);
  const option = wrongValue({ option: 'member', problem: phrase`found no ${digits} for ${mention('member')}` });
  assert.is(option.message, `member: found no ${'7'.repeat(60)}... for member`);
  assert.is(renderNote(note('x', `got ${digits}`)), `got ${'7'.repeat(60)}...`);
});

test('a list of thousands keeps its beginning and its end', () => {
  const { message } = new DataError(`it holds ${members}; say member`);
  assert.ok(message.length < 2100);
  assert.match(message, /^it holds 'member-0', 'member-1', .* \.\.\. .*'member-2999'; say member$/);
});

test('a cell of 900,000 digits is refused in a line', async () => {
  for (const [text, name] of [
    [`a,b\n${digits},1\n`, 'a.csv'],
    [`[[${digits}, 1]]`, 'a.json'],
    [`[["${digits}", 1], [1, 2]]`, 'a.json'],
  ]) {
    const bytes = new TextEncoder().encode(text);
    const read = async () => (await openArrays(memorySource(bytes, name))).arrays[0].read();
    const { message } = await errorOf(read);
    assert.ok(message.length < 500, message.slice(0, 1000));
  }
});

test.run();
