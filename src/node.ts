/** vaemetrics in Node: the façade, readers and writers, and the file system. */
export * from './files.js';
export { NoInputError, openFileSource } from './io/file-source.js';
export { writeFileAtomically } from './io/write-file.js';
