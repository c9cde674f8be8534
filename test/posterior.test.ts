import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type MatrixLike, toMatrix } from '../src/matrix.js';
import { checkPosterior, mapPosterior } from '../src/posterior.js';

const check = (mu: MatrixLike, logvar: MatrixLike, z?: MatrixLike) =>
  checkPosterior(mapPosterior({ mu, logvar, z }, toMatrix));

test('another form has samples only where the first has', () => {
  const lengths = mapPosterior({ mu: 'a', logvar: 'bc' }, (text, name) => `${name} ${text.length}`);
  assert.equal(lengths, { mu: 'mu 1', logvar: 'logvar 2' });
  assert.equal(Object.keys(mapPosterior({ ...lengths, z: '' }, (text) => text)), ['mu', 'logvar', 'z']);
});

test('refuses shapes that differ, and numbers without a density, saying where', () => {
  const refuses = (work: () => unknown, message: RegExp) =>
    assert.throws(work, (error: Error) => message.test(error.message) || assert.match(error.message, message));
  refuses(() => check([[1, 2]], [[1, 2]]), /^mu: expected at least 2 rows, got 1$/);
  refuses(
    () =>
      check(
        [
          [1, 2],
          [1, 2],
        ],
        [[1], [2]],
      ),
    /^logvar: expected 2 x 2 to match mu, got 2 x 1$/,
  );
  refuses(() => check([[1], [2]], [[1], [2]], [[1], [2], [3]]), /^z: expected 2 x 1 to match mu, got 3 x 1$/);
  refuses(() => check([[1], [Number.NaN]], [[1], [2]]), /^mu, row 1, column 0: expected a finite number, got NaN$/);
  refuses(
    () => check([[1], [2]], [[-400], [2]]),
    /^logvar, row 0, column 0: expected logarithms of variances from -200 to 200, got -400$/,
  );
  refuses(() => check([[1], [1e70]], [[0], [2]]), /^mu, row 1, .* magnitudes up to 1e\+60, got 1e\+70$/);
});

test.run();
