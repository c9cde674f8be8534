/** `vaemetrics encode --encoder`: by an encoder that is named and is no run. */
import type { Command } from 'commander';
import type { BaselineOptions } from '../baselines/baseline.js';
import { openDataset } from '../data/index.js';
import { wrongValue } from '../errors.js';
import type { GivenOf } from '../options/rule.js';
import { toJson } from '../report/json.js';
import { posteriorToNpz } from '../train/posterior-archive.js';
import type { ENCODE_OPTIONS } from '../trained/declared-options.js';
import { encode } from '../trained/encode-dataset.js';
import { openEncoder, optionsOf } from '../trained/open-encoder.js';
import { checkEnding } from './check-ending.js';
import { filesNamed } from './file-flags.js';
import type { ComputeFlags } from './model-flags.js';
import { describe, render, SCHEMA, tellPlan } from './present-encoded.js';
import { startProgress } from './progress.js';
import { tellNotes } from './tell-notes.js';
import { type Terminal, whileHeld } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';
import { checkOutput, writeOutput } from './write-output.js';

/** What was given on the command line, by whom it is for. */
export interface EncoderFlags {
  readonly model: ComputeFlags;
  readonly fitting: Omit<BaselineOptions, 'seed'>;
  readonly rows: GivenOf<typeof ENCODE_OPTIONS>;
  readonly output: { readonly out?: string; readonly quiet?: boolean; readonly json?: boolean };
}

/** Refuses flags that change nothing. */
export function refuseFlags(what: string, given: object): void {
  const [option] = Object.keys(given);
  if (option !== undefined) throw wrongValue({ option, problem: `has no effect on ${what}` });
}

export async function encodeByName(
  name: string,
  flags: EncoderFlags,
  command: Command,
  terminal: Terminal,
): Promise<void> {
  const { data: source, backend, checkpoint, untrained, ...ofFiles } = flags.model;
  const { out, quiet, json } = flags.output;
  const { seed = 0 } = flags.rows;
  refuseFlags(name, { ...(checkpoint && { checkpoint }), ...(untrained && { untrained }) });
  if (source === undefined) throw new UsageError(`expected --data: images that ${name} encodes`);
  if (out === undefined) throw new UsageError('expected --out and a file to write');
  checkEnding('--out', out, '.npz');
  await checkOutput(out, filesNamed(source));
  const { signal } = terminal;
  const data = await untilAborted(() => openDataset(source, { ...ofFiles, seed }), signal);
  const progress = quiet ? null : startProgress(terminal);
  try {
    if (!quiet) tellNotes(terminal, command, { data: data.name, notes: data.notes ?? [] });
    const ofSeed = 'seed' in optionsOf(name) ? { seed } : {};
    const encoder = await openEncoder(name, { data, signal, ...flags.fitting, ...ofSeed, ...(backend && { backend }) });
    try {
      const { notes } = encoder;
      if (!quiet) tellNotes(terminal, command, { data: encoder.name, notes });
      const encoded = await encode(encoder, {
        data,
        ...flags.rows,
        seed,
        signal,
        onPlan: (plan) => {
          if (!quiet) tellPlan(plan, flags.rows.rows === undefined, terminal);
        },
        onProgress: ({ done, total }) => progress?.update({ metric: 'encode', phase: 'images', done, total }),
      }).finally(() => progress?.clear());
      await whileHeld(terminal, () => writeOutput(out, posteriorToNpz(encoded)));
      const document = { schema: SCHEMA, encoder: encoder.name, ...describe(out, encoded), notes };
      terminal.stdout.write(json ? toJson(document) : render(out, encoded, `by ${encoder.name}`));
    } finally {
      await encoder.close();
    }
  } finally {
    await data.close?.();
  }
}
