/** config.json: what decides the numbers of a run, and what may change when it is resumed. */
import { DataError, wrongValue } from '../../errors.js';
import { mention, type Phrase, phrase } from '../../phrase.js';
import { isRecord, type JsonRecord, type JsonValue, toExactJson } from './json-value.js';
import { NoRunError, pathIn, type RunFolder } from './run-folder.js';

export const CONFIG_NAME = 'config.json';

const SCHEMA = 'vaemetrics/run@1';

/** A run as it was asked for, defaults filled in. */
export interface RunConfig {
  readonly schema: typeof SCHEMA;
  /** Of this library: another one may compute other bits. */
  readonly version: string;
  /** As the user names it, and what the images depend on. */
  readonly data: {
    readonly name: string;
    readonly path: string | null;
    /** How a file was opened: options that were given, if any. Those that decide pixels are part of the identity, defaults included. */
    readonly options?: JsonRecord;
    readonly identity: JsonRecord;
    /** Height, width and channels, so that a model is rebuilt without its data. */
    readonly image?: JsonRecord;
  };
  readonly objective: { readonly name: string; readonly options: JsonRecord };
  readonly architecture: string;
  readonly latents: number;
  readonly likelihood: string;
  readonly seed: number;
  /** Of images that are drawn, and of the rows that are held out. */
  readonly dataSeed: number;
  readonly batchSize: number;
  /** Rows that are computed at a time: how a batch is cut decides in which order gradients are added. */
  readonly shardRows: number;
  readonly learningRate: number;
  readonly adam: { readonly beta1: number; readonly beta2: number; readonly epsilon: number };
  /** What computes; `build` is that of our kernels, `simd` or `relaxed`, null where none are used; `given` says that the tf was the caller's own. */
  readonly backend: {
    readonly name: string;
    readonly tfjs: string | null;
    readonly build: string | null;
    readonly given?: true;
  };
  /** What is scored, on how many rows: by it the best checkpoint is chosen. */
  readonly score: JsonRecord;
  /** Steps to make in all. */
  readonly steps: number;
  readonly logEvery: number;
  readonly scoreEvery: number;
  readonly checkpointEvery: number;
  readonly threads: number;
}

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
    isDeciding: !(CHANGEABLE as readonly string[]).includes(difference.setting) && !isDefaultNamed(difference),
  }));
}

/** An option of the data that was left out, and is no other than its default: where it is another, the identity differs. */
function isDefaultNamed({ setting, expected, got }: Omit<Difference, 'isDeciding'>): boolean {
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
 * @param isBackendChosen whether the caller has said what computes; then it may be another backend, or a tf of another version
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
    // It follows from the backend.
    if (isElsewhere && setting === 'shardRows') continue;
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

/** Settings, by how they begin, that come from options of other names. */
const OPTIONS_OF: ReadonlyArray<readonly [beginning: string, option: string]> = [
  ['objective.name', 'model'],
  ['data.identity.testRows', 'testRows'],
  ['data.identity.seed', 'dataSeed'],
  ['score.rows', 'scoreRows'],
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

/** Writes the configuration. */
export async function writeConfig(folder: RunFolder, config: RunConfig): Promise<void> {
  const text = `${toExactJson(config as unknown as JsonRecord, 'config', 2)}\n`;
  await folder.writeAtomically(CONFIG_NAME, [new TextEncoder().encode(text)]);
}

/** @throws NoRunError where there is none, DataError where it is none that we can read */
export async function readConfig(folder: RunFolder): Promise<RunConfig> {
  const bytes = await folder.read(CONFIG_NAME);
  if (bytes === null) throw new NoRunError(folder.path, `there is no run: expected a folder with ${CONFIG_NAME}`);
  return parseConfig(new TextDecoder().decode(bytes), pathIn(folder, CONFIG_NAME));
}

const KINDS: Readonly<Record<keyof RunConfig, 'number' | 'string' | 'object'>> = {
  schema: 'string',
  version: 'string',
  data: 'object',
  objective: 'object',
  architecture: 'string',
  latents: 'number',
  likelihood: 'string',
  seed: 'number',
  dataSeed: 'number',
  batchSize: 'number',
  shardRows: 'number',
  learningRate: 'number',
  adam: 'object',
  backend: 'object',
  score: 'object',
  steps: 'number',
  logEvery: 'number',
  scoreEvery: 'number',
  checkpointEvery: 'number',
  threads: 'number',
};

/** What the parts of a configuration must have. */
const PARTS: ReadonlyArray<readonly [part: keyof RunConfig, name: string, kind: string]> = [
  ['data', 'name', 'string'],
  ['data', 'identity', 'object'],
  ['objective', 'name', 'string'],
  ['objective', 'options', 'object'],
  ['adam', 'beta1', 'number'],
  ['adam', 'beta2', 'number'],
  ['adam', 'epsilon', 'number'],
  ['backend', 'name', 'string'],
];

/** @throws DataError naming the setting that is missing or of another type */
export function parseConfig(text: string, path: string): RunConfig {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    throw new DataError('expected JSON', { path });
  }
  if (!isRecord(config) || config.schema !== SCHEMA) {
    const got = isRecord(config) && typeof config.schema === 'string' ? `'${config.schema}'` : 'none';
    throw new DataError(`expected the configuration of a run, schema '${SCHEMA}', got ${got}`, { path });
  }
  // Earlier configurations have one seed for both.
  if (config.dataSeed === undefined) config = { ...config, dataSeed: config.seed };
  checkConfig(config as Record<string, unknown>, path);
  return config as unknown as RunConfig;
}

function checkConfig(config: Readonly<Record<string, unknown>>, path: string): void {
  for (const [name, kind] of Object.entries(KINDS)) checkKind(config[name], kind, name, path);
  for (const [part, name, kind] of PARTS) {
    checkKind((config[part] as Record<string, unknown>)[name], kind, `${part}.${name}`, path);
  }
  const { options } = config.data as Record<string, unknown>;
  if (options !== undefined) checkKind(options, 'object', 'data.options', path);
}

function checkKind(value: unknown, kind: string, setting: string, path: string): void {
  const isRight = kind === 'object' ? isRecord(value) : typeof value === kind;
  if (!isRight)
    throw new DataError(`${setting}: expected ${kind}, got ${JSON.stringify(value) ?? 'nothing'}`, { path });
}
