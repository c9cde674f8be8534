/** Programs of the pages in docs, run as they stand there. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { runnable } from '../build/runnable.mjs';

const sources = { vaemetrics: '../src/node.ts', 'vaemetrics/train': '../src/train.ts' };

let count = 0;

/**
 * Runs TypeScript that imports the package, from our sources in its place, in the working folder,
 * and gives what it prints.
 */
export async function runExample(code: string): Promise<unknown[][]> {
  const text = code.replace(/from '(vaemetrics[^']*)'/g, (_, entry: keyof typeof sources) => {
    const source = runnable(fileURLToPath(new URL(sources[entry], import.meta.url))).at(-1) as string;
    return `from ${JSON.stringify(pathToFileURL(source).href)}`;
  });
  const path = join(process.cwd(), 'example.mjs');
  writeFileSync(path, transformSync(text, { loader: 'ts' }).code);
  const printed: unknown[][] = [];
  const { log } = console;
  console.log = (...values: unknown[]) => void printed.push(values);
  try {
    // A text of its own each time, though the path is the same.
    await import(`${pathToFileURL(path).href}?${count++}`);
  } finally {
    console.log = log;
    rmSync(path);
  }
  return printed;
}
