/** The entry of a worker that trains the pair. */
import { importTypeScript } from '../../../build/runnable.mjs';

await importTypeScript(new URL('./worker.ts', import.meta.url));
