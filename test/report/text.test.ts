import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatCount, formatNumber, formatScore, formatSigned } from '../../src/report/format-number.js';
import { wrapBehind, wrapItems, wrapText } from '../../src/report/wrap-text.js';

test('shows scores with four decimals, and very small or large ones as powers of ten', () => {
  assert.is(formatScore(0.678584), '0.6786');
  assert.is(formatScore(0), '0.0000');
  assert.is(formatScore(-0.5), '-0.5000');
  assert.is(formatScore(0.0000123), '1.23e-5');
  assert.is(formatScore(123456789), '1.23e+8');
});

test('shows the sign of a difference, and nothing of no difference', () => {
  assert.is(formatSigned(0.0021), '+0.0021');
  assert.is(formatSigned(-0.0021), '-0.0021');
  assert.is(formatSigned(0), '0');
});

test('shows whole numbers as they are', () => {
  assert.is(formatNumber(12345), '12345');
  assert.is(formatNumber(0.5), '0.5000');
});

test('puts thousands apart', () => {
  assert.is(formatCount(999), '999');
  assert.is(formatCount(1000), '1,000');
  assert.is(formatCount(1234567), '1,234,567');
});

test('wraps at spaces, loses no word, and exceeds the width only by a single word', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/)), fc.integer({ min: 1, max: 30 }), (words, width) => {
      const lines = wrapText(words.join(' '), width);
      assert.equal(
        lines.flatMap((line) => line.split(' ')),
        words,
      );
      for (const line of lines) assert.ok(line.length <= width || !line.includes(' '), line);
    }),
  );
});

test('indents the lines after the first behind a prefix', () => {
  assert.equal(wrapBehind('- ', 'one two three', 9), ['- one two', '  three']);
});

test('breaks between items only', () => {
  assert.equal(wrapItems(['a b', 'c d', 'e f'], ' · ', 10), ['a b · c d', 'e f']);
});

test.run();
