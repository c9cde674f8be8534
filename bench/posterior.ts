/**
 * Posteriors to measure decompositions with: seeded, the same numbers everywhere, of the rows of
 * dSprites or some of them. As a program, writes one as .npz: mu and logvar in float32, as models
 * write them, and factors in int32.
 *
 *   npx tsx bench/posterior.ts --rows 737280 --kind vae -o posterior.npz
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withCore } from '../bindings/core.js';
import { DSPRITES_SIZES, drawNoise } from '../src/cli/synthetic-table.js';
import { loadPosterior } from '../src/decomposition/posterior.js';
import { drawSamples } from '../src/decomposition/samples.js';
import { writeNpz } from '../src/io/index.js';
import { writeFileAtomically } from '../src/io/write-file.js';
import { Matrix } from '../src/matrix.js';
import { RandomStream } from '../src/random.js';

/** Rows of dSprites: one for each combination of its factors. */
export const ALL_ROWS = DSPRITES_SIZES.reduce((product, size) => product * size, 1);

/** What posteriors are like; DESCRIPTIONS has it in words. */
export type PosteriorKind = 'vae' | 'collapsed' | 'mild' | 'spiky' | 'duplicated' | 'far-out';

/** Every kind, and what it is. */
export const KINDS: Readonly<Record<PosteriorKind, string>> = {
  vae: 'five latents with a factor each, one with two, four collapsed',
  collapsed: 'all latents near the prior',
  mild: 'means normal, logvar -1 +- .5',
  spiky: 'means normal, logvar -14 +- .5',
  duplicated: 'as vae, 16 rows of each posterior',
  'far-out': 'as mild, but narrow posteriors at 50, and samples far from every mean',
};

/** A posterior; factors are those of dSprites. */
export interface SyntheticPosterior {
  /** (N, D) float32. */
  readonly mu: Matrix;
  /** (N, D) float32. */
  readonly logvar: Matrix;
  /** (N, 5) int32. */
  readonly factors: Matrix;
}

/**
 * How a latent's posteriors come about: mean = sum over factors of slope * curve(level) + wander *
 * noise.
 */
interface Latent {
  readonly slopes: ReadonlyArray<readonly [factor: number, slope: number]>;
  readonly wander: number;
  readonly logvar: number;
  readonly logvarWander: number;
}

/** D. */
const LATENTS = 10;
/** Rows that share a posterior, where some do. */
const COPIES = 16;
/** Apart from the streams of src/random.ts and of the synthetic table. */
const ROW_STREAM = 111;
const NOISE_STREAM = 112;
const FAR_STREAM = 113;

/**
 * Standard deviations .05, .08, .12, .2 and .3, the better known the rarer the values; one at .5;
 * four collapsed.
 */
const VAE: readonly Latent[] = [
  ...[-5.99, -5.05, -4.24, -3.22, -2.41].map(
    (logvar, k): Latent => ({ slopes: [[4 - k, 1.4]], wander: 0.02 + 0.02 * k, logvar, logvarWander: 0.2 }),
  ),
  {
    slopes: [
      [3, 0.85],
      [4, 0.85],
    ],
    wander: 0.1,
    logvar: -1.39,
    logvarWander: 0.2,
  },
  ...Array.from({ length: 4 }, (): Latent => ({ slopes: [], wander: 0.02, logvar: 0, logvarWander: 0.01 })),
];

/** The latents of each kind. */
function latentsOf(kind: PosteriorKind): readonly Latent[] {
  const alike = (latent: Omit<Latent, 'slopes'>) => Array<Latent>(LATENTS).fill({ slopes: [], ...latent });
  switch (kind) {
    case 'vae':
    case 'duplicated':
      return VAE;
    case 'collapsed':
      return alike({ wander: 0.02, logvar: 0, logvarWander: 0.01 });
    case 'mild':
    case 'far-out':
      return alike({ wander: 1, logvar: -1, logvarWander: 0.5 });
    case 'spiky':
      return alike({ wander: 1, logvar: -14, logvarWander: 0.5 });
  }
}

/**
 * Posteriors of `rows` rows, drawn without replacement from those of dSprites, in their order.
 * @throws RangeError where dSprites has fewer rows
 */
export function makePosterior(rows: number, kind: PosteriorKind = 'vae', seed = 0): SyntheticPosterior {
  const factors = gridRows(rows, seed);
  const mu = new Float32Array(rows * LATENTS);
  const logvar = new Float32Array(rows * LATENTS);
  const factorCount = DSPRITES_SIZES.length;
  const copies = kind === 'duplicated' ? COPIES : 1;
  latentsOf(kind).forEach((latent, d) => {
    const noise = new RandomStream(seed, NOISE_STREAM, d);
    for (let row = 0; row < rows; row++) {
      const at = row * LATENTS + d;
      if (row % copies > 0) {
        mu[at] = mu[at - LATENTS];
        logvar[at] = logvar[at - LATENTS];
        continue;
      }
      let mean = latent.wander * drawNoise(noise);
      for (const [k, slope] of latent.slopes) mean += slope * curve(factors[row * factorCount + k], DSPRITES_SIZES[k]);
      mu[at] = mean;
      logvar[at] = latent.logvar + latent.logvarWander * drawNoise(noise);
      // Where the difference of a sample and a mean loses most of its digits.
      if (kind === 'far-out' && row % 8 === 0) {
        mu[at] += 50;
        logvar[at] -= 17;
      }
    }
  });
  return {
    mu: new Matrix(mu, rows, LATENTS),
    logvar: new Matrix(logvar, rows, LATENTS),
    factors: new Matrix(factors, rows, factorCount),
  };
}

/** A factor's value from -1 to 1, steeper in the middle. */
function curve(value: number, size: number): number {
  const level = (2 * value) / (size - 1) - 1;
  return level * (1.5 - 0.5 * level * level);
}

/** The factors of rows of the grid, the last factor changing fastest, (rows, 5). */
function gridRows(rows: number, seed: number): Int32Array {
  if (rows > ALL_ROWS) throw new RangeError(`rows: expected at most ${ALL_ROWS}, got ${rows}`);
  const words = new RandomStream(seed, ROW_STREAM, 0);
  const count = DSPRITES_SIZES.length;
  const factors = new Int32Array(rows * count);
  let taken = 0;
  for (let row = 0; taken < rows; row++) {
    // Each row with the probability that leaves the rest to the rows that are left.
    if (rows < ALL_ROWS && words.below(ALL_ROWS - row) >= rows - taken) continue;
    for (let k = count - 1, rest = row; k >= 0; k--) {
      factors[taken * count + k] = rest % DSPRITES_SIZES[k];
      rest = Math.floor(rest / DSPRITES_SIZES[k]);
    }
    taken++;
  }
  return factors;
}

/**
 * A sample of each posterior, (N, D) float32; of `far-out`, of every second row one that is nowhere
 * near.
 */
export async function drawFrom(
  { mu, logvar }: Pick<SyntheticPosterior, 'mu' | 'logvar'>,
  kind: PosteriorKind,
  seed = 0,
): Promise<Matrix> {
  const { rows, columns } = mu;
  const out = new Float32Array(rows * columns);
  await withCore(async (core) => {
    const posterior = loadPosterior(core, { mu, logvar });
    const owners = core.arena.upload(
      'i32',
      Int32Array.from({ length: rows }, (_, row) => row),
    );
    const { z } = await drawSamples(core, posterior, owners, seed, () => {});
    const from = z.array;
    for (let d = 0, at = 0; d < columns; d++) {
      for (let row = 0; row < rows; row++, at++) out[row * columns + d] = from[at];
    }
  });
  if (kind === 'far-out') {
    const noise = new RandomStream(seed, FAR_STREAM, 0);
    for (let row = 0; row < rows; row += 2) {
      for (let d = 0; d < columns; d++) out[row * columns + d] += 100 * drawNoise(noise);
    }
  }
  return new Matrix(out, rows, columns);
}

async function writePosterior(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: String(ALL_ROWS) },
      kind: { type: 'string', default: 'vae' },
      seed: { type: 'string', default: '0' },
      'with-z': { type: 'boolean', default: false },
      out: { type: 'string', short: 'o' },
    },
  });
  const [rows, seed] = [values.rows, values.seed].map(Number);
  if (values.out === undefined) throw new RangeError('-o: expected a file to write');
  if (!Object.hasOwn(KINDS, values.kind)) {
    throw new RangeError(`--kind: expected ${Object.keys(KINDS).join(', ')}, got '${values.kind}'`);
  }
  if (!Number.isSafeInteger(rows) || rows < 2 || !Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`--rows, --seed: expected whole numbers, got '${values.rows}', '${values.seed}'`);
  }
  const kind = values.kind as PosteriorKind;
  const posterior = makePosterior(rows, kind, seed);
  const entries = Object.entries(posterior).map(([name, matrix]) => ({ name, matrix: matrix as Matrix }));
  if (values['with-z']) entries.push({ name: 'z', matrix: await drawFrom(posterior, kind, seed) });
  await writeFileAtomically(values.out, writeNpz(entries));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writePosterior().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
}
