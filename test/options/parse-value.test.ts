import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseValue } from '../../src/options/parse-value.js';
import { boolean, choice, integer, number, other, type Rule, text, ValueProblem } from '../../src/options/rule.js';

const count = integer({ minimum: 1, maximum: 100, description: 'count' });
const rate = number({ minimum: 0, description: 'rate' });
const way = choice(['exact', 'quick'], { description: 'way' });
const list = other<string[]>({
  expected: 'names',
  accepts: Array.isArray,
  parse: (words, previous) => [...(previous ?? []), words],
  description: 'list',
});

test('reads values of every kind', () => {
  assert.is(parseValue('12', count), 12);
  assert.is(parseValue('1e2', count), 100);
  assert.is(parseValue('1e-3', rate), 0.001);
  assert.is(parseValue('true', boolean({ description: 'raw' })), true);
  assert.is(parseValue('quick', way), 'quick');
  assert.is(parseValue('a b', text({ placeholder: 'name', description: 'label' })), 'a b');
  assert.equal(parseValue('b', list, ['a']), ['a', 'b']);
});

test('says what was expected of a text that is no value', () => {
  const messages: ReadonlyArray<readonly [string, Rule, string]> = [
    ['0', count, "expected a whole number from 1 to 100, got '0'"],
    ['1.0', count, "expected a whole number from 1 to 100, got '1.0'"],
    ['0x10', count, "expected a whole number from 1 to 100, got '0x10'"],
    ['', rate, "expected a number of at least 0, got ''"],
    ['Infinity', rate, "expected a number of at least 0, got 'Infinity'"],
    ['yes', boolean({ description: 'raw' }), "expected true or false, got 'yes'"],
    ['quik', way, "expected exact or quick, got 'quik'; did you mean 'quick'?"],
  ];
  for (const [given, rule, message] of messages) {
    assert.throws(
      () => parseValue(given, rule),
      (error: Error) => error instanceof ValueProblem && error.message === message,
    );
  }
});

test.run();
