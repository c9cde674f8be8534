/** The entry of a worker in the repository, run without bundling. */
import { importTypeScript } from '../build/runnable.mjs';

await importTypeScript(new URL('../src/worker.ts', import.meta.url));
