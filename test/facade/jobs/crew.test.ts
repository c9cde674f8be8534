/** A crew: answers in order, one thing at a time in a thread, and nothing more after a failure. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCrew } from '../../../src/facade/jobs/crew.js';
import type { Progress } from '../../../src/index.js';

const LABEL = { metric: 'sums', phase: 'adding' };

/** Work that tells when its shares begin and end. */
function makeWork(told: string[]) {
  return {
    name: 'sums',
    load: (_: unknown, input: readonly number[]) => input,
    shares: {
      async add(
        held: readonly number[],
        { at, plus }: { readonly at: number; readonly plus: number },
      ): Promise<number> {
        told.push(`begin ${at}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (at >= held.length) throw new Error(`expected up to ${held.length}`);
        told.push(`end ${at}`);
        return held[at] + plus;
      },
    },
  };
}

const alone = { threads: 1 };
const input = () => [10, 20, 30];

test('gives answers in the order of the requests, one after the other', async () => {
  const told: string[] = [];
  const requests = [2, 0, 1].map((at) => ({ at, plus: 1 }));
  const answers = await withCrew(makeWork(told), alone, { input }, (crew) =>
    Promise.all([
      crew.askAll('add', requests, LABEL),
      crew.ask('add', { at: 0, plus: 5 }, LABEL),
      crew.here(async () => told.push('here')),
    ]),
  );
  assert.equal(answers.slice(0, 2), [[31, 11, 21], 15]);
  assert.equal(told, [...[2, 0, 1, 0].flatMap((at) => [`begin ${at}`, `end ${at}`]), 'here']);
});

test('begins nothing more after a failure, and ends what it has begun', async () => {
  const told: string[] = [];
  const work = withCrew(makeWork(told), alone, { input }, async (crew) => {
    const rest = [crew.ask('add', { at: 1, plus: 0 }, LABEL), crew.ask('add', { at: 2, plus: 0 }, LABEL)];
    for (const asked of rest) asked.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 1));
    throw new Error('enough');
  });
  assert.is(await work.catch((error: Error) => error.message), 'enough');
  assert.equal(told, ['begin 1', 'end 1']);
  const failing = withCrew(makeWork(told), alone, { input }, (crew) =>
    Promise.all([3, 0].map((at) => crew.ask('add', { at, plus: 0 }, LABEL))),
  );
  assert.is(await failing.catch((error: Error) => error.message), 'expected up to 3');
  assert.equal(told.slice(2), ['begin 3']);
});

test('takes what is held already, and loads nothing then', async () => {
  const given = { held: [1], input: () => assert.unreachable('nothing to load') as never };
  assert.is(await withCrew(makeWork([]), alone, given, (crew) => crew.ask('add', { at: 0, plus: 1 }, LABEL)), 2);
});

test('stops before it begins where it was aborted before', async () => {
  const reason = new Error('enough');
  const onProgress = (_: Progress) => assert.unreachable();
  const options = { ...alone, signal: AbortSignal.abort(reason), onProgress };
  const work = withCrew(makeWork([]), options, { input }, async () => assert.unreachable());
  assert.is(await work.catch((error) => error), reason);
});

test.run();
