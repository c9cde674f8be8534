import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LiteralError, parseLiteral } from '../../src/io/python-literal.js';

test('parses the literals that headers are made of', () => {
  assert.equal(['True', 'False', 'None', '-12', '7L', `'a'`, `"it's"`, `'\\'\\\\'`, '(3)'].map(parseLiteral), [
    true,
    false,
    null,
    -12,
    7,
    'a',
    "it's",
    `'\\`,
    3,
  ]);
  const tuple = (...items: number[]) => ({ kind: 'tuple', items });
  assert.equal(['()', '(3,)', '(3, 4)', ' ( 3 ,4, ) \n'].map(parseLiteral), [
    tuple(),
    tuple(3),
    tuple(3, 4),
    tuple(3, 4),
  ]);
  assert.equal(parseLiteral(`[('a', '<f4'), ('b', '<i8', (2,))]`), {
    kind: 'list',
    items: [
      { kind: 'tuple', items: ['a', '<f4'] },
      { kind: 'tuple', items: ['b', '<i8', tuple(2)] },
    ],
  });
  assert.equal(parseLiteral(`{'a': 1, 'a': 2, }`), {
    kind: 'dict',
    entries: [
      ['a', 1],
      ['a', 2],
    ],
  });
});

test('refuses everything else, with the place', () => {
  const refused: Array<[string, string, number]> = [
    ['', 'expected a value, got the end', 0],
    ['os.getcwd()', 'expected a value, got "o"', 0],
    ['1 + 1', 'expected the end, got "+"', 2],
    ['1.5', 'expected the end, got "."', 1],
    ['Truely', 'expected a value, got "T"', 0],
    [`'open`, 'expected the end of a string, got the end', 5],
    [`'\\n'`, 'expected an escaped quote or backslash, got "n"', 2],
    ['(1', 'expected a comma or ), got the end', 2],
    ['(1 2)', 'expected a comma or ), got "2"', 3],
    ['(,)', 'expected a value, got ","', 1],
    ['[1)', 'expected a comma or ], got ")"', 2],
    [`{'a' 1}`, 'expected a colon, got "1"', 5],
    [`{'a': 1 'b': 2}`, 'expected a comma or }, got "\'"', 8],
    [`{'a'`, 'expected a colon, got the end', 4],
    ['['.repeat(1000), 'nested deeper than 32', 33],
  ];
  for (const [text, problem, position] of refused) {
    try {
      parseLiteral(text);
    } catch (error) {
      assert.instance(error, LiteralError);
      assert.equal([(error as LiteralError).problem, (error as LiteralError).position], [problem, position], text);
      continue;
    }
    assert.unreachable(text);
  }
});

test.run();
