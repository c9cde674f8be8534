import { readFileSync } from 'node:fs';
import type { DefinedCase } from './load-golden.js';

/** Of the latent that each factor has, and the gap of each factor. */
export interface Gaps {
  readonly regular: readonly number[];
  readonly dmig: readonly number[];
  readonly xmig: ReadonlyArray<number | null>;
  readonly dlig: readonly number[];
}

/** What dependency.json has of a case; of continuous factors only the gaps. */
export interface DependencyCase {
  readonly metrics: {
    readonly best: Gaps;
    /** With latent k for factor k. */
    readonly listed: Gaps;
    readonly shares?: {
      readonly minimality: number;
      readonly sufficiency: number;
      readonly perLatent: ReadonlyArray<number | null>;
      readonly perFactor: readonly number[];
    };
    readonly snc?: { readonly latent: readonly number[]; readonly accuracy: readonly number[]; readonly value: number };
  };
  /** The rows that SNC is judged on. */
  readonly testRows?: readonly number[];
  readonly peers?: {
    /** Minimality, NaN with a constant latent, and sufficiency. */
    readonly minsuf: readonly [number | 'NaN', number];
    readonly snc: readonly number[];
    readonly latentOfFactor: readonly number[];
  };
}

const { cases }: { cases: Record<DefinedCase, DependencyCase> } = JSON.parse(
  readFileSync(new URL('dependency.json', import.meta.url), 'utf8'),
);

/** Values of a case of dependency.json. */
export const dependencyOf = (name: DefinedCase): DependencyCase => cases[name];
