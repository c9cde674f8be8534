/** The data sets that are drawn and not read, by name. */
import { wrongValue } from '../errors.js';
import type { Dataset } from './dataset.js';
import { type Generator, openGenerated } from './generated.js';
import { SHAPES_MOST, shapesOf } from './shapes.js';
import { sprites, spritesColour, spritesNoise } from './sprites.js';

/** A data set as the list of all knows it. */
export interface ProceduralEntry {
  readonly name: string;
  readonly title: string;
  /** A few words. */
  readonly summary: string;
  readonly generator: Generator;
}

const ADDED = ['x', 'y', 'scale', 'shape', 'rotation', 'hue', 'a second rotation, of bodies'];

/** In the order of help. */
export const procedural: readonly ProceduralEntry[] = [
  {
    name: sprites.name,
    title: 'Sprites',
    summary: 'the grid of dSprites, drawn anew: shape, scale, orientation, x, y',
    generator: sprites,
  },
  {
    name: spritesColour.name,
    title: 'Coloured sprites',
    summary: 'sprites of random colours',
    generator: spritesColour,
  },
  { name: spritesNoise.name, title: 'Noisy sprites', summary: 'sprites on random noise', generator: spritesNoise },
  ...Array.from({ length: SHAPES_MOST }, (_, i) => {
    const generator = shapesOf(i + 1);
    const summary = i === 0 ? `a shape that varies in ${ADDED[0]}` : `and in ${ADDED[i]}`;
    return { name: generator.name, title: `Shapes of ${i + 1} factor${i === 0 ? '' : 's'}`, summary, generator };
  }),
];

/**
 * Opens a data set by name; undefined where none is called so.
 *
 * @param options `seed`, a whole number from 0 to 2^53 - 1; default 0
 * @throws RangeError for another seed
 */
export function openProcedural(name: string, { seed = 0 }: { readonly seed?: number } = {}): Dataset | undefined {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw wrongValue({ option: 'seed', problem: `expected a whole number from 0 to 2^53 - 1, got ${seed}` });
  }
  const entry = procedural.find((known) => known.name === name);
  return entry && openGenerated(entry.generator, seed);
}
