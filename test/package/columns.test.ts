/** Comments and prose end at column 100: longer lines are hard to read, and harder in a diff. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repository } from './installed.js';

const WIDTH = 100;
/** Prose of a comment. Formulas and tables are indented in it, and directives cannot be broken. */
const COMMENT = /^\s*(\/\*\*? |\* {1,2}|\/\/ |# )(?!\s|@|biome-ignore|c8 ignore)\S/;
/** A line of Markdown that stays whole: a table, a heading, code, a link that begins it. */
const WHOLE = /^(\||#| {4}|\[|!\[|<)/;

/** A single word cannot be broken. */
const isWithin = (line: string) => [...line].length <= WIDTH || !line.trim().includes(' ');

function longComments(text: string): string[] {
  return text.split('\n').filter((line) => COMMENT.test(line) && !isWithin(line));
}

function longProse(text: string): string[] {
  let isCode = false;
  return text.split('\n').filter((line) => {
    if (/^\s*```/.test(line)) isCode = !isCode;
    return !isCode && !WHOLE.test(line) && !isWithin(line);
  });
}

const FOLDERS = ['.ci', 'assembly', 'bench', 'bindings', 'build', 'docs', 'examples', 'src', 'test'];
const files = ['.', ...FOLDERS].flatMap((folder) =>
  readdirSync(join(repository, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => !file.includes('node_modules') && statSync(join(repository, file)).isFile()),
);

for (const [ending, longLines] of [
  [/\.m?[jt]s$|^\.ci\/run$|\.sh$/, longComments],
  [/\.md$/, longProse],
] as const) {
  const of = files.filter((file) => ending.test(file));
  test(`no line of ${of.length} files that is ${longLines === longProse ? 'prose' : 'a comment'} is longer`, () => {
    assert.ok(of.length > 20);
    const found = of.flatMap((file) =>
      longLines(readFileSync(join(repository, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
    );
    assert.equal(found, []);
  });
}

test('finds what is too long', () => {
  const long = 'word '.repeat(25).trim();
  assert.equal(longComments(`// ${long}\n * ${long}\n *   ${long}\nconst x = 1;`).length, 2);
  assert.equal(longProse(`${long}\n\n    ${long}\n| ${long} |\n\`\`\`\n${long}\n\`\`\`\n`), [long]);
});

test.run();
