import { type Command, Option } from 'commander';
import { procedural } from '../data/procedural.js';
import { BACKEND_NAMES } from '../train/backends/backend.js';
import { LIKELIHOODS } from '../train/likelihoods/index.js';
import { ARCHITECTURES } from '../train/models/index.js';
import { objectives } from '../train/objectives/index.js';
import type { ObjectiveOption } from '../train/objectives/objective.js';
import { declareFiles, type FileFlags } from './file-flags.js';
import { describeExamples, describeExitCodes } from './help-text.js';
import { numberBetween, oneOf, wholeNumber } from './parse-values.js';
import { UsageError } from './usage-error.js';

/** Flags of `vaemetrics train` as they are parsed; those of objectives under their own names. */
export interface TrainFlags extends FileFlags {
  readonly data?: string;
  readonly model?: string;
  readonly architecture?: string;
  readonly latents?: number;
  readonly likelihood?: string;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly dataSeed?: number;
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

/** Declares the options; those of objectives follow from the registry. */
export function declareTrain(command: Command): void {
  const names = (list: ReadonlyArray<{ readonly name: string }>) => list.map(({ name }) => name);
  const text = (flag: string, what: string) => new Option(flag, what);
  const count = (flag: string, what: string, least: number) =>
    text(`${flag} <n>`, what).argParser(wholeNumber(flag, least));
  const choice = (flag: string, what: string, words: readonly string[]) =>
    text(`${flag} <name>`, what).argParser(oneOf(flag, words));
  const group = (heading: string, ...options: Option[]) => {
    for (const option of options) command.addOption(option.helpGroup(heading));
  };
  const models = names(objectives);
  const architectures = names(ARCHITECTURES);
  const likelihoods = names(LIKELIHOODS);
  const backends = ['auto', ...BACKEND_NAMES.filter((name) => name !== 'webgl')];
  command.description(
    'Trains a model of the VAE family. Leaves a folder with the log, checkpoints, and the posterior of held-out images.',
  );
  group(
    'Images and run:',
    text('--data <name|path>', `images: ${names(procedural).join(', ')}, or the path of a file or folder`),
    count('--data-seed', 'of images that are drawn, and of which are held out (default: 0)', 0),
    text('--out <folder>', 'where the run is kept: new, or empty'),
    text('--resume <folder>', 'go on with a run, with the settings that it began with'),
    text('-q, --quiet', 'no progress'),
    text('--json', 'print the outcome as one JSON document'),
  );
  declareFiles(command);
  group(
    'Model:',
    choice('--model', `objective: ${models.join(', ')} (default: beta-vae)`, models),
    choice('--architecture', `networks: ${architectures.join(', ')} (default: burgess)`, architectures),
    count('--latents', 'dimensions of the latent space (default: 10)', 1),
    choice('--likelihood', `of pixels: ${likelihoods.join(', ')} (default: bernoulli)`, likelihoods),
  );
  group(
    'Training:',
    count('--steps', 'steps in all (default: 5000)', 1),
    count('--batch-size', "images per step (default: the architecture's, 64)", 2),
    text('--learning-rate <x>', "of Adam (default: the architecture's)").argParser(
      numberBetween('--learning-rate', 0, 1e3),
    ),
    count('--seed', 'of the first weights, the order of batches, draws of the model (default: 0)', 0),
    choice('--backend', `what computes: ${backends.join(', ')} (default: auto, the first that works)`, backends),
    count('--threads', 'on wasm and cpu; the numbers are the same for any (default: as many as help, 4 at most)', 1),
  );
  group(
    'Log, scores, checkpoints:',
    count('--log-every', 'steps between lines of the log (default: 10)', 1),
    count('--test-rows', 'images that are held out (default: a tenth, 10000 at most)', 0),
    count('--score-rows', 'held-out images that are scored (default: 3000)', 0),
    count('--score-every', 'steps between scores; 0 for the end alone (default: 500)', 0),
    count('--checkpoint-every', 'steps between checkpoints (default: 200)', 1),
  );
  for (const [flag, uses] of objectiveFlags()) {
    const owners = uses.map(({ owner }) => owner).join(', ');
    group(`Only ${owners}:`, declareOption(flag, uses));
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
    ]) + describeExitCodes(),
  );
}

/** An option as one objective has it. */
interface Use {
  readonly owner: string;
  readonly option: ObjectiveOption;
}

/** The options of all objectives by name. */
function objectiveFlags(): Map<string, Use[]> {
  const flags = new Map<string, Use[]>();
  for (const { name: owner, options } of objectives) {
    for (const [flag, option] of Object.entries(options)) {
      const uses = flags.get(flag) ?? [];
      uses.push({ owner, option });
      flags.set(flag, uses);
    }
  }
  return flags;
}

function declareOption(flag: string, uses: readonly Use[]): Option {
  const [{ option }] = uses;
  const about = describeUses(uses);
  if (option.values) {
    return new Option(`--${flag} <name>`, `${about}: ${option.values.join(', ')}`).argParser(
      oneOf(`--${flag}`, option.values),
    );
  }
  if (typeof option.default === 'boolean') return new Option(`--${flag}`, about);
  const [least, most] = option.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return option.isWhole
    ? new Option(`--${flag} <n>`, about).argParser(wholeNumber(`--${flag}`, least, most))
    : new Option(`--${flag} <x>`, about).argParser(numberBetween(`--${flag}`, least, most));
}

/** Objectives differ in meanings and defaults of an option that they share. */
function describeUses(uses: readonly Use[]): string {
  const defaultOf = ({ default: value }: ObjectiveOption) => (value === null ? '' : ` (default: ${value})`);
  const texts = uses.map(({ owner, option }) => ({ owner, text: `${option.describe}${defaultOf(option)}` }));
  if (texts.every(({ text }) => text === texts[0].text)) return texts[0].text;
  return texts.map(({ owner, text }) => `${owner}: ${text}`).join('; ');
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
