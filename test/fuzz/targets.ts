/** Readers that are tried, each with whole files to damage. */
import { isCodedError } from '../../src/errors.js';
import { inspectArray, memorySource, openArrays, scoreFiles } from '../../src/files.js';
import { imageTargets } from './image-files.js';
import { runTargets } from './run-files.js';
import { encodeTables } from './table-files.js';

/** A whole file. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One reader. */
export interface Target {
  readonly name: string;
  /** Whole files; damaged ones have the same names. */
  files(): Promise<readonly NamedBytes[]>;
  /** Does with a file what commands do. */
  read(bytes: Uint8Array, name: string): Promise<void>;
  /** Whether it is one that must fail, to prove the watchdog. */
  readonly isBad?: boolean;
}

/** Reads every array, then scores what can be scored. */
async function readTable(bytes: Uint8Array, name: string): Promise<void> {
  const source = () => memorySource(bytes, name);
  const { arrays } = await openArrays(source());
  for (const entry of arrays) {
    if (entry.readStrings !== undefined) await entry.readStrings();
    else if (entry.refusal === null) await inspectArray(entry);
  }
  const isArchive = arrays.some((entry) => entry.name !== null);
  const input = isArchive ? source() : { latents: source(), factors: FACTORS };
  // What can be read need not be what can be scored.
  await scoreFiles(input, { metrics: ['mig'], dropNan: true }).catch((error) => {
    if (!isCodedError(error)) throw error;
  });
}

const { tables, factors: FACTORS } = await encodeTables();

const small = { files: async () => [{ name: 'a', bytes: Uint8Array.of(1, 2, 3) }], isBad: true };
let isFirst = true;
/** Fails at the first damaged file, not at the whole one. */
function afterFirst(fail: () => void): Target['read'] {
  return async () => {
    if (!isFirst) fail();
    isFirst = false;
  };
}

export const targets: readonly Target[] = [
  ...Object.entries(tables).map(([name, files]): Target => ({ name, files: async () => files, read: readTable })),
  ...imageTargets,
  ...runTargets,
  { ...small, name: 'bad: throws', read: afterFirst(() => (undefined as unknown as string[]).pop()) },
  { ...small, name: 'bad: ends', read: afterFirst(() => process.exit(70)) },
  {
    ...small,
    name: 'bad: hangs',
    read: afterFirst(() => {
      for (;;);
    }),
  },
];
