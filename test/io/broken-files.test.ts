import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCodedError } from '../../src/errors.js';
import { memorySource, openArrays } from '../../src/io/index.js';
import { BROKEN_FILES } from './broken-files.js';
import { errorOf } from './matrices.js';

for (const { what, path, bytes, options, member, message } of BROKEN_FILES) {
  const open = async () => {
    const { arrays } = await openArrays(memorySource(bytes, path), options);
    const entry = member === undefined ? arrays[0] : arrays.find(({ name }) => name === member);
    if (entry === undefined) throw new Error(`found no ${member}`);
    return entry;
  };

  test(`refuses ${what}`, async () => {
    const error = await errorOf(async () => (await open()).read());
    assert.is(error.message, message);
    assert.ok(isCodedError(error));
    assert.not.match(error.message, '\n');
  });

  test(`refuses ${what} in chunks as well`, async () => {
    const error = await errorOf(async () => {
      for await (const _ of (await open()).chunks());
    });
    assert.is(error.message, message);
  });
}

test.run();
