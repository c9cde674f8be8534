/** Multinomial logistic regression by Newton's method in plain JavaScript. */

/** Rows of `stride` numbers, the last of which is the 1 of the intercept. */
export interface Points {
  readonly x: Float64Array;
  readonly labels: Int32Array;
  readonly rows: number;
  readonly stride: number;
  readonly classes: number;
}

/** Loss of weights [classes][stride]; fills the gradient and the probabilities [rows][classes]. */
export function softmaxLoss(
  { x, labels, rows, stride, classes }: Points,
  weights: Float64Array,
  gradient: Float64Array,
  probabilities: Float64Array,
): number {
  gradient.fill(0);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const at = row * stride;
    const p = row * classes;
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      let logit = 0;
      for (let j = 0; j < stride; j++) logit += weights[c * stride + j] * x[at + j];
      probabilities[p + c] = logit;
      if (logit > largest) largest = logit;
    }
    const own = probabilities[p + labels[row]];
    let total = 0;
    for (let c = 0; c < classes; c++) {
      probabilities[p + c] = Math.exp(probabilities[p + c] - largest);
      total += probabilities[p + c];
    }
    loss += largest + Math.log(total) - own;
    for (let c = 0; c < classes; c++) {
      probabilities[p + c] /= total;
      const residual = probabilities[p + c] - (c === labels[row] ? 1 : 0);
      for (let j = 0; j < stride; j++) gradient[c * stride + j] += residual * x[at + j];
    }
  }
  return loss;
}

/** The Hessian [classes * stride][classes * stride] of the loss at those probabilities. */
export function softmaxHessian({ x, rows, stride, classes }: Points, probabilities: Float64Array): Float64Array {
  const n = classes * stride;
  const hessian = new Float64Array(n * n);
  for (let row = 0; row < rows; row++) {
    const at = row * stride;
    const p = row * classes;
    for (let a = 0; a < classes; a++) {
      for (let b = a; b < classes; b++) {
        const weight = probabilities[p + a] * ((a === b ? 1 : 0) - probabilities[p + b]);
        for (let i = 0; i < stride; i++) {
          const scaled = weight * x[at + i];
          const to = (a * stride + i) * n + b * stride;
          for (let j = 0; j < stride; j++) hessian[to + j] += scaled * x[at + j];
        }
      }
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) hessian[i * n + j] = hessian[j * n + i];
  return hessian;
}

/** The Hessian at those probabilities times a direction [classes][stride]. */
export function softmaxCurvature(
  { x, rows, stride, classes }: Points,
  probabilities: Float64Array,
  direction: Float64Array,
): Float64Array {
  const out = new Float64Array(classes * stride);
  const along = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const at = row * stride;
    const p = row * classes;
    let mean = 0;
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let j = 0; j < stride; j++) sum += direction[c * stride + j] * x[at + j];
      along[c] = sum;
      mean += probabilities[p + c] * sum;
    }
    for (let c = 0; c < classes; c++) {
      const weight = probabilities[p + c] * (along[c] - mean);
      for (let j = 0; j < stride; j++) out[c * stride + j] += weight * x[at + j];
    }
  }
  return out;
}

/** Weights [classes][stride] of least loss + 0.5 |w|^2, intercepts free. */
export function fitSoftmax(points: Points): Float64Array {
  const { rows, stride, classes } = points;
  const n = classes * stride;
  let weights = new Float64Array(n);
  let gradient = new Float64Array(n);
  const probabilities = new Float64Array(rows * classes);
  const isFree = (i: number) => i % stride === stride - 1;
  const evaluate = (at: Float64Array, to: Float64Array) => {
    let value = softmaxLoss(points, at, to, probabilities);
    for (let i = 0; i < n; i++) {
      if (isFree(i)) continue;
      value += 0.5 * at[i] * at[i];
      to[i] += at[i];
    }
    return value;
  };
  let value = evaluate(weights, gradient);
  for (let iteration = 0; iteration < 100; iteration++) {
    const hessian = softmaxHessian(points, probabilities);
    for (let i = 0; i < n; i++) if (!isFree(i)) hessian[i * n + i] += 1;
    // A constant added to all intercepts changes nothing: this keeps their sum.
    for (let a = stride - 1; a < n; a += stride) for (let b = stride - 1; b < n; b += stride) hessian[a * n + b] += 1;
    const step = solve(hessian, gradient, n);
    let trial = weights;
    let trialGradient = gradient;
    let trialValue = Number.POSITIVE_INFINITY;
    for (let size = 1; size > 1e-9 && !(trialValue <= value); size /= 2) {
      trial = weights.map((weight, i) => weight - size * step[i]);
      trialGradient = new Float64Array(n);
      trialValue = evaluate(trial, trialGradient);
    }
    const gained = value - trialValue;
    if (gained <= 0) break;
    weights = trial;
    gradient = trialGradient;
    value = trialValue;
    if (gained <= 1e-12 * value) break;
  }
  return weights;
}

/** Solves a x = b by elimination with pivots; a is overwritten. */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const x = b.slice();
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(a[i * n + column]) > Math.abs(a[pivot * n + column])) pivot = i;
    }
    if (pivot !== column) {
      for (let j = column; j < n; j++) {
        [a[column * n + j], a[pivot * n + j]] = [a[pivot * n + j], a[column * n + j]];
      }
      [x[column], x[pivot]] = [x[pivot], x[column]];
    }
    for (let i = column + 1; i < n; i++) {
      const factor = a[i * n + column] / a[column * n + column];
      for (let j = column; j < n; j++) a[i * n + j] -= factor * a[column * n + j];
      x[i] -= factor * x[column];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= a[i * n + j] * x[j];
    x[i] /= a[i * n + i];
  }
  return x;
}
