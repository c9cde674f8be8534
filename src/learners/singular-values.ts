/** What a matrix does along its own axes. */
export interface SingularValues {
  /** Decreasing, [count], as many as the smaller side of the matrix has. */
  readonly values: Float64Array;
  /** Unit vectors, one row each: [count][rows] and [count][columns]; 0 if the value is 0. */
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/** More sweeps than any matrix takes. */
const MOST_SWEEPS = 60;
/** Two columns are at a right angle if their cosine is below this. */
const RIGHT_ANGLE = 4 * Number.EPSILON;

/**
 * Singular values and vectors of a matrix a (rows, columns), row-major, by rotations of its columns
 * until each two are at a right angle: small values are as accurate as large ones.
 *
 * @see M. Hestenes 1958, Inversion of Matrices by Biorthogonalization and Related Results
 */
export function singularValues(a: Float64Array, rows: number, columns: number): SingularValues {
  const isWide = columns > rows;
  const [length, count] = isWide ? [columns, rows] : [rows, columns];
  // One row for each column that is rotated, and for what became of its axis.
  const turned = Float64Array.from({ length: count * length }, (_, at) => {
    const [i, j] = [Math.floor(at / length), at % length];
    return isWide ? a[i * columns + j] : a[j * columns + i];
  });
  const axes = Float64Array.from({ length: count * count }, (_, at) => (at % (count + 1) === 0 ? 1 : 0));
  for (let sweep = 0, rotations = 1; rotations > 0 && sweep < MOST_SWEEPS; sweep++) {
    rotations = 0;
    for (let p = 0; p < count; p++) {
      for (let q = p + 1; q < count; q++) rotations += rotate(turned, axes, length, count, p, q);
    }
  }
  const norms = Float64Array.from({ length: count }, (_, i) =>
    Math.sqrt(dot(turned, turned, i * length, i * length, length)),
  );
  const order = Array.from(norms.keys()).sort((p, q) => norms[q] - norms[p] || p - q);
  const long = new Float64Array(count * length);
  const short = new Float64Array(count * count);
  for (const [to, from] of order.entries()) {
    if (norms[from] === 0) continue;
    for (let i = 0; i < length; i++) long[to * length + i] = turned[from * length + i] / norms[from];
    for (let i = 0; i < count; i++) short[to * count + i] = axes[from * count + i];
  }
  const values = Float64Array.from(order, (i) => norms[i]);
  return isWide ? { values, left: short, right: long } : { values, left: long, right: short };
}

/** Turns columns p and q so that they are at a right angle; returns whether they were not. */
function rotate(x: Float64Array, axes: Float64Array, length: number, count: number, p: number, q: number): number {
  const [atP, atQ] = [p * length, q * length];
  const product = dot(x, x, atP, atQ, length);
  const [ofP, ofQ] = [dot(x, x, atP, atP, length), dot(x, x, atQ, atQ, length)];
  if (Math.abs(product) <= RIGHT_ANGLE * Math.sqrt(ofP) * Math.sqrt(ofQ)) return 0;
  const theta = (ofQ - ofP) / (2 * product);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  turn(x, atP, atQ, length, cosine, tangent * cosine);
  turn(axes, p * count, q * count, count, cosine, tangent * cosine);
  return 1;
}

function turn(x: Float64Array, p: number, q: number, length: number, cosine: number, sine: number): void {
  for (let i = 0; i < length; i++) {
    const [a, b] = [x[p + i], x[q + i]];
    x[p + i] = cosine * a - sine * b;
    x[q + i] = sine * a + cosine * b;
  }
}

function dot(a: Float64Array, b: Float64Array, p: number, q: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[p + i] * b[q + i];
  return sum;
}
