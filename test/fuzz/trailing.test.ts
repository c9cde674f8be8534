/** Bytes behind the end of a file are refused: they may be the end of another. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCodedError } from '../../src/errors.js';
import { targets } from './targets.js';

/** Cameras put previews behind a JPEG, which is noted; a stopped writer leaves part of a line. */
const ALLOWED = ['jpeg', 'run: log.jsonl'];

for (const { name, isBad, files, read } of targets) {
  if (isBad || ALLOWED.includes(name)) continue;
  test(`${name}: bytes behind the end are refused`, async () => {
    const [{ name: file, bytes }] = await files();
    await read(bytes, file);
    const longer = new Uint8Array(Buffer.concat([bytes, Uint8Array.of(1, 2, 3, 250, 9, 8, 7)]));
    const refusal = await read(longer, file).then(
      () => null,
      (error: unknown) => error,
    );
    assert.ok(isCodedError(refusal), String(refusal));
  });
}

test.run();
