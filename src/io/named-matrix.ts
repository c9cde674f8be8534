import type { Matrix } from '../matrix.js';

/** A matrix and what it is called in an archive. */
export interface NamedMatrix {
  readonly name: string;
  readonly matrix: Matrix;
}
