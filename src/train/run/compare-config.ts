/** What may change when a run is resumed, and what may not. */
import { DataError, wrongValue } from '../../errors.js';
import { mention, type Phrase, phrase } from '../../phrase.js';
import type { Checkpoint } from './checkpoint.js';
import { CONFIG_NAME, type RunConfig } from './config.js';
import { isRecord, type JsonRecord, type JsonValue } from './json-value.js';
import { pathIn, type RunFolder } from './run-folder.js';

/** Settings that decide nothing about the numbers of a step, or follow from those that do. */
const CHANGEABLE = [
  'data.path',
  'data.options',
  'data.options.unpackTo',
  'data.image',
  'backend.given',
  // Whether they are the same images their identity says.
  'data.name',
  'steps',
  'logEvery',
  'scoreEvery',
  'checkpointEvery',
  'threads',
  'hasCheckpoint',
] as const;

/** A setting in which two configurations differ; undefined on the side that lacks it. */
export interface Difference {
  /** `objective.options.beta`. */
  readonly setting: string;
  readonly expected: JsonValue | undefined;
  readonly got: JsonValue | undefined;
  /** Whether the run would be another one. */
  readonly isDeciding: boolean;
}

/** What differs, setting by setting, in the order of the first. */
export function compareConfig(before: RunConfig, now: RunConfig): Difference[] {
  return compare(before as unknown as JsonRecord, now as unknown as JsonRecord, '').map((difference) => ({
    ...difference,
    isDeciding: !(CHANGEABLE as readonly string[]).includes(difference.setting) && !isOfIdentity(difference),
  }));
}

/**
 * How data were read, or an option of theirs that was left out, and is no other than its default:
 * where it is another, the identity differs.
 */
function isOfIdentity({ setting, expected, got }: Omit<Difference, 'isDeciding'>): boolean {
  if (setting.startsWith('data.reading')) return true;
  return setting.startsWith('data.options.') && (expected === undefined || got === undefined);
}

function compare(
  before: JsonValue | undefined,
  now: JsonValue | undefined,
  setting: string,
): Array<Omit<Difference, 'isDeciding'>> {
  if (isRecord(before) && isRecord(now)) {
    return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key) =>
      compare(ownValue(before, key), ownValue(now, key), setting === '' ? key : `${setting}.${key}`),
    );
  }
  return canonical(before) === canonical(now) ? [] : [{ setting, expected: before, got: now }];
}

function ownValue(record: object, key: string): JsonValue | undefined {
  return Object.hasOwn(record, key) ? (record as Record<string, JsonValue>)[key] : undefined;
}

/** JSON with names in order, so that only values are compared. */
function canonical(value: JsonValue | undefined): string | undefined {
  return JSON.stringify(value, (_, item) =>
    isRecord(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

/** What another backend brings with it. */
const OF_BACKEND = ['backend.name', 'backend.tfjs', 'backend.build', 'shardRows'];

/**
 * Refuses to go on with a run under settings of another.
 * @param isBackendChosen whether the caller has said what computes; then it may be another backend,
 * or a tf of another version
 * @returns what the user should know: that the run goes on elsewhere
 * @throws RangeError that names each setting, with both values
 */
export function checkResume(before: RunConfig, now: RunConfig, path: string, isBackendChosen = false): string[] {
  const deciding = compareConfig(before, now).filter(({ isDeciding }) => isDeciding);
  if (deciding.length === 0) return [];
  const isElsewhere = deciding.some(({ setting }) => setting.startsWith('backend.'));
  // The name that a run has is no choice of another build.
  const mayBeElsewhere = isBackendChosen && (before.backend.name !== now.backend.name || now.backend.given === true);
  const refused = mayBeElsewhere ? deciding.filter(({ setting }) => !OF_BACKEND.includes(setting)) : deciding;
  if (refused.length === 0) {
    const [from, to] = [before, now].map(({ backend }) => describeBackend(backend));
    return [`the run began on ${from} and goes on on ${to}: its numbers are rounded otherwise from here on`];
  }
  const help =
    isElsewhere && !mayBeElsewhere
      ? `; it computes on ${describeBackend(before.backend)}; to go on elsewhere, name the backend or give the tf`
      : '';
  const told = new Map<string, Phrase>();
  for (const { setting, expected, got } of refused) {
    if (follows(setting, refused)) continue;
    const { option, detail } = optionOf(setting);
    const where = told.size === 0 ? ` as in ${path}` : '';
    if (!told.has(option)) told.set(option, phrase`${detail}${show(expected)}${where}, got ${show(got)}`);
  }
  const [[first, difference], ...others] = told;
  const isOwn = refused.some(({ setting }) => setting === `objective.options.${first}`);
  const rest = others.flatMap(([option, text]) => ['; ', mention(option), ' ', ...text]);
  throw wrongValue({
    option: first,
    ...(isOwn && { owner: before.objective.name }),
    problem: ['expected ', ...difference, ...rest, help],
  });
}

/** Whether a setting differs because another does, which is what to say. */
function follows(setting: string, refused: readonly Difference[]): boolean {
  const differs = (beginning: string) => refused.some((other) => other.setting.startsWith(beginning));
  if (setting === 'shardRows') return differs('backend.') || differs('batchSize');
  if (setting.startsWith('objective.options.')) return differs('objective.name');
  return setting.startsWith('score.') && differs('data.identity.');
}

/**
 * Refuses a configuration that a checkpoint was not made under: somebody has changed one of the
 * two. The backend may be another, as a run that goes on elsewhere may stop before its next
 * checkpoint; `checkResume` warns of that.
 * @throws DataError that names each setting, with both values
 */
export function checkMadeUnder(config: RunConfig, checkpoint: Checkpoint, folder: RunFolder): void {
  const differing = compareConfig(checkpoint.config, config).filter(
    ({ setting, isDeciding }) => isDeciding && !OF_BACKEND.includes(setting),
  );
  if (differing.length === 0) return;
  const list = differing.map(({ setting, expected, got }) => `${setting} ${show(expected)}, got ${show(got)}`);
  throw new DataError(
    `expected what the checkpoint of step ${checkpoint.step} was trained with: ${list.join('; ')}; put that back, or train another run in a folder of its own`,
    { path: pathIn(folder, CONFIG_NAME) },
  );
}

/** Settings, by how they begin, that come from options of other names. */
const OPTIONS_OF: ReadonlyArray<readonly [beginning: string, option: string]> = [
  ['objective.name', 'model'],
  ['data.identity.testRows', 'testRows'],
  ['data.identity.seed', 'dataSeed'],
  ['score.rows', 'scoreRows'],
  ['mlp.depth', 'mlpDepth'],
  ['mlp.width', 'mlpWidth'],
  ['mlp', 'mlpWidth'],
  ['data.identity.', 'data'],
  ['data.', 'data'],
  ['backend.', 'backend'],
];

/** The option of `train` that a setting comes from, and what of it the setting is. */
function optionOf(setting: string): { readonly option: string; readonly detail: string } {
  const own = /^(?:objective|data)\.options\.(.+)$/.exec(setting)?.[1];
  if (own !== undefined) return { option: own, detail: '' };
  const [beginning, option] = OPTIONS_OF.find(([beginning]) => setting.startsWith(beginning)) ?? [setting, setting];
  const rest = setting.slice(beginning.length);
  return { option, detail: rest === '' ? '' : `${rest} ` };
}

/** `webgpu, of a tfjs 4.20.0 of its own`. */
export function describeBackend({ name, tfjs, build, given }: RunConfig['backend']): string {
  const version = tfjs == null ? 'tfjs' : `tfjs ${tfjs}`;
  return `${name}${build === null ? '' : ` (${build})`}, of ${given ? `a ${version} of the caller's` : version}`;
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
