/** What the settings of config.json accept: what the options of `train` do, and what a run adds. */

import { FILE_OPTIONS } from '../../data/files/file-options.js';
import { DataError, isOptionError } from '../../errors.js';
import { checkValue, refuseUnknown } from '../../options/check-options.js';
import { THREADS } from '../../options/common-rules.js';
import { describeValues } from '../../options/describe-rule.js';
import { boolean, integer, number, other, type Rule, type Rules, text } from '../../options/rule.js';
import { TRAIN_OPTIONS } from '../declared-options.js';
import { objectives } from '../objectives/index.js';
import { isRecord } from './json-value.js';

const NAME = text({ placeholder: 'name', description: 'a name; parts of your own have names of their own' });
const RECORD = other({ expected: 'an object', accepts: isRecord, description: 'settings by name' });
const LABELS = other({
  expected: 'an array of numbers or of words',
  accepts: (values) => Array.isArray(values) && values.every((value) => ['number', 'string'].includes(typeof value)),
  description: 'values of a factor in the order of their numbers',
});
const COUNT = integer({ minimum: 1, description: 'a count' });
const FRACTION = number({ minimum: 0, maximum: 1, description: 'a decay of Adam' });

/** Every setting that a run must have, those of parts after the part. */
const REQUIRED: Rules = {
  version: NAME,
  data: RECORD,
  'data.name': NAME,
  'data.identity': RECORD,
  objective: RECORD,
  'objective.name': NAME,
  'objective.options': RECORD,
  architecture: NAME,
  latents: TRAIN_OPTIONS.latents,
  likelihood: NAME,
  seed: TRAIN_OPTIONS.seed,
  dataSeed: TRAIN_OPTIONS.dataSeed,
  batchSize: TRAIN_OPTIONS.batchSize,
  shardRows: COUNT,
  learningRate: TRAIN_OPTIONS.learningRate,
  adam: RECORD,
  'adam.beta1': FRACTION,
  'adam.beta2': FRACTION,
  'adam.epsilon': FRACTION,
  backend: RECORD,
  'backend.name': NAME,
  score: RECORD,
  steps: TRAIN_OPTIONS.steps,
  logEvery: TRAIN_OPTIONS.logEvery,
  scoreEvery: TRAIN_OPTIONS.scoreEvery,
  checkpointEvery: TRAIN_OPTIONS.checkpointEvery,
  threads: THREADS,
};

/** Those that a run may lack, or have as null. */
const OPTIONAL: Rules = {
  mlp: RECORD,
  'mlp.width': TRAIN_OPTIONS.mlpWidth,
  'mlp.depth': TRAIN_OPTIONS.mlpDepth,
  'data.path': NAME,
  'data.options': RECORD,
  'data.reading': RECORD,
  'data.reading.white': FILE_OPTIONS.maximum,
  'data.reading.order': FILE_OPTIONS.order,
  'data.reading.size': FILE_OPTIONS.size,
  'data.reading.crop': FILE_OPTIONS.crop,
  'data.reading.channels': FILE_OPTIONS.channels,
  'data.reading.labels': RECORD,
  'data.image': RECORD,
  'data.image.height': COUNT,
  'data.image.width': COUNT,
  'data.image.channels': COUNT,
  'data.identity.testRows': TRAIN_OPTIONS.testRows,
  'backend.tfjs': NAME,
  'backend.build': NAME,
  'score.rows': TRAIN_OPTIONS.scoreRows,
  hasCheckpoint: boolean({ description: 'whether there has been a checkpoint' }),
};

/**
 * @throws DataError naming the setting that is missing, or that the library has no such value for
 */
export function checkSettings(config: Readonly<Record<string, unknown>>, path: string): void {
  const check = (setting: string, value: unknown, rule: Rule) =>
    inFile(path, () => checkValue({ option: setting }, value, rule));
  for (const [setting, rule] of Object.entries(REQUIRED)) {
    const value = settingOf(config, setting);
    if (value === undefined) throw new DataError(`${setting}: expected ${describeValues(rule)}, got nothing`, { path });
    check(setting, value, rule);
  }
  for (const [setting, rule] of Object.entries(OPTIONAL)) {
    const value = settingOf(config, setting);
    if (value !== undefined && value !== null) check(setting, value, rule);
  }
  for (const [name, values] of Object.entries(settingOf(config, 'data.reading.labels') ?? {})) {
    check(`data.reading.labels.${name}`, values, LABELS);
  }
  const name = settingOf(config, 'objective.name');
  for (const [setting, owner, rules] of [
    ['data.options', 'a file of images', FILE_OPTIONS],
    // An objective of the caller's own says itself what it accepts, when it is given.
    ['objective.options', name, objectives.find((objective) => objective.name === name)?.options],
  ] as const) {
    const options = settingOf(config, setting) as Record<string, unknown> | undefined;
    if (options === undefined || rules === undefined) continue;
    inFile(path, () => refuseUnknown(String(owner), options, Object.keys(rules)));
    for (const [option, value] of Object.entries(options)) {
      if (value !== null) check(`${setting}.${option}`, value, (rules as Rules)[option]);
    }
  }
}

/** The value of a setting, by the names of its parts. */
function settingOf(config: Readonly<Record<string, unknown>>, setting: string): unknown {
  let value: unknown = config;
  for (const part of setting.split('.'))
    value = isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value;
}

/** What is wrong with an option of a run is wrong with its file. */
function inFile(path: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (isOptionError(error)) throw new DataError(error.message, { path });
    throw error;
  }
}
