import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { procedural } from '../data/procedural.js';
import { BACKEND_NAMES } from '../train/backends/backend.js';
import { LIKELIHOODS } from '../train/likelihoods/index.js';
import { ARCHITECTURES } from '../train/models/index.js';
import { objectives } from '../train/objectives/index.js';
import type { ObjectiveOption } from '../train/objectives/objective.js';
import { describeExamples } from './help-text.js';
import { numberBetween, wholeNumber } from './parse-values.js';
import { UsageError } from './usage-error.js';

/** Flags of `vaemetrics train` as they are parsed; those of objectives under their own names. */
export interface TrainFlags {
  readonly data?: string;
  readonly model?: string;
  readonly architecture?: string;
  readonly latents?: number;
  readonly likelihood?: string;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly backend?: string;
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly testRows?: number;
  readonly scoreRows?: number;
  readonly logEvery?: number;
  readonly scoreEvery?: number;
  readonly checkpointEvery?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly [option: string]: unknown;
}

/** Threads where none are asked for: a batch of 64 has four shards. */
export const DEFAULT_THREADS = Math.min(availableParallelism(), 4);

/** Declares the options; those of objectives follow from the registry. */
export function declareTrain(command: Command): void {
  const names = (list: ReadonlyArray<{ readonly name: string }>) => list.map(({ name }) => name);
  const count = (flag: string, what: string, least: number) =>
    new Option(`${flag} <n>`, what).argParser(wholeNumber(flag, least));
  command
    .description(
      'Trains a model of the VAE family. Leaves a folder with the log, checkpoints, and the posterior of held-out images.',
    )
    .option('--data <name|path>', `images: ${names(procedural).join(', ')}, a file, or a folder`)
    .option('--out <folder>', 'where the run is kept: new, or empty')
    .option('--resume <folder>', 'go on with a run, with the settings that it began with')
    .addOption(new Option('--model <name>', 'objective (default: beta-vae)').choices(names(objectives)))
    .addOption(new Option('--architecture <name>', 'networks (default: burgess)').choices(names(ARCHITECTURES)))
    .addOption(count('--latents', 'dimensions of the latent space (default: 10)', 1))
    .addOption(new Option('--likelihood <name>', 'of pixels (default: bernoulli)').choices(names(LIKELIHOODS)))
    .addOption(count('--steps', 'steps in all (default: 5000)', 1))
    .addOption(count('--batch-size', "images per step (default: the architecture's, 64)", 2))
    .addOption(
      new Option('--learning-rate <x>', "of Adam (default: the architecture's)").argParser(
        numberBetween('--learning-rate', 0, 1e3),
      ),
    )
    .addOption(count('--seed', 'seed of every draw (default: 0)', 0))
    .addOption(
      new Option('--backend <name>', 'what computes').choices([
        'auto',
        ...BACKEND_NAMES.filter((name) => name !== 'webgl'),
      ]),
    )
    .addOption(
      count('--threads', `threads, on wasm and cpu; the numbers are the same (default: ${DEFAULT_THREADS})`, 1),
    )
    .addOption(count('--test-rows', 'images that are held out (default: a tenth, 10000 at most)', 0))
    .addOption(count('--score-rows', 'held-out images that are scored (default: 3000)', 0))
    .addOption(count('--score-every', 'steps between scores; 0 for the end alone (default: 500)', 0))
    .addOption(count('--log-every', 'steps between lines of the log (default: 10)', 1))
    .addOption(count('--checkpoint-every', 'steps between checkpoints (default: 200)', 1))
    .option('-q, --quiet', 'no progress')
    .option('--json', 'print the outcome as JSON');
  for (const [flag, { owners, option }] of objectiveFlags()) {
    command.addOption(declareOption(flag, owners, option));
  }
  command.addHelpText(
    'after',
    describeExamples([
      {
        does: 'a first run, from nothing',
        command: 'vaemetrics train --data shapes-5 --model beta-vae --beta 4 --latents 10 --out runs/first',
      },
      { does: 'going on after Ctrl-C, or for longer', command: 'vaemetrics train --resume runs/first --steps 10000' },
      { does: 'what came of it', command: 'vaemetrics score runs/first' },
    ]),
  );
}

/** The options of all objectives by name, each with the objectives that have it. */
function objectiveFlags(): Map<string, { owners: string[]; option: ObjectiveOption }> {
  const flags = new Map<string, { owners: string[]; option: ObjectiveOption }>();
  for (const { name: owner, options } of objectives) {
    for (const [flag, option] of Object.entries(options)) {
      const known = flags.get(flag);
      if (known === undefined) flags.set(flag, { owners: [owner], option });
      else known.owners.push(owner);
    }
  }
  return flags;
}

function declareOption(flag: string, owners: readonly string[], option: ObjectiveOption): Option {
  // Objectives differ in defaults and meanings of an option that they share.
  const text = owners.length === 1 ? option.describe : 'see the page of objectives';
  const about = `${owners.join(', ')}: ${text}`;
  if (option.values) return new Option(`--${flag} <name>`, about).choices(option.values);
  if (typeof option.default === 'boolean') return new Option(`--${flag}`, about);
  const [least, most] = option.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return new Option(`--${flag} <x>`, about).argParser(numberBetween(`--${flag}`, least, most));
}

/** The options of objectives that were given, by their own names. */
export function readObjectiveFlags(flags: TrainFlags): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const flag of objectiveFlags().keys()) {
    const value = flags[flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined) given[flag] = value;
  }
  return given;
}

/** @throws UsageError for flags that do not go together */
export function checkTrainFlags({ data, out, resume }: TrainFlags): void {
  if (resume !== undefined && out !== undefined) {
    throw new UsageError('expected --out for a new run or --resume for one that there is, got both');
  }
  if (resume === undefined && data === undefined) throw new UsageError('expected --data, or --resume and a run');
  if (resume === undefined && out === undefined) throw new UsageError('expected --out and a folder for the run');
}
