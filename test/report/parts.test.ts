import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderParts } from '../../src/report/parts.js';
import { createStyle } from '../../src/report/style.js';

const render = (parts: Readonly<Record<string, unknown>>, width = 80, latents = 3, factors = 2): string[] =>
  renderParts(parts, { latents, factors, width, style: createStyle(false) });

test('puts everything that has a value per latent into one table', () => {
  assert.equal(render({ variance: [1, 2.5, 3], best: [0, 1, null] }), [
    'latent  variance  best',
    '0         1.0000     0',
    '1         2.5000     1',
    '2         3.0000     -',
  ]);
});

test('shows whole numbers as whole, and a column with a fraction in decimals throughout', () => {
  assert.equal(
    render({
      votes: [
        [10, 2],
        [3, 4],
        [5, 6],
      ],
    }).slice(2),
    ['0  10  2', '1   3  4', '2   5  6'],
  );
  assert.equal(
    render({
      votes: [
        [10, 2.5],
        [3, 4],
        [5, 6],
      ],
    }).slice(2),
    ['0  10.0000  2.5000', '1   3.0000  4.0000', '2   5.0000  6.0000'],
  );
});

test('names the axes of a matrix by its shape, and leaves one of another shape without names', () => {
  const headOf = (rows: number, columns: number) =>
    render({ m: Array.from({ length: rows }, () => Array(columns).fill(1)) })[0];
  assert.is(headOf(3, 2), 'm  latents down, factors across');
  assert.is(headOf(2, 3), 'm  factors down, latents across');
  assert.is(headOf(2, 2), 'm');
});

test('takes a square matrix as latents by factors', () => {
  assert.is(
    render(
      {
        m: [
          [1, 2],
          [3, 4],
        ],
      },
      80,
      2,
      2,
    )[0],
    'm  latents down, factors across',
  );
});

test('tells latents from factors by name where there are as many of both', () => {
  assert.is(render({ latentVariance: [1, 2] }, 80, 2, 2)[0], 'latent  latent variance');
  assert.is(render({ factorEntropy: [1, 2] }, 80, 2, 2)[0], 'factor  factor entropy');
  assert.is(render({ gaps: [1, 2] }, 80, 2, 2)[0], 'index  gaps');
});

test('lists a choice of latents instead of making a table of it', () => {
  assert.equal(render({ activeLatents: [0, 1, 2] }), ['active latents  0, 1, 2']);
  assert.equal(render({ activeLatents: [] }), ['active latents  none']);
});

test('reads typed arrays as arrays', () => {
  assert.equal(render({ gap: Float64Array.of(0.5, 0.25) }), ['factor     gap', '0       0.5000', '1       0.2500']);
});

test('cuts a matrix that is too wide into blocks that fit', () => {
  const lines = render({ m: [Array(12).fill(0.5), Array(12).fill(0.25)] }, 40, 2, 12);
  for (const line of lines) assert.ok(line.length <= 40, line);
  assert.is(lines.filter((line) => line.startsWith('0  0.5000')).length, 3);
  assert.is(lines.join(' ').match(/0\.2500/g)?.length, 12);
});

test('shows records as rows and nested parts indented', () => {
  assert.equal(render({ folds: [{ size: 3, isGood: true }, { size: 4 }] }), [
    'folds',
    '   size  is good',
    '0     3      yes',
    '1     4        -',
  ]);
  assert.equal(render({ inner: { rows: 3 } }), ['inner', '  rows  3']);
});

test('shows text, truth and nothing at all in words', () => {
  assert.equal(render({ estimator: 'plug-in', pruned: false, best: null, gone: undefined }), [
    'estimator  plug-in',
    'pruned     no',
    'best       -',
  ]);
});

test.run();
