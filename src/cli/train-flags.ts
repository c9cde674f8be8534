import type { Command } from 'commander';
import { procedural } from '../data/procedural.js';
import { describeDefault } from '../options/describe-rule.js';
import { boolean, type Rule, type Rules, text } from '../options/rule.js';
import { TRAIN_OPTIONS } from '../train/declared-options.js';
import { objectives } from '../train/objectives/index.js';
import { declareFiles } from './file-flags.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples, describeExitCodes } from './help-text.js';
import { HOST_BACKENDS } from './host-backends.js';
import { UsageError } from './usage-error.js';

const {
  dataSeed,
  model,
  architecture,
  mlpWidth,
  mlpDepth,
  latents,
  likelihood,
  testRows,
  scoreRows,
  logEvery,
  scoreEvery,
  checkpointEvery,
} = TRAIN_OPTIONS;
const { steps, batchSize, learningRate, seed, threads } = TRAIN_OPTIONS;
const backend = HOST_BACKENDS;

/** Options of the command alone, and those that a program gives as objects. */
const RUN_OPTIONS = {
  data: text({
    placeholder: 'name|path',
    description: `images: ${procedural.map(({ name }) => name).join(', ')}, or the path of a file or folder`,
  }),
  out: text({ placeholder: 'folder', description: 'where the run is kept: new, or empty' }),
  resume: text({
    placeholder: 'folder',
    description: 'go on with a run, with the settings that it began with',
  }),
  quiet: boolean({ description: 'no progress' }),
  json: boolean({ description: 'print the outcome as one JSON document' }),
};

/** Declares the options; those of objectives follow from the registry. */
export function declareTrain(command: Command): void {
  command.description(
    'Trains a model of the VAE family. Leaves a folder with the log, checkpoints, and the posterior of held-out images.',
  );
  const { data, ...run } = RUN_OPTIONS;
  declareFlags(command, 'Images and run:', { data, dataSeed, ...run }, { resume: { sets: { option: 'out' } } });
  declareFiles(command);
  declareFlags(command, 'Model:', { model, architecture, mlpWidth, mlpDepth, latents, likelihood });
  declareFlags(command, 'Training:', { steps, batchSize, learningRate, seed, backend, threads });
  declareFlags(command, 'Log, scores, checkpoints:', { logEvery, testRows, scoreRows, scoreEvery, checkpointEvery });
  for (const [name, { owners, rule }] of objectiveOptions()) {
    declareFlags(command, `Only ${owners.join(', ')}:`, { [name]: rule });
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

/** The options of all objectives by name: each once, whoever has it. */
function objectiveOptions(): Map<string, { readonly owners: readonly string[]; readonly rule: Rule }> {
  const uses = new Map<string, Array<{ readonly owner: string; readonly rule: Rule }>>();
  for (const { name: owner, options } of objectives) {
    for (const [name, rule] of Object.entries(options)) uses.set(name, [...(uses.get(name) ?? []), { owner, rule }]);
  }
  const merged = [...uses].map(([name, all]) => {
    const owners = all.map(({ owner }) => owner);
    return [name, { owners, rule: mergeRules(all) }] as const;
  });
  return new Map(merged);
}

/** Objectives differ in meanings and defaults of an option that they share. */
function mergeRules(uses: ReadonlyArray<{ readonly owner: string; readonly rule: Rule }>): Rule {
  const [{ rule }] = uses;
  const describe = ({ rule }: { readonly rule: Rule }) => {
    const usual = describeDefault(rule);
    return `${rule.description}${usual === null ? '' : ` (default: ${usual})`}`;
  };
  if (new Set(uses.map(describe)).size === 1) return rule;
  const description = uses.map((use) => `${use.owner}: ${describe(use)}`).join('; ');
  return { ...rule, default: null, defaultText: undefined, description } as Rule;
}

/** What was given, by the names of options: of the command, of `train`, and of the objective. */
export function readTrainFlags(command: Command) {
  const ofObjectives: Rules = Object.fromEntries([...objectiveOptions()].map(([name, { rule }]) => [name, rule]));
  return {
    run: readFlags(command, RUN_OPTIONS),
    training: readFlags(command, TRAIN_OPTIONS),
    modelOptions: readFlags(command, ofObjectives),
  };
}

export type RunFlags = ReturnType<typeof readTrainFlags>['run'];

/** @throws UsageError for flags that do not go together */
export function checkTrainFlags({ data, out, resume }: RunFlags): void {
  if (resume !== undefined && out !== undefined) {
    throw new UsageError('expected --out for a new run or --resume for one that there is, got both');
  }
  if (resume === undefined && data === undefined) throw new UsageError('expected --data, or --resume and a run');
  if (resume === undefined && out === undefined) throw new UsageError('expected --out and a folder for the run');
}
