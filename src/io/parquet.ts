import { type ArrayFormat, beginsWith } from './array-format.js';

const MAGIC = [0x50, 0x41, 0x52, 0x31];

/** .parquet, one array of all columns; what reads it is loaded on use. */
export const parquet = {
  name: 'parquet',
  extensions: ['parquet'],
  begins: (prefix) => beginsWith(prefix, MAGIC),
  open: async (source, options) => (await import('./parquet/table.js')).openParquet(source, options),
} as const satisfies ArrayFormat;
