import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../src/errors.js';
import { gatherNotes, note, notesOf, refuseGuesses, renderNote, rewriteNotes, writeNotes } from '../src/note.js';
import { mention, type NameOption, phrase } from '../src/phrase.js';

const repository = fileURLToPath(new URL('..', import.meta.url));
const asFlags: NameOption = ({ option, value }) => `--${option}${value === undefined ? '' : ` ${value}`}`;
const uneven = note('uneven-values', 'factor 0: all count the same', {
  option: 'weights',
  suggestion: phrase`unless ${mention('weights', 'rows')}`,
});

test('writes a note as reports have it, and with flags', () => {
  assert.is(renderNote(uneven), 'factor 0: all count the same, unless weights = rows');
  assert.is(renderNote(uneven, asFlags), 'factor 0: all count the same, unless --weights rows');
  assert.is(renderNote('of a metric of the user', asFlags), 'of a metric of the user');
  assert.is(renderNote(note('preset-limit', phrase`${mention('preset')} ubisoft: x`)), 'preset ubisoft: x');
});

test('keeps what texts were made of, out of sight of prints, comparisons and copies', () => {
  const texts = writeNotes([uneven, 'plain']);
  assert.equal(texts, ['factor 0: all count the same, unless weights = rows', 'plain']);
  assert.is(JSON.stringify(texts), JSON.stringify([...texts]));
  assert.equal(Reflect.ownKeys(texts), ['0', '1', 'length']);
  assert.equal(notesOf(texts), [uneven, 'plain']);
  assert.equal(rewriteNotes(texts, asFlags), ['factor 0: all count the same, unless --weights rows', 'plain']);
  assert.equal(rewriteNotes(structuredClone(texts), asFlags), texts);
});

test('is plain data, which threads can hand to each other', () => {
  assert.equal(structuredClone(uneven), uneven);
});

test('says what holds for several once, behind their names', () => {
  const gathered = gatherNotes([
    ['mig', ['latent 0 is constant', 'alone']],
    ['sap', ['latent 0 is constant']],
  ]);
  assert.equal(gathered, ['mig, sap: latent 0 is constant', 'mig: alone']);
});

test('refuses the first guess in the words of its note, if strict', () => {
  const white = note('found-white', 'the largest pixel is 7', {
    suggestion: phrase`unless ${mention('maximum')} says another`,
    isGuess: true,
  });
  refuseGuesses([uneven, white], false);
  refuseGuesses([uneven], true);
  const refuse = () => refuseGuesses([uneven, white], true, { path: 'images.npy' });
  assert.throws(refuse, (error: unknown) => {
    const words = 'images.npy: the largest pixel is 7, unless';
    return (
      error instanceof DataError &&
      error.message === `${words} maximum says another` &&
      error.tell(asFlags) === `${words} --maximum says another`
    );
  });
});

test('lists every code in docs/notes.md, in order, and no other', () => {
  const sources = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'note.ts')
    .map((file) => readFileSync(join(repository, 'src', file), 'utf8'))
    // A file with another `note(` has other notes.
    .filter((text) => /import \{[^}]*\bnote\b[^}]*\} from '(\.\.?\/)+note\.js'/.test(text));
  const calls = sources.flatMap((text) => [...text.matchAll(/(?<![.\w])note\(\s*([^,)]+)/g)].map(([, code]) => code));
  for (const code of calls) assert.match(code, /^'[a-z]+(-[a-z]+)*'$/);
  const page = readFileSync(join(repository, 'docs', 'notes.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code);
  assert.equal(listed, [...new Set(calls.map((code) => code.slice(1, -1)))].sort());
});

test.run();
