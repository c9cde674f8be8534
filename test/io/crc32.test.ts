import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32, crc32c } from '../../src/io/crc32.js';
import { crcOf } from './builders.js';

test('gives the check value of CRC-32', () => {
  assert.is(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
});

test('gives the published values of CRC-32C', () => {
  // RFC 3720, B.4: 32 bytes of zeros, of ones, ascending, descending.
  const bytes = (of: (i: number) => number) => Uint8Array.from({ length: 32 }, (_, i) => of(i));
  assert.is(crc32c(bytes(() => 0)), 0x8a9136aa);
  assert.is(crc32c(bytes(() => 255)), 0x62a8ab43);
  assert.is(crc32c(bytes((i) => i)), 0x46dd794e);
  assert.is(crc32c(bytes((i) => 31 - i)), 0x113fdb5c);
  assert.is(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
});

test('agrees with the bitwise definition at every length and alignment', () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 89 + 7) & 0xff);
  for (let start = 0; start < 9; start++) {
    for (let end = start; end <= bytes.length; end++) {
      const part = bytes.subarray(start, end);
      assert.is(crc32(part), crcOf(part));
    }
  }
});

test('continues where it left off', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
      assert.is(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut))), crcOf(bytes));
    }),
  );
});

test.run();
