import { type ArrayFormat, beginsWith } from './array-format.js';

export const HDF5_MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** .h5, an archive of arrays; what reads it is loaded on use. */
export const hdf5 = {
  name: 'hdf5',
  extensions: ['h5', 'hdf5', 'hdf', 'he5'],
  begins: (prefix) => beginsWith(prefix, HDF5_MAGIC),
  open: async (source) => (await import('./hdf5/open.js')).openHdf5(source),
} as const satisfies ArrayFormat;
