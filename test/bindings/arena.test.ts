import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Arena,
  Block,
  blockBytes,
  ELEMENT_BYTES,
  type ElementType,
  MEMORY_LIMIT_BYTES,
  pointersOf,
} from '../../bindings/arena.js';
import { isCodedError } from '../../src/errors.js';

const PAGE_BYTES = 65536;
const TYPES = Object.keys(ELEMENT_BYTES) as ElementType[];

const newArena = (initial = 1, maximum = 65536, base = 1024) =>
  new Arena(new WebAssembly.Memory({ initial, maximum }), base);

test('aligns blocks to 16 bytes, from any base', () => {
  for (const base of [0, 1, 15, 16, 1000]) {
    const arena = newArena(1, 4, base);
    for (const type of TYPES) {
      for (const length of [0, 1, 3, 4, 5, 7, 8, 9, 31]) {
        const block = arena.alloc(type, length);
        assert.is(block.pointer % 16, 0);
        assert.ok(block.pointer >= base);
      }
    }
  }
});

test('leaves at least 32 bytes that belong to nobody behind each block', () => {
  const arena = newArena();
  let end = 0;
  for (const type of TYPES) {
    for (const length of [0, 1, 3, 4, 5, 7, 8, 9, 31]) {
      const block = arena.alloc(type, length);
      assert.ok(end === 0 || block.pointer >= end + 32);
      assert.ok(end === 0 || block.pointer < end + 48);
      end = block.pointer + length * ELEMENT_BYTES[type];
      assert.ok(end + 32 <= block.pointer + blockBytes(type, length));
    }
  }
  assert.ok(end + 32 <= arena.capacityBytes);
});

test('gives views of the element type and length asked for', () => {
  const arena = newArena();
  const views = {
    u8: Uint8Array,
    u16: Uint16Array,
    i32: Int32Array,
    u32: Uint32Array,
    f32: Float32Array,
    f64: Float64Array,
  };
  for (const type of TYPES) {
    const { array } = arena.alloc(type, 5);
    assert.instance(array, views[type]);
    assert.is(array.length, 5);
    assert.is(array.BYTES_PER_ELEMENT, ELEMENT_BYTES[type]);
  }
});

test('views are made anew after memory grew, and the numbers have come along', () => {
  const arena = newArena();
  const block = arena.upload('f64', [1, 2, 3]);
  const stale = block.array;
  arena.alloc('f64', PAGE_BYTES);
  assert.is(stale.length, 0, 'memory moved');
  assert.equal([...block.array], [1, 2, 3]);
  block.array[1] = 7;
  assert.equal([...block.slice(1, 2).array], [7, 3]);
});

test('numbers survive when memory grows while they are copied', () => {
  const arena = newArena();
  const source = arena.upload('i32', [4, 5, 6]);
  arena.alloc('u16', (arena.capacityBytes - source.pointer) / 2 - 80);
  const before = arena.capacityBytes;
  const copies = Array.from({ length: 10 }, () => arena.copy(source));
  assert.ok(arena.capacityBytes > before);
  for (const copy of [source, ...copies]) assert.equal([...copy.array], [4, 5, 6]);
  copies[0].array[0] = 1;
  assert.is(source.array[0], 4, 'a copy is its own');
});

test('uploads convert to the element type as typed arrays do', () => {
  const arena = newArena();
  const numbers = [1.75, -1.75, 65537, 0.1, 2 ** 31];
  assert.equal([...arena.upload('f64', numbers).array], numbers);
  assert.equal([...arena.upload('f32', numbers).array], numbers.map(Math.fround));
  assert.equal([...arena.upload('i32', numbers).array], [1, -1, 65537, 0, -(2 ** 31)]);
  assert.equal([...arena.upload('u32', numbers).array], [1, 2 ** 32 - 1, 65537, 0, 2 ** 31]);
  assert.equal([...arena.upload('u16', numbers).array], [1, 65535, 1, 0, 0]);
  assert.equal([...arena.upload('u8', numbers).array], [1, 255, 1, 0, 0]);
  assert.equal([...arena.upload('f64', Int8Array.of(-3, 4)).array], [-3, 4]);
  assert.equal([...arena.upload('i32', Float32Array.of(-3, 4)).array], [-3, 4]);
});

test('zeros are zeros where other numbers were before', () => {
  const arena = newArena();
  const mark = arena.mark();
  arena.alloc('f64', 100).array.fill(7);
  arena.release(mark);
  assert.ok(arena.zeros('f64', 100).array.every((x) => x === 0));
});

test('slices share the elements of the block', () => {
  const block = newArena().upload('u16', [1, 2, 3, 4]);
  const slice = block.slice(1, 2);
  slice.array[0] = 9;
  assert.equal([...block.array], [1, 9, 3, 4]);
  assert.is(slice.pointer, block.pointer + 2);
  assert.instance(slice, Block);
});

test('a scope frees what was taken in it and hands on what its work returns', async () => {
  const arena = newArena();
  arena.alloc('f64', 3);
  const next = arena.mark();
  arena.release(next);
  const result = await arena.scope(async () => {
    arena.alloc('f64', 10);
    const inner = await arena.scope(() => arena.alloc('f64', 20).pointer);
    assert.is(arena.alloc('f64', 1).pointer, inner, 'the inner scope is free again');
    return 'done';
  });
  assert.is(result, 'done');
  assert.is(arena.alloc('f64', 1).pointer, next);
});

test('a scope frees what was taken in it when its work throws or rejects', async () => {
  const arena = newArena();
  const mark = arena.mark();
  arena.release(mark);
  for (const fail of [
    () => {
      throw new Error('thrown');
    },
    async () => {
      throw new Error('rejected');
    },
  ]) {
    const failed = arena.scope(() => {
      arena.alloc('f64', 10);
      return fail();
    });
    await failed.then(assert.unreachable, (error) => assert.match(error.message, /thrown|rejected/));
    assert.is(arena.depth, 0);
    assert.is(arena.alloc('u16', 0).pointer, mark);
    arena.mark();
    arena.release(mark);
  }
});

test('what is borrowed is free again when the work returns or throws', () => {
  const arena = newArena();
  const top = arena.alloc('f64', 1).pointer + blockBytes('f64', 1);
  const last = arena.borrow(() => {
    assert.is(arena.depth, 1);
    assert.is(arena.alloc('f64', 10).pointer, top);
    return arena.borrow(() => arena.alloc('i32', 3).pointer);
  });
  assert.is(last, top + blockBytes('f64', 10));
  const fail = () => {
    arena.alloc('f64', 10);
    throw new Error('no');
  };
  assert.throws(() => arena.borrow(fail), /^no$/);
  assert.is(arena.depth, 0);
  assert.is(arena.alloc('u8', 1).pointer, top);
});

test('gives the addresses of blocks in their order, and 0 for none', () => {
  const arena = newArena();
  const [a, b] = [arena.alloc('f64', 1), arena.alloc('u8', 1)];
  assert.equal(pointersOf(b, null, a), [b.pointer, 0, a.pointer]);
});

test('counts the scopes that are open', async () => {
  const arena = newArena();
  assert.is(arena.depth, 0);
  await arena.scope(async () => {
    assert.is(arena.depth, 1);
    await arena.scope(() => assert.is(arena.depth, 2));
    const mark = arena.mark();
    assert.is(arena.depth, 2);
    arena.release(mark);
    assert.is(arena.depth, 1);
  });
  assert.is(arena.depth, 0);
});

test('a reset frees everything and closes all scopes', () => {
  const arena = newArena();
  const { pointer } = arena.alloc('f64', 3);
  arena.mark();
  arena.alloc('f64', 1000);
  arena.reset();
  assert.is(arena.depth, 0);
  assert.is(arena.alloc('f64', 3).pointer, pointer);
});

/** That alloc refuses, in these words, and that nothing was taken and no memory grew. */
function assertRefused(arena: Arena, type: ElementType, length: number, message: RegExp): void {
  const capacity = arena.capacityBytes;
  const mark = arena.mark();
  assert.throws(
    () => arena.alloc(type, length),
    (error: Error) =>
      error instanceof RangeError && isCodedError(error) && error.code === 'ERR_DATA' && message.test(error.message),
    `${length} ${type}`,
  );
  assert.is(arena.capacityBytes, capacity);
  assert.is(arena.alloc('u16', 0).pointer, mark);
  arena.release(mark);
}

test('refuses what does not fit into 4 GiB, and takes nothing', () => {
  const arena = newArena();
  const { pointer } = arena.alloc('f64', 1);
  const top = pointer + blockBytes('f64', 1);
  for (const [type, length] of [
    ['f64', 2 ** 29],
    ['f32', 2 ** 30],
    ['u16', 2 ** 31],
    ['f64', Number.MAX_SAFE_INTEGER],
    // One element more than there is room for.
    ['f64', (MEMORY_LIMIT_BYTES - top - 32) / 8 + 1],
  ] as const) {
    assertRefused(
      arena,
      type,
      length,
      new RegExp(`^arena: expected to stay within 4 GiB, got ${length} more ${type} at ${top} bytes$`),
    );
  }
});

test('refuses lengths that are none', () => {
  for (const length of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
    assertRefused(newArena(), 'f32', length, /^arena: expected to stay within 4 GiB, got /);
  }
});

test('refuses where the host has no more memory, and takes nothing', () => {
  assertRefused(
    newArena(1, 4),
    'f64',
    PAGE_BYTES,
    /^arena: expected the host to grow memory to \d+ bytes, got a refusal$/,
  );
});

test('grows by a quarter more than is missing, or by just that where the host has no more', () => {
  const arena = newArena(16, 40);
  arena.alloc('u16', 17 * (PAGE_BYTES / 2) - 600);
  assert.is(arena.capacityBytes, (17 + 4) * PAGE_BYTES);
  const tight = newArena(16, 18);
  tight.alloc('u16', 17 * (PAGE_BYTES / 2) - 600);
  assert.is(tight.capacityBytes, 17 * PAGE_BYTES);
  tight.alloc('u16', 1000);
  assert.is(tight.capacityBytes, 18 * PAGE_BYTES);
});

test.run();
