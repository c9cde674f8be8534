/** The entry of a training worker in the repository, run without bundling. */
import { importTypeScript } from '../../../build/runnable.mjs';

await importTypeScript(new URL('./worker.ts', import.meta.url));
