import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatDuration,
  formatTrainLine,
  formatTrainProgress,
  type TrainProgress,
} from '../../src/cli/format-train-progress.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { startTrainBar } from '../../src/cli/train-progress.js';
import { createStyle } from '../../src/report/style.js';

const PROGRESS: TrainProgress = {
  step: 1200,
  steps: 5000,
  imagesPerSecond: 1234.4,
  secondsLeft: 200,
  loss: 123.456,
  reconstruction: 110.1,
  kl: 12.3,
  totalCorrelation: 0.5213,
  totalCorrelationFloor: 0.05,
  scores: {
    step: 1000,
    values: [
      ['MIG', 0.1421],
      ['FactorVAE score', 0.99],
    ],
  },
};

const EARLY: TrainProgress = {
  step: 0,
  steps: 5000,
  imagesPerSecond: null,
  secondsLeft: null,
  loss: null,
  reconstruction: null,
  kl: null,
  totalCorrelation: null,
  totalCorrelationFloor: null,
  scores: null,
};

test('says all on three lines of a terminal of 80 columns, the last of which stays free', () => {
  assert.equal(formatTrainProgress({ ...PROGRESS, totalCorrelationFloor: 0.4 }, 79), [
    '1,200 / 5,000 steps  24 %  ████░░░░░░░░░░░░░░░  1,234 images/s  3 min 20 s left',
    'loss 123.5  reconstruction 110.1  KL 12.30  TC 0.521 (0.400 if independent)',
    'at step 1,000: MIG 0.1421  FactorVAE score 0.9900',
  ]);
  assert.is(formatTrainProgress({ ...PROGRESS, scores: null }, 79).length, 2);
});

test('leaves out what does not fit, the bar before the pace', () => {
  assert.equal(formatTrainProgress({ ...PROGRESS, totalCorrelationFloor: 0.4 }, 70), [
    '1,200 / 5,000 steps  24 %  ██░░░░░░░░  1,234 images/s  3 min 20 s left',
    'loss 123.5  reconstruction 110.1  KL 12.30  TC 0.521',
    'at step 1,000: MIG 0.1421  FactorVAE score 0.9900',
  ]);
  assert.equal(formatTrainProgress(PROGRESS, 48), [
    '1,200 / 5,000 steps  24 %  1,234 images/s',
    'loss 123.5  reconstruction 110.1  KL 12.30',
    'at step 1,000: MIG 0.1421',
  ]);
  assert.equal(formatTrainProgress(PROGRESS, 20), ['1,200 / 5,000 steps', 'loss 123.5']);
});

test('no line is longer than asked, coloured or not', () => {
  const share = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
  const progress = fc.record({
    step: fc.nat(),
    steps: fc.nat(),
    imagesPerSecond: fc.option(fc.double({ noNaN: true, min: 0, max: 1e7 })),
    secondsLeft: fc.option(fc.double({ noNaN: true, min: 0, max: 1e8 })),
    loss: fc.option(fc.double()),
    reconstruction: fc.option(share),
    kl: fc.option(share),
    totalCorrelation: fc.option(share),
    totalCorrelationFloor: fc.option(share),
    scores: fc.constantFrom(PROGRESS.scores, null),
  });
  fc.assert(
    fc.property(progress, fc.integer({ min: 1, max: 200 }), (values, width) => {
      const plain = formatTrainProgress(values, width);
      for (const line of plain) assert.ok(line.length <= width, line);
      const coloured = formatTrainProgress(values, width, createStyle(true));
      assert.equal(
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
        coloured.map((line) => line.replace(/\u001b\[\d+m/g, '')),
        plain,
      );
    }),
  );
});

test('says nothing of what is not known yet', () => {
  assert.equal(formatTrainProgress(EARLY, 40), ['0 / 5,000 steps  0 %  ░░░░░░░░░░░░░░░░░░', '']);
  assert.is(formatTrainLine(EARLY), 'step 0 of 5,000 (0 %)');
});

test('total correlation stands beside that of independent latents, where so few rows show any', () => {
  const line = formatTrainLine({ ...PROGRESS, totalCorrelationFloor: 0.4 });
  assert.match(line, / KL 12\.30 {2}TC 0\.521 \(0\.400 if independent\) {2}at step/);
  assert.not.match(formatTrainLine({ ...EARLY, totalCorrelationFloor: 0.4 }), /independent/);
});

test('is at 100 % at the end only', () => {
  const percentAt = (step: number, steps: number) => /\d+ %/.exec(formatTrainLine({ ...EARLY, step, steps }))![0];
  assert.is(percentAt(99_999, 100_000), '99 %');
  assert.is(percentAt(100_000, 100_000), '100 %');
});

test('shows what is no number as it is', () => {
  const line = formatTrainLine({ ...EARLY, loss: Number.NaN, kl: 1.5e9, scores: { step: 5, values: [['MIG', null]] } });
  assert.is(line, 'step 0 of 5,000 (0 %)  loss NaN  KL 1.50e+9  at step 5: MIG undefined');
  const small = formatTrainLine({ ...EARLY, kl: -0.0004, totalCorrelation: -0.0006 });
  assert.is(small, 'step 0 of 5,000 (0 %)  KL 0.000  TC -0.001');
});

test('times are rounded to what matters', () => {
  assert.equal([0, 0.6, 59.4, 59.6, 200, 3599.4, 3600, 7500, 1e7].map(formatDuration), [
    '0 s',
    '1 s',
    '59 s',
    '1 min 00 s',
    '3 min 20 s',
    '59 min 59 s',
    '1 h 00 min',
    '2 h 05 min',
    '2,777 h 46 min',
  ]);
});

function makeTerminal(columns: number | undefined, env: Record<string, string> = {}) {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text), ...(columns && { isTTY: true, columns }) };
  const terminal: Terminal = { stdout: stderr, stderr, env, signal: new AbortController().signal };
  return { written, terminal };
}

test('redraws its lines in place, a few times a second', () => {
  const { written, terminal } = makeTerminal(60, { NO_COLOR: '1' });
  let time = 0;
  const bar = startTrainBar(terminal, () => time);
  bar.update(EARLY);
  time = 99;
  bar.update(EARLY);
  bar.logged(EARLY);
  assert.is(written.length, 1);
  time = 100;
  bar.update(PROGRESS);
  const [first, second] = [formatTrainProgress(EARLY, 59).join('\n'), formatTrainProgress(PROGRESS, 59).join('\n')];
  assert.equal(written, [first, `\r\u001b[2K\u001b[1A\u001b[2K${second}`]);
  bar.clear();
  assert.is(written[2], '\r\u001b[2K\u001b[1A\u001b[2K\u001b[1A\u001b[2K');
});

test('is gone when it is cleared, and comes back with the next update', () => {
  const { written, terminal } = makeTerminal(60, { NO_COLOR: '1' });
  const bar = startTrainBar(terminal, () => 0);
  bar.clear();
  assert.equal(written, []);
  bar.update(EARLY);
  bar.clear();
  bar.clear();
  bar.update(EARLY);
  const drawn = formatTrainProgress(EARLY, 59).join('\n');
  assert.equal(written, [drawn, '\r\u001b[2K\u001b[1A\u001b[2K', drawn]);
});

test('is coloured on a terminal unless NO_COLOR is set', () => {
  for (const [env, isColoured] of [
    [{}, true],
    [{ NO_COLOR: '1' }, false],
  ] as const) {
    const { written, terminal } = makeTerminal(100, env);
    startTrainBar(terminal).update(PROGRESS);
    assert.is(written[0].includes('\u001b[36m'), isColoured);
  }
});

for (const [what, columns, env] of [
  ['a pipe', undefined, {}],
  ['a dumb terminal', 80, { TERM: 'dumb' }],
] as const) {
  test(`${what} gets one line for every step that is logged`, () => {
    const { written, terminal } = makeTerminal(columns, env);
    const bar = startTrainBar(terminal);
    bar.update(PROGRESS);
    bar.logged(PROGRESS);
    bar.logged({ ...EARLY, step: 5000 });
    bar.clear();
    assert.equal(written, [
      'step 1,200 of 5,000 (24 %)  loss 123.5  reconstruction 110.1  KL 12.30  TC 0.521  at step 1,000: MIG 0.1421  FactorVAE score 0.9900  1,234 images/s  3 min 20 s left\n',
      'step 5,000 of 5,000 (100 %)\n',
    ]);
  });
}

test.run();
