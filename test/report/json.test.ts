import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toJson } from '../../src/report/json.js';

test('lays objects out over lines and plain arrays on one', () => {
  assert.is(
    toJson({
      name: 'mig',
      parts: {
        rows: [
          [1, 2.5],
          [3, null],
        ],
        none: [],
        empty: {},
      },
    }),
    '{\n  "name": "mig",\n  "parts": {\n    "rows": [\n      [1, 2.5],\n      [3, null]\n    ],\n    "none": [],\n    "empty": {}\n  }\n}\n',
  );
});

test('writes what JSON.parse reads back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(JSON.parse(toJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('keeps all digits', () => {
  assert.is(toJson([0.1 + 0.2, 1e-300, 123456789.125]), '[0.30000000000000004, 1e-300, 123456789.125]\n');
});

test('has null for what JSON has no number for, and leaves out what is not there', () => {
  assert.is(toJson({ a: Number.NaN, b: Number.POSITIVE_INFINITY, c: undefined }), '{\n  "a": null,\n  "b": null\n}\n');
});

test('writes typed arrays as arrays', () => {
  assert.is(toJson(Float32Array.of(0.5, 2)), '[0.5, 2]\n');
});

test.run();
