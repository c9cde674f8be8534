/** Exported networks, run by the libraries that they are for. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findArchitecture } from '../../src/train/architectures/index.js';
import { listParameters } from '../../src/train/architectures/layers.js';
import { forward } from '../../src/train/architectures/network.js';
import { composeOperations } from '../../src/train/operations.js';
import { saveCheckpoint } from '../../src/train/run/checkpoints.js';
import { writeConfig } from '../../src/train/run/config.js';
import type { Tensor } from '../../src/train/tensors.js';
import { decodeLatents } from '../../src/train/vae/autoencoder.js';
import { createMemoryRunFolder } from '../../src/train.js';
import { exportModel } from '../../src/trained/export/export-model.js';
import { readModel } from '../../src/trained/read-model.js';
import { normals } from '../assembly/samples.js';
import { findPython } from '../python.js';
import { testNeeding } from '../requirements.js';
import { CONFIG } from '../train/run/samples.js';
import { tf, tfjs } from '../train/tensorflow.js';

const python = findPython('torch');
const withTorch = testNeeding(python !== null, 'PyTorch: apt-get install python3-torch');

const LATENTS = 3;
const ROWS = 4;

/** Architectures on sizes of images that halve evenly, and on some that do not. */
const CASES = [
  { architecture: 'burgess', likelihood: 'bernoulli', height: 16, width: 16, channels: 1 },
  { architecture: 'burgess', likelihood: 'gaussian', height: 28, width: 20, channels: 3 },
  { architecture: 'locatello', likelihood: 'bernoulli', height: 16, width: 32, channels: 3 },
  { architecture: 'locatello', likelihood: 'gaussian', height: 28, width: 28, channels: 1 },
  { architecture: 'mlp', likelihood: 'bernoulli', height: 6, width: 5, channels: 3 },
] as const;

type Case = (typeof CASES)[number];

/**
 * A run whose numbers are all drawn: those that it would begin with have biases of 0, whose order
 * nobody could tell.
 */
async function makeRun({ architecture, likelihood, ...image }: Case) {
  const folder = createMemoryRunFolder();
  const config = { ...CONFIG, architecture, likelihood, latents: LATENTS, data: { ...CONFIG.data, image } };
  await writeConfig(folder, config);
  const networks = findArchitecture(architecture).build(image, LATENTS);
  const shapes = [...listParameters('encoder', networks.encoder), ...listParameters('decoder', networks.decoder)];
  const tensors = shapes.map(({ name, shape, fanIn, role }, index) => {
    const length = shape.reduce((product, side) => product * side, 1);
    // So that outputs are of the size of 1 whatever the width.
    const deviation = role === 'bias' ? 0.5 : 1 / Math.sqrt(fanIn);
    const values = Float32Array.from(normals(length, index), (value) => deviation * value);
    return [`model/${name}`, { shape, values }] as const;
  });
  await saveCheckpoint(folder, { step: 1, tensors: new Map(tensors), state: {}, config, logged: -1 });
  return folder;
}

/** What our own networks give for some images and latents. */
async function expectedOf(run: Awaited<ReturnType<typeof makeRun>>, images: Float32Array, z: Float32Array) {
  const { networks, weights, image, likelihood } = await readModel(run);
  const operations = composeOperations(tf);
  const parametersOf = (network: string) =>
    [...weights]
      .filter(([name]) => name.startsWith(network))
      .map(([, { shape, values }]) => tf.tensor(values, [...shape]));
  const parameters = { encoder: parametersOf('encoder'), decoder: parametersOf('decoder') };
  const x = tf.tensor(images, [ROWS, image.height, image.width, image.channels]);
  const encoded = forward(tf, operations, networks.encoder, parameters.encoder, x).output;
  const code = tf.tensor(z, [ROWS, LATENTS]);
  // The image of a Gaussian is cut to [0, 1]; its means are what is exported.
  const decoded =
    likelihood.name === 'bernoulli'
      ? decodeLatents({ networks, likelihood, latents: LATENTS }, { tf, operations }, parameters.decoder, code)
      : forward(tf, operations, networks.decoder, parameters.decoder, code).output;
  return { encoded: await valuesOf(encoded), decoded: await valuesOf(decoded) };
}

async function valuesOf(x: Tensor): Promise<Float32Array> {
  return Float32Array.from(await x.data());
}

/** Numbers in [0, 1) without a pattern that a wrong order of axes would keep. */
function someNumbers(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 7919 + ((i * i) % 613)) % 1009) / 1009);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.is(a.length, b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

function joinBytes(chunks: Iterable<Uint8Array>): Buffer {
  return Buffer.concat([...chunks].map((chunk) => Buffer.from(chunk)));
}

for (const one of CASES) {
  const { architecture, likelihood, height, width, channels } = one;
  const title = `${architecture} of ${height} x ${width} x ${channels}, ${likelihood}`;
  const images = someNumbers(ROWS * height * width * channels);
  const z = someNumbers(ROWS * LATENTS).map((value) => 4 * value - 2);

  test(`tfjs computes the same from its model.json: ${title}`, async () => {
    const run = await makeRun(one);
    const expected = await expectedOf(run, images, z);
    const files = new Map(
      (await exportModel(run, { format: 'tfjs' })).map(({ name, chunks }) => [name, joinBytes(chunks)]),
    );
    assert.equal([...files.keys()].sort(), [
      'decoder/model.json',
      'decoder/weights.bin',
      'encoder/model.json',
      'encoder/weights.bin',
    ]);
    // As it reads them from a server.
    const load = (network: string) =>
      loadLayersModel(
        tfjs.io.http(`http://model/${network}/model.json`, {
          fetchFunc: async (url: string) => new Response(new Uint8Array(files.get(url.replace('http://model/', ''))!)),
        } as never) as never,
      );
    const encoder = await load('encoder');
    const encoded = encoder.predict(tfjs.tensor(images, [ROWS, height, width, channels]) as never) as unknown as Tensor;
    assert.equal(encoded.shape, [ROWS, 2 * LATENTS]);
    assert.ok(largestDifference(await valuesOf(encoded), expected.encoded) < 1e-5);
    const decoder = await load('decoder');
    const decoded = decoder.predict(tfjs.tensor(z, [ROWS, LATENTS]) as never) as unknown as Tensor;
    assert.equal(decoded.shape, [ROWS, height, width, channels]);
    assert.ok(largestDifference(await valuesOf(decoded), expected.decoded) < 1e-5);
  });

  withTorch(`PyTorch computes the same from the script and its .safetensors: ${title}`, async () => {
    const run = await makeRun(one);
    const expected = await expectedOf(run, images, z);
    const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-export-'));
    try {
      for (const { name, chunks } of await exportModel(run, { format: 'safetensors' })) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), joinBytes(chunks));
      }
      const ask = `
import json, sys, torch
sys.path.insert(0, sys.argv[1])
from load_in_pytorch import encoder, decoder
given = json.load(sys.stdin)
with torch.no_grad():
    x = torch.tensor(given["images"]).reshape(${ROWS}, ${height}, ${width}, ${channels}).permute(0, 3, 1, 2)
    decoded = decoder(torch.tensor(given["z"]).reshape(${ROWS}, ${LATENTS})).permute(0, 2, 3, 1)
    print(json.dumps([encoder(x).flatten().tolist(), decoded.flatten().tolist()]))
`;
      const input = JSON.stringify({ images: [...images], z: [...z] });
      const { status, stdout, stderr } = spawnSync(python as string, ['-c', ask, folder], {
        input,
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      assert.is(status, 0, stderr);
      const [encoded, decoded] = JSON.parse(stdout);
      assert.ok(largestDifference(encoded, expected.encoded) < 1e-5);
      assert.ok(largestDifference(decoded, expected.decoded) < 1e-5);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test.run();
