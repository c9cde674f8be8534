import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NOTHING_SPENT, sharesOf, startClock } from '../../src/train/clock.js';

/** Runs with a clock that stands still but for `pass`. */
async function withTime(work: (pass: (seconds: number) => void) => Promise<void>): Promise<void> {
  const real = performance.now;
  let time = 5000;
  performance.now = () => time;
  try {
    await work((seconds) => {
      time += seconds * 1000;
    });
  } finally {
    performance.now = real;
  }
}

test('counts what goes into other things than steps, on top of what went before', () =>
  withTime(async (pass) => {
    const clock = startClock(100, { data: 1, score: 2, checkpoint: 3 }, 64);
    const taken = async (seconds: number) => pass(seconds);
    await clock.count('data', () => taken(1));
    await clock.count('score', () => taken(8));
    pass(10);
    const failed = clock.count('checkpoint', async () => {
      pass(1);
      throw new Error('the disk is full');
    });
    await failed.then(assert.unreachable, ({ message }) => assert.is(message, 'the disk is full'));
    assert.is(clock.seconds(), 120);
    assert.equal(clock.spent(), { data: 2, score: 10, checkpoint: 4 });
    assert.equal(sharesOf(clock.spent(), 125), { data: 0.016, score: 0.08, checkpoint: 0.032 });
  }));

test('the rate is that of steps alone, what is left has scores and checkpoints in it', () =>
  withTime(async (pass) => {
    const clock = startClock(0, NOTHING_SPENT, 10);
    pass(1);
    assert.equal([clock.rate(1, false), clock.secondsFor(9)], [null, null]);
    pass(4);
    await clock.count('score', async () => pass(5));
    assert.is(clock.rate(3, true), 5);
    // Half of the time so far went into scores: 20 images at 5 per second take 8 s.
    assert.is(clock.secondsFor(2), 8);
    pass(100);
    assert.is(clock.rate(4, false), 5);
  }));

test('of no time there are no shares', () => assert.equal(sharesOf(NOTHING_SPENT, 0), NOTHING_SPENT));

test.run();
