import type { ByteSource, openArrays } from '../../../src/files.js';

export function readArrays(library: { readonly openArrays: typeof openArrays }, source: ByteSource): Promise<string>;
