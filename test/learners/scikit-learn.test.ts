/** Principal and independent components beside those of scikit-learn, on the same table. */
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { independentComponents } from '../../src/learners/independent-components.js';
import { principalComponents } from '../../src/learners/principal-components.js';
import { assertNear, normals, uniforms } from '../assembly/samples.js';
import { findPython } from '../python.js';
import { testNeeding } from '../requirements.js';

const python = findPython('sklearn, numpy');
const withSklearn = testNeeding(python !== null, 'numpy and scikit-learn: apt-get install python3-sklearn');

function ask(code: string, x: ArrayLike<number>, columns: number): Record<string, number[][]> {
  const input = JSON.stringify({ x: Array.from(x), columns });
  const head = 'import json, sys, numpy as np\ngiven = json.load(sys.stdin)\n';
  const program = `${head}x = np.array(given["x"]).reshape(-1, given["columns"])\n${code}`;
  const { status, stdout, stderr } = spawnSync(python as string, ['-c', program], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

const [ROWS, PIXELS, COUNT] = [400, 60, 8];

/** Bytes of few directions and noise. */
function images(): Uint8Array {
  const [shapes, moves] = [normals(12 * PIXELS, 1), normals(ROWS * 12, 2)];
  return Uint8Array.from({ length: ROWS * PIXELS }, (_, at) => {
    const [row, pixel] = [Math.floor(at / PIXELS), at % PIXELS];
    let value = 128;
    for (let k = 0; k < 12; k++) value += (15 / (k + 1)) * moves[row * 12 + k] * shapes[k * PIXELS + pixel];
    return Math.min(255, Math.max(0, value));
  });
}

withSklearn('principal components are those of scikit-learn', async () => {
  const x = images();
  const code = `from sklearn.decomposition import PCA
pca = PCA(${COUNT}, svd_solver="full").fit(x)
print(json.dumps({"components": pca.components_.tolist(), "variances": [pca.explained_variance_.tolist()]}))`;
  const theirs = ask(code, x, PIXELS);
  const ours = await withCore((core) =>
    principalComponents(core, core.arena.upload('u8', x), ROWS, PIXELS, {
      count: COUNT,
      iterations: 40,
      random: { seed: 0, stream: 99, index: 0 },
    }),
  );
  const [largest] = theirs.variances[0];
  assertNear(ours.variances, theirs.variances[0], 1e-6 * largest, 'variances');
  for (const [i, line] of theirs.components.entries()) {
    // Signs are theirs from version 1.5 on.
    const most = line.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    const found = ours.components.subarray(i * PIXELS, (i + 1) * PIXELS);
    assertNear(
      found,
      line.map((value) => Math.sign(most) * value),
      1e-4,
      `component ${i}`,
    );
  }
});

withSklearn('independent components are those of scikit-learn, up to order and sign', async () => {
  const [rows, k] = [3000, 5];
  const next = uniforms(9);
  const mixing = normals(k * k, 3);
  const s = Array.from({ length: rows * k }, (_, at) => {
    const u = 2 * next() - 1;
    return (at % k) % 2 === 0 ? u : u ** 5;
  });
  const x = Float64Array.from({ length: rows * k }, (_, at) => {
    const [row, i] = [Math.floor(at / k), at % k];
    let value = 3;
    for (let j = 0; j < k; j++) value += mixing[i * k + j] * s[row * k + j];
    return value;
  });
  const code = `from sklearn.decomposition import FastICA
ica = FastICA(whiten="unit-variance", tol=1e-10, max_iter=1000, random_state=0).fit(x)
print(json.dumps({"unmixing": ica.components_.tolist(), "steps": [[ica.n_iter_]]}))`;
  const theirs = ask(code, x, k);
  assert.ok(theirs.steps[0][0] < 1000, 'scikit-learn has not converged');
  const ours = await withCore((core) =>
    independentComponents(core, core.arena.upload('f64', x), rows, k, {
      iterations: 1000,
      tolerance: 1e-10,
      random: { seed: 0, stream: 99, index: 1 },
    }),
  );
  assert.ok(ours.isConverged);
  const taken = new Set<number>();
  for (let i = 0; i < k; i++) {
    const line = ours.unmixing.subarray(i * k, (i + 1) * k);
    const distances = theirs.unmixing.map((other) =>
      Math.min(...[1, -1].map((sign) => Math.hypot(...other.map((value, j) => value - sign * line[j])))),
    );
    const nearest = distances.indexOf(Math.min(...distances));
    assert.ok(distances[nearest] < 1e-5 * Math.hypot(...line), `component ${i}: ${distances}`);
    taken.add(nearest);
  }
  assert.is(taken.size, k);
});

test.run();
