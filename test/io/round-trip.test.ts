import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../src/errors.js';
import {
  type ByteSource,
  blobSource,
  memorySource,
  openArrays,
  writeCsv,
  writeNpy,
  writeNpz,
  writeSafetensors,
  writeVmat,
} from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import { anyMatrix, assertSame, collect, gather } from './matrices.js';

type Bytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const WRITERS: Readonly<Record<string, (matrix: Matrix) => Bytes>> = {
  'a.npy': writeNpy,
  'a.bin': writeVmat,
  'a.npz': (matrix) => writeNpz([{ name: 'z', matrix }]),
  'compressed.npz': (matrix) => writeNpz([{ name: 'z', matrix }], { compress: true }),
  'a.safetensors': (matrix) => writeSafetensors([{ name: 'z', matrix }]),
};

async function readFirst(source: ByteSource): Promise<Matrix> {
  const { arrays } = await openArrays(source);
  return arrays[0].read();
}

for (const [path, write] of Object.entries(WRITERS)) {
  test(`reads what it wrote: ${path}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyMatrix(), fc.boolean(), async (matrix, isBlob) => {
        const bytes = await collect(write(matrix));
        const source = isBlob ? blobSource(new Blob([bytes as BlobPart]), path) : memorySource(bytes, path);
        const [entry] = (await openArrays(source)).arrays;
        assert.is(entry.dtype, matrix.dtype);
        assert.equal(entry.shape, [matrix.rows, matrix.columns]);
        assert.is(entry.bytes, matrix.data.byteLength);
        assertSame(await entry.read(), matrix);
        assertSame(await gather(entry.chunks(), matrix), matrix);
      }),
      { numRuns: 100 },
    );
  });

  test(`refuses every cut and every byte to spare: ${path}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyMatrix(), async (matrix) => {
        const bytes = await collect(write(matrix));
        const others = Array.from({ length: 24 }, (_, i) => bytes.subarray(0, Math.floor((i * bytes.length) / 24)));
        others.push(bytes.subarray(0, -1), new Uint8Array([...bytes, 0]));
        for (const other of others) {
          try {
            await readFirst(memorySource(other, path));
          } catch (error) {
            if (!(error instanceof DataError)) throw error;
            continue;
          }
          assert.unreachable(`read ${other.length} of ${bytes.length} bytes`);
        }
      }),
      { numRuns: 20 },
    );
  });

  test(`fails with a DataError or gives the size it declared, whatever bit flips: ${path}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyMatrix(), fc.nat(), fc.nat(7), async (matrix, at, bit) => {
        const bytes = await collect(write(matrix));
        bytes[at % bytes.length] ^= 1 << bit;
        try {
          const { arrays } = await openArrays(memorySource(bytes, path));
          for (const entry of arrays) {
            const { rows, columns, data } = await entry.read();
            assert.is(
              rows * columns,
              entry.shape.reduce((a, b) => a * b, 1),
            );
            assert.is(data.byteLength, entry.bytes);
          }
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
        }
      }),
      { numRuns: 250 },
    );
  });

  test(`fails with a DataError on bytes that only begin like it: ${path}`, async () => {
    const [start] = await Promise.all([collect(write(new Matrix(Float32Array.of(1, 2), 1, 2)))]);
    await fc.assert(
      fc.asyncProperty(fc.nat(start.length), fc.uint8Array({ maxLength: 300 }), async (kept, rest) => {
        const bytes = new Uint8Array([...start.subarray(0, kept), ...rest]);
        try {
          await readFirst(memorySource(bytes, path));
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
        }
      }),
      { numRuns: 100 },
    );
  });
}

for (const compress of [false, true]) {
  test(`notices any flipped bit of ${compress ? 'a deflated' : 'a stored'} member`, async () => {
    const matrix = new Matrix(
      Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)),
      20,
      3,
    );
    const bytes = await collect(writeNpz([{ name: 'z', matrix }], { compress }));
    const payload = Buffer.from(bytes).indexOf('PK\x01\x02', 0, 'latin1');
    let noticed = 0;
    for (let bit = (30 + 5) * 8; bit < payload * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      try {
        // The bits after the end of the deflated data, up to the next byte, mean nothing.
        assertSame(await readFirst(memorySource(damaged, 'a.npz')), matrix);
        assert.ok(compress && bit >= payload * 8 - 8, `bit ${bit}`);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        noticed++;
      }
    }
    assert.ok(noticed >= (payload - 30 - 5) * 8 - 8);
  });
}

test('reads the numbers that it wrote as text, and tells integers from floats', async () => {
  await fc.assert(
    fc.asyncProperty(anyMatrix(), fc.constantFrom(',' as const, '\t' as const), async (matrix, delimiter) => {
      if (matrix.rows === 0) return;
      const columnNames = Array.from({ length: matrix.columns }, (_, i) => `unit "${i}"; ${delimiter}`);
      const bytes = await collect(writeCsv(matrix, { delimiter, columnNames }));
      const path = delimiter === ',' ? 'a.csv' : 'a.tsv';
      const [entry] = (await openArrays(memorySource(bytes, path))).arrays;
      const isFloat = matrix.dtype.startsWith('float') || matrix.data.some((value) => value !== (value | 0));
      assert.is(entry.dtype, isFloat ? 'float64' : 'int32');
      assert.equal(
        entry.columnNames,
        columnNames.map((name) => name.trim()),
      );
      const read = await entry.read();
      assert.equal([read.rows, read.columns], [matrix.rows, matrix.columns]);
      for (let i = 0; i < matrix.data.length; i++) assert.ok(Object.is(read.data[i], matrix.data[i]));
    }),
    { numRuns: 200 },
  );
});

test('fails with a DataError on any text that is no table', async () => {
  const text = fc.stringMatching(/^[0-9,;\t\n\r."'xe+\- na]{0,40}$/);
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, fc.string()), async (string) => {
      try {
        const matrix = await readFirst(memorySource(new TextEncoder().encode(string), 'a.csv'));
        assert.is(matrix.data.length, matrix.rows * matrix.columns);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
      }
    }),
    { numRuns: 700 },
  );
});

test('fails with a DataError on arbitrary bytes under any name', async () => {
  const name = fc.constantFrom('a.npy', 'a.npz', 'a.csv', 'a.tsv', 'a.safetensors', 'a.parquet', 'a.bin', '-');
  const magic = fc.constantFrom([], [...Buffer.from('PAR1')], [...Buffer.from('VMAT')], [...Buffer.from('PK\x03\x04')]);
  await fc.assert(
    fc.asyncProperty(name, magic, fc.uint8Array({ maxLength: 200 }), async (path, start, rest) => {
      const end = start[0] === 0x50 && start[1] === 0x41 ? start : [];
      try {
        await readFirst(memorySource(new Uint8Array([...start, ...rest, ...end]), path));
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
      }
    }),
    { numRuns: 700 },
  );
});

test.run();
