import { EXIT_MEANINGS } from './exit-codes.js';

/** A command line worth copying, and what it does. */
export interface Example {
  readonly does: string;
  readonly command: string;
}

/** The examples of a command, for the end of its help. */
export function describeExamples(examples: readonly Example[]): string {
  const lines = examples.flatMap(({ does, command }) => [`  # ${does}`, `  ${command}`, '']);
  return `\nExamples:\n${lines.slice(0, -1).join('\n')}\n`;
}

/** The exit codes, for the end of help. */
export function describeExitCodes(): string {
  const lines = EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}\n`;
}

/** What files are read, for the end of help. */
export const FORMATS_TEXT = `
Files:
  Samples are rows: latents (N, D), factors (N, K). The format is told by how a file begins:
  .npy .npz .safetensors .parquet .h5 .pt .mat .csv .tsv .json .jsonl .vmat, .gz of any of them,
  and .bin for bare little-endian values.
  An archive needs no options if its members have usual names: latents, mu, codes, z_mean,
  embeddings ...; factors, labels, y, targets ... Of a folder of a run its posterior.npz is read.
  Formats in detail: docs/formats.md
`;
