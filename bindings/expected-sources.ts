/**
 * The sources that the WebAssembly must have been built from: in the repository those of `assembly`
 * as they are now; in a bundle those it was made with, which rollup.config.mjs puts in this
 * module's place.
 */
import { fingerprintSources } from '../build/sources.mjs';

export const EXPECTED_SOURCES: string = fingerprintSources();
