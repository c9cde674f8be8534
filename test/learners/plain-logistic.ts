/**
 * The objective of logistic regression by its definition, in plain float64: the oracle of these
 * tests.
 */
import { normals, uniforms } from '../assembly/samples.js';

/** A weight vector and an intercept for each class, or for class 1 alone where there are two. */
export interface PlainModel {
  readonly classes: number;
  readonly coefficients: ReadonlyArray<ArrayLike<number>>;
  readonly intercepts: ArrayLike<number>;
}

/** Points and their classes. */
export interface Points {
  readonly x: Float64Array;
  readonly labels: Int32Array;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
}

/** The score of each class for one row; with one weight vector that of class 0 is 0. */
function scoresOf({ classes, coefficients, intercepts }: PlainModel, { x, columns }: Points, row: number): number[] {
  const scores = coefficients.map((weights, f) => {
    let score = intercepts[f];
    for (let j = 0; j < columns; j++) score += weights[j] * x[row * columns + j];
    return score;
  });
  return classes === 2 && scores.length === 1 ? [0, ...scores] : scores;
}

/**
 * sum_n (ln sum_c exp s_nc - s_{n,y_n}) + 0.5 sum w^2 / c, and its gradient: one row of `columns`
 * weights and an intercept for each vector of the model.
 */
export function evaluate(model: PlainModel, points: Points, c: number): { value: number; gradient: Float64Array } {
  const { rows, columns, x, labels } = points;
  const vectors = model.coefficients.length;
  const gradient = new Float64Array(vectors * (columns + 1));
  let value = 0;
  for (let row = 0; row < rows; row++) {
    const scores = scoresOf(model, points, row);
    const top = scores.reduce((a, b) => Math.max(a, b));
    const total = scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
    value += top + Math.log(total) - scores[labels[row]];
    for (let f = 0; f < vectors; f++) {
      const k = f + scores.length - vectors;
      const residual = Math.exp(scores[k] - top) / total - (labels[row] === k ? 1 : 0);
      const at = f * (columns + 1);
      for (let j = 0; j < columns; j++) gradient[at + j] += residual * x[row * columns + j];
      gradient[at + columns] += residual;
    }
  }
  for (let f = 0; f < vectors; f++) {
    for (let j = 0; j < columns; j++) {
      const weight = model.coefficients[f][j];
      value += (0.5 * weight ** 2) / c;
      gradient[f * (columns + 1) + j] += weight / c;
    }
  }
  return { value, gradient };
}

/** The class with the highest score for each row, the lowest of equal ones. */
export function classify(model: PlainModel, points: Points): Int32Array {
  return Int32Array.from({ length: points.rows }, (_, row) => {
    const scores = scoresOf(model, points, row);
    return scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));
  });
}

/** Normal points whose classes a random linear model draws: exactly its own where noise is 0. */
export function randomPoints(rows: number, columns: number, classes: number, noise: number, seed: number): Points {
  const x = normals(rows * columns, seed);
  const weights = normals(classes * (columns + 1), seed + 1);
  const next = uniforms(seed + 2);
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const scores = Array.from({ length: classes }, (_, k) => {
      let score = 0.3 * weights[classes * columns + k] - noise * Math.log(-Math.log(next() + 1e-12));
      for (let j = 0; j < columns; j++) score += weights[k * columns + j] * x[row * columns + j];
      return score;
    });
    return scores.indexOf(Math.max(...scores));
  });
  return { x, labels, rows, columns, classes };
}
