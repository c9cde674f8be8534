import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cutBackEvents,
  encodeScalars,
  encodeVersion,
  findEvents,
  openEvents,
  readEvents,
} from '../../../src/train/run/events.js';
import { createMemoryRunFolder } from '../../../src/train/run/memory-run-folder.js';
import { MessageWriter, readFields } from '../../../src/train/run/protobuf.js';
import { frameRecord, maskedChecksum, readRecords } from '../../../src/train/run/records.js';
import { concatenate } from '../../io/builders.js';
import { errorOf } from '../../io/matrices.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('messages are written as the encoding of protocol buffers has them', () => {
  // Its own examples: field 1, varint 150; field 2, the text 'testing'.
  assert.is(hex(new MessageWriter().count(1, 150).finish()), '089601');
  assert.is(hex(new MessageWriter().text(2, 'testing').finish()), '120774657374696e67');
  assert.is(hex(new MessageWriter().double(1, 1).finish()), '09000000000000f03f');
  assert.is(hex(new MessageWriter().float(2, 0.5).finish()), '150000003f');
  assert.is(hex(new MessageWriter().count(2, 2 ** 53 - 1).finish()), '10ffffffffffffff0f');
  assert.is(hex(new MessageWriter().count(16, 0).finish()), '800100');
});

test('an event is the bytes that the message definitions ask for', () => {
  const framed = encodeScalars({ wallTime: 1, step: 300, scalars: { kl: 0.5 } });
  const value = ['0a', '02', '6b6c', '15', '0000003f'];
  const summary = ['0a', '09', ...value];
  const event = ['09', '000000000000f03f', '10', 'ac02', '2a', '0b', ...summary].join('');
  assert.is(hex(framed.subarray(12, -4)), event);
  assert.is(hex(framed.subarray(0, 8)), '1900000000000000');
  assert.is(
    hex(encodeVersion(1).subarray(12, -4)),
    `09000000000000f03f1a0d${hex(new TextEncoder().encode('brain.Event:2'))}`,
  );
});

/** CRC-32C bit by bit, turned and moved as record_writer.h says. */
function plainMask(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? 0x82f63b78n : 0n);
  }
  crc ^= 0xffffffffn;
  return Number(((crc >> 15n) + ((crc << 17n) & 0xffffffffn) + 0xa282ead8n) & 0xffffffffn);
}

test('records are framed with masked checksums', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (payload) => {
      const framed = frameRecord(payload);
      const view = new DataView(framed.buffer);
      assert.is(framed.length, payload.length + 16);
      assert.is(view.getBigUint64(0, true), BigInt(payload.length));
      assert.is(view.getUint32(8, true), plainMask(framed.subarray(0, 8)));
      assert.equal(framed.subarray(12, -4), payload);
      assert.is(view.getUint32(framed.length - 4, true), plainMask(payload));
      assert.is(maskedChecksum(payload), plainMask(payload));
    }),
  );
});

test('records are read up to the first that is cut or damaged', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 8 });
  fc.assert(
    fc.property(payloads, fc.nat(), fc.option(fc.nat()), (list, cut, flip) => {
      const frames = list.map(frameRecord);
      const bytes = concatenate(...frames);
      const length = cut % (bytes.length + 1);
      const part = bytes.slice(0, length);
      const damaged = flip === null || length === 0 ? Number.POSITIVE_INFINITY : (flip >> 3) % length;
      if (damaged < length) part[damaged] ^= 1 << (flip! & 7);
      let end = 0;
      const ends = frames.map((frame) => (end += frame.length)).filter((at) => at <= length && at <= damaged);
      const read = [...readRecords(part)];
      assert.equal(
        read.map((record) => record.end),
        ends,
      );
      assert.equal(
        read.map(({ payload }) => payload),
        list.slice(0, ends.length),
      );
    }),
    { numRuns: 500 },
  );
});

test('any bytes can be read as records and as a message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assert.equal([...readRecords(bytes)], []);
      try {
        for (const { value } of readFields(bytes)) assert.ok(typeof value === 'number' || value.length <= bytes.length);
      } catch (error) {
        assert.instance(error, RangeError);
      }
    }),
    { numRuns: 1000 },
  );
});

const anyScalars = fc.dictionary(
  fc.string().filter((tag) => tag !== '__proto__'),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  { noNullPrototype: true },
);

test('events are read back as they were given', () => {
  const event = fc.record(
    { wallTime: fc.double({ min: 1e-3, max: 1e10, noNaN: true }), step: fc.maxSafeNat(), scalars: anyScalars },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), (events) => {
      const bytes = concatenate(encodeVersion(5), ...events.map(encodeScalars));
      const [version, ...rest] = [...readEvents(bytes)];
      assert.equal([version.fileVersion, version.wallTime], ['brain.Event:2', 5]);
      assert.equal(
        rest.map(({ wallTime, step, scalars }) => ({ wallTime, step, scalars })),
        events,
      );
      assert.is([version, ...rest].at(-1)!.end, bytes.length);
    }),
  );
});

test('fields of other kinds are passed over, and those that are gone refused', async () => {
  const plain = [...readFields(concatenate(new MessageWriter().double(10, 1).text(7, 'x').count(2, 3).finish()))];
  assert.equal(
    plain.map(({ field }) => field),
    [10, 7, 2],
  );
  const error = await errorOf(() => [...readFields(Uint8Array.of(0x0b))]);
  assert.is(error.message, 'expected a kind of field of 0, 1, 2 or 5, got 3');
});

test('the file begins with its version, and goes on where it was cut back to', async () => {
  const folder = createMemoryRunFolder();
  let time = 1_700_000_000.5;
  const events = await openEvents(folder, () => time++);
  for (const step of [10, 20, 30]) await events.append(step, { loss: step / 10 });
  const name = (await findEvents(folder))!;
  assert.is(name, 'events.out.tfevents.1700000000.vaemetrics');
  const whole = (await folder.read(name))!;

  assert.is(await cutBackEvents(folder, 20), 20);
  const again = await openEvents(folder, () => 1_700_000_003.5);
  await again.append(30, { loss: 3 });
  assert.equal(await folder.list(), [name]);
  assert.is(hex((await folder.read(name))!), hex(whole));
});

test('cutting back takes what a stopped writer left', async () => {
  const whole = [10, 20].map((step) => encodeScalars({ wallTime: 1, step, scalars: { loss: 1 } }));
  const version = encodeVersion(1);
  const name = 'events.out.tfevents.0000000001.vaemetrics';
  for (let cut = 0; cut < whole[1].length; cut++) {
    const folder = createMemoryRunFolder([[name, concatenate(version, whole[0], whole[1].subarray(0, cut))]]);
    assert.is(await cutBackEvents(folder, 20), 10);
    assert.is((await folder.read(name))!.length, version.length + whole[0].length);
  }
  for (let cut = 0; cut < version.length; cut++) {
    const folder = createMemoryRunFolder([[name, version.slice(0, cut)]]);
    assert.is(await cutBackEvents(folder, 20), -1);
    await openEvents(folder, () => 1);
    assert.is(hex((await folder.read(name))!), hex(version));
  }
  assert.is(await cutBackEvents(createMemoryRunFolder(), 3), -1);
});

test.run();
