import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Core, withCore } from '../../bindings/core.js';
import { withWatchedCore } from '../assembly/watched-core.js';

/** The address that the next block would have. */
function topOf(core: Core): number {
  const mark = core.arena.mark();
  core.arena.release(mark);
  return mark;
}

test('computations at the same time have instances of their own', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const seen: Core[] = [];
  const runs = Array.from({ length: 3 }, (_, i) =>
    withCore(async (core) => {
      seen.push(core);
      const block = core.arena.upload('i32', [i, i + 1]);
      if (seen.length === 3) release();
      await gate;
      return [...block.array];
    }),
  );
  assert.equal(await Promise.all(runs), [
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  assert.is(new Set(seen).size, 3);
});

test('computations one after the other share an instance, each on an empty arena', async () => {
  const [first, top] = await withCore((core) => {
    const top = topOf(core);
    core.arena.mark();
    core.arena.alloc('f64', 1000);
    return [core, top];
  });
  await withCore((core) => {
    assert.is(core, first);
    assert.is(core.arena.depth, 0);
    assert.is(topOf(core), top);
  });
});

test('an instance is given back when the computation fails', async () => {
  const used: Core[] = [];
  for (const fail of [
    () => {
      throw new Error('thrown');
    },
    () => Promise.reject(new Error('rejected')),
  ]) {
    const failed = withCore((core) => {
      used.push(core);
      core.arena.alloc('f64', 10);
      return fail();
    });
    await failed.then(assert.unreachable, (error) => assert.match(error.message, /thrown|rejected/));
  }
  await withCore((core) => assert.ok(core === used[0] && core === used[1]));
});

test('an instance whose memory grew beyond 256 MiB is not kept', async () => {
  const large = await withCore((core) => {
    core.arena.alloc('f64', 2 ** 25 + 1);
    return core;
  });
  await withCore((core) => assert.is.not(core, large));
});

test('draws are the same after memory grew, and after a reset', () =>
  withWatchedCore((core) => {
    const at = { seed: 1, stream: 2, index: 3 };
    const first = core.arena.alloc('i32', 100);
    core.random.uniformBelow(first, 1000, at);
    const expected = [...first.array];
    core.arena.alloc('f64', core.arena.capacityBytes / 8);
    const second = core.arena.alloc('i32', 100);
    core.random.uniformBelow(second, 1000, at);
    assert.equal([...second.array], expected);
    core.arena.reset();
    const third = core.arena.alloc('i32', 100);
    core.random.uniformBelow(third, 1000, at);
    assert.equal([...third.array], expected);
  }));

test('kernels that take scratch memory give it back, and those that keep blocks keep these only', () =>
  withWatchedCore((core) => {
    const x = core.arena.upload('f64', [1, 2, 3, 4, 5, 6]);
    const codes = core.arena.upload('i32', [0, 1, 0, 1]);
    const rows = core.arena.alloc('i32', 4);
    const fixed = core.arena.alloc('i32', 1);
    const groups = [core.drawing.groupRowsByCode(codes, 2)];
    const top = topOf(core);
    core.random.philoxBlock([0, 0, 0, 0], [0, 0]);
    core.moments.columnExtremes(x, 3, 2);
    core.moments.columnVariances(x, 3, 2);
    core.histogram.denseCodes(core.arena.alloc('i32', 0), x, 0, 2, 0, 0, 100);
    core.arena.mark();
    core.arena.release(top);
    core.information.mutualInformationOfCounts(core.arena.upload('u32', [1, 2]), 1, 2, 3);
    core.arena.mark();
    core.arena.release(top);
    core.drawing.drawBatchRows(rows, fixed, groups, 1, 4, { seed: 1, stream: 1, index: 0 });
    core.drawing.drawPairRows(rows, fixed, groups, 1, 2, { seed: 1, stream: 1, index: 0 });
    assert.is(topOf(core), top);
    const { order, bounds, buckets } = core.drawing.groupRowsByCode(codes, 2);
    for (const block of [order, bounds, buckets]) assert.ok(block.pointer >= top && block.pointer < topOf(core));
    assert.is(core.arena.depth, 0);
  }));

test.run();
