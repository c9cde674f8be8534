/** Opening backends: what was asked for or an error, never another in its place. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Backend, BackendError, type BackendName } from '../../../src/train/backends/backend.js';
import type { Opener } from '../../../src/train/backends/backends-here.js';
import { diagnose } from '../../../src/train/backends/doctor.js';
import { openAmong, openBackend } from '../../../src/train/backends/open-backend.js';
import { prove } from '../../../src/train/backends/prove.js';
import { isSoftware, refuseSoftware } from '../../../src/train/backends/software-adapter.js';
import type { NamedTensors, Tensor, TensorLibrary } from '../../../src/train/tensors.js';
import { given } from './library.js';

const opening = suite('opening backends');

/** The error's name, backend, reason and remedy. */
async function failureOf(work: Promise<unknown>): Promise<BackendError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
  throw new Error('expected a BackendError, but it came up');
}

const fake = (name: BackendName, tensors: TensorLibrary = given): Backend => ({
  name,
  tf: tensors,
  device: `${name} of a test`,
  isRemote: false,
  isExact: true,
  close() {},
});

const refusing =
  (name: BackendName, reason: string, remedy?: string): Opener =>
  async () => {
    throw new BackendError(name, reason, remedy);
  };

for (const name of ['wasm', 'cpu'] as const) {
  opening(`${name} opens here, proves itself and leaves no tensors`, async () => {
    const backend = await openBackend(name);
    assert.equal([backend.name, backend.tf.getBackend(), backend.refused], [name, name, []]);
    assert.match(backend.device, name === 'wasm' ? /^WebAssembly (relaxed )?SIMD, one thread$/ : 'JavaScript');
    assert.equal([backend.isExact, backend.isRemote], [true, false]);
    assert.is(backend.tf.memory().numTensors, 0);
    await backend.close();
  });
}

opening('wasm can be opened again after it was closed, and computes on its new memory', async () => {
  for (let i = 0; i < 3; i++) {
    const backend = await openBackend('wasm');
    await prove(backend.tf, 'wasm');
    backend.close();
    // Once more changes nothing.
    backend.close();
  }
});

opening('a backend that is opened twice stays until both are closed', async () => {
  const [one, two] = await Promise.all([openBackend('wasm'), openBackend('wasm')]);
  one.close();
  one.close();
  await prove(two.tf, 'wasm');
  two.close();
  assert.is(two.tf.getBackend(), null as unknown as string);
});

opening('nothing is switched under a bundled backend that is open', async () => {
  const wasm = await openBackend('wasm');
  const { message } = await failureOf(openBackend('cpu'));
  assert.is(
    message,
    'backend cpu: the bundled tfjs is computing on wasm, and has one backend at a time; close() the wasm backend first',
  );
  assert.is(wasm.tf.getBackend(), 'wasm');
  wasm.close();
  (await openBackend('cpu')).close();
});

opening('an unknown name is refused with those that are known', async () => {
  const error = await openBackend('cuda' as BackendName).catch((error) => error);
  assert.equal([error.name, error.code], ['RangeError', 'ERR_OPTION']);
  assert.is(error.message, "backend: expected auto, tfjs-node-gpu, webgpu, webgl, tfjs-node, wasm, cpu, got 'cuda'");
});

opening('webgl is for browsers', async () => {
  const { message } = await failureOf(openBackend('webgl'));
  assert.match(message, /^backend webgl: it is to be had in browsers only; there are .*wasm, cpu here$/);
});

opening('a package that is not installed is named with the command that installs it', async () => {
  const { importPeer } = await import('../../../src/train/backends/import-peer.js');
  const { message } = await failureOf(importPeer('tfjs-node-gpu', '@tensorflow/tfjs-node-gpu-that-nobody-has'));
  assert.is(
    message,
    'backend tfjs-node-gpu: the package @tensorflow/tfjs-node-gpu-that-nobody-has is not installed; ' +
      'npm install @tensorflow/tfjs-node-gpu-that-nobody-has',
  );
});

opening('auto takes the first that works, and says why it passed the others over', async () => {
  const tried: string[] = [];
  const backend = await openAmong(
    [
      ['tfjs-node-gpu', refusing('tfjs-node-gpu', 'the package is not installed', 'npm install it')],
      [
        'webgpu',
        async (isNamed) => {
          tried.push(`webgpu ${isNamed}`);
          refuseSoftware('webgpu', 'SwiftShader Device', isNamed);
          return fake('webgpu');
        },
      ],
      [
        'wasm',
        async () => {
          throw new TypeError('something strange');
        },
      ],
      [
        'cpu',
        async (isNamed) => {
          tried.push(`cpu ${isNamed}`);
          return fake('cpu');
        },
      ],
    ],
    'auto',
  );
  assert.is(backend.name, 'cpu');
  assert.equal(tried, ['webgpu false', 'cpu false']);
  assert.equal(backend.refused, [
    { name: 'tfjs-node-gpu', reason: 'the package is not installed', remedy: 'npm install it' },
    {
      name: 'webgpu',
      reason: 'only a software renderer is there (SwiftShader Device), which is slower than wasm',
      remedy: 'ask for webgpu by name if it is for a test',
    },
    { name: 'wasm', reason: 'something strange' },
  ]);
});

opening('auto fails with every reason where nothing works', async () => {
  const { message } = await failureOf(
    openAmong(
      [
        ['wasm', refusing('wasm', 'no SIMD')],
        ['cpu', refusing('cpu', 'no luck')],
      ],
      'auto',
    ),
  );
  assert.is(message, 'backend cpu: no backend came up (wasm: no SIMD; cpu: no luck); vaemetrics doctor');
});

opening('a named backend that does not come up is an error, and no other is tried', async () => {
  const tried: string[] = [];
  const openers: ReadonlyArray<readonly [BackendName, Opener]> = [
    ['webgpu', refusing('webgpu', 'no adapter', 'a driver')],
    [
      'cpu',
      async () => {
        tried.push('cpu');
        return fake('cpu');
      },
    ],
  ];
  const error = await failureOf(openAmong(openers, 'webgpu'));
  assert.equal([error.backend, error.reason, error.remedy], ['webgpu', 'no adapter', 'a driver']);
  assert.equal(tried, []);
});

async function whileCpuIsOpen(work: () => Promise<unknown>): Promise<void> {
  const cpu = await openBackend('cpu');
  try {
    await work();
  } finally {
    cpu.close();
  }
}

/** tfjs on plain JavaScript, which says of itself what it is told. */
function pretending(answer: string, kernels: Record<string, (result: Tensor) => Tensor> = {}): TensorLibrary {
  const engine = () => ({
    runKernel(name: string, inputs: NamedTensors, attributes: object) {
      const result = given.engine().runKernel(name, inputs, attributes) as Tensor;
      return kernels[name]?.(result) ?? result;
    },
  });
  return { ...given, getBackend: () => answer, ready: async () => {}, engine };
}

opening('a given tf that fell back to another backend is an error', async () => {
  for (const name of ['webgpu', 'webgl', 'wasm', 'tfjs-node', 'tfjs-node-gpu'] as const) {
    const error = await failureOf(openBackend(name, { tf: pretending('cpu') }));
    const wanted = name.startsWith('tfjs') ? 'tensorflow' : name;
    assert.is(
      error.message,
      `backend ${name}: expected the given tf to compute on ${wanted}, but it computes on cpu; await tf.setBackend('${wanted}') before`,
    );
  }
});

opening('a given TensorFlow is the package that was named, by where it computes', async () => {
  await whileCpuIsOpen(async () => {
    const on = (isUsingGpuDevice: boolean) =>
      Object.assign(pretending('tensorflow'), { backend: () => ({ isUsingGpuDevice }) });
    const asked = async (name: BackendName, isGpu: boolean) =>
      (await failureOf(openBackend(name, { tf: on(isGpu) }))).message;
    const wrong = (name: string, other: string) =>
      `backend ${name}: expected the given tf to be ${name}, but it computes on ${other}`;
    assert.is(await asked('tfjs-node-gpu', false), wrong('tfjs-node-gpu', 'tfjs-node'));
    assert.is(await asked('tfjs-node', true), wrong('tfjs-node', 'tfjs-node-gpu'));
    for (const [name, isGpu] of [
      ['tfjs-node-gpu', true],
      ['tfjs-node', false],
    ] as const) {
      for (const asked of [name, 'auto'] as const) {
        const backend = await openBackend(asked, { tf: on(isGpu) });
        assert.equal([backend.computesOn, backend.isRemote], [name, isGpu]);
      }
    }
  });
});

opening('a library that answers with another backend than was set proves nothing', async () => {
  const error = await prove(pretending('cpu'), 'webgpu').catch((error) => error);
  assert.is(error.message, 'expected webgpu to compute, but tfjs fell back to cpu');
});

opening('a tf of the caller is taken as it is, and stays his', async () => {
  await whileCpuIsOpen(async () => {
    const backend = await openBackend('auto', { tf: pretending('cpu') });
    assert.equal([backend.name, backend.isExact], ['given', true]);
    assert.match(backend.device, /^cpu, of the given tfjs 4\.22\.0$/);
    await backend.close();
    assert.is(given.tensor([1, 2]).dataSync()[1], 2);
  });
});

opening('a tf of the caller on wasm gets the kernels that train', async () => {
  const wasm = await openBackend('wasm');
  const backend = await openBackend('wasm', { tf: given });
  assert.equal([backend.name, backend.isExact, backend.isRemote], ['given', true, false]);
  wasm.close();
});

for (const kernel of ['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput']) {
  opening(`a library whose ${kernel} is off by one number is found out`, async () => {
    const broken = pretending('cpu', {
      [kernel](result) {
        const values = Float32Array.from(result.dataSync());
        values[values.length - 1] += 1;
        return given.tensor(values, result.shape);
      },
    });
    await whileCpuIsOpen(async () => {
      const { message } = await failureOf(openBackend('cpu', { tf: broken }));
      assert.match(
        message,
        new RegExp(
          `^backend cpu: the given tf does not do: ${kernel} computed wrong numbers: expected -?\\d+, got -?\\d+$`,
        ),
      );
    });
  });
}

opening('a library without a kernel is told which', async () => {
  const { message } = await failureOf(
    whileCpuIsOpen(() =>
      openBackend('cpu', {
        tf: pretending('cpu', {
          Conv2DBackpropFilter() {
            throw new Error("Kernel 'Conv2DBackpropFilter' not registered for backend 'cpu'");
          },
        }),
      }),
    ),
  );
  assert.match(message, "does not do: Kernel 'Conv2DBackpropFilter' not registered");
});

opening('software is known by what it says of itself', () => {
  for (const name of [
    'SwiftShader Device (LLVM 10.0.0)',
    'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)))',
    'llvmpipe (LLVM 15.0.6, 256 bits)',
    'Microsoft Basic Render Driver',
    'SwiftShader driver 5.0.0 (google, software)',
  ]) {
    assert.ok(isSoftware(name), name);
  }
  for (const name of [
    'NVIDIA H100 (nvidia, hopper)',
    'Apple M2',
    'ANGLE (Intel, Mesa Intel(R) UHD 620)',
    'AMD Radeon',
  ]) {
    assert.not.ok(isSoftware(name), name);
  }
});

opening('the doctor tells what works, what does when named, and what helps where it does not', async () => {
  const closed: string[] = [];
  const diagnosis = await diagnose([
    ['tfjs-node-gpu', refusing('tfjs-node-gpu', 'not installed', 'npm install it')],
    [
      'webgpu',
      async (isNamed) => {
        refuseSoftware('webgpu', 'llvmpipe', isNamed);
        return { ...fake('webgpu'), device: 'llvmpipe', close: () => void closed.push('webgpu') };
      },
    ],
    ['wasm', async () => ({ ...fake('wasm'), close: () => void closed.push('wasm') })],
  ]);
  assert.is(diagnosis.taken, 'wasm');
  assert.equal(closed, ['webgpu', 'wasm']);
  assert.equal(
    diagnosis.backends.map(({ name, status, device, remedy }) => [name, status, device, remedy]),
    [
      ['tfjs-node-gpu', 'no', null, 'npm install it'],
      ['webgpu', 'when named', 'llvmpipe', 'ask for webgpu by name if it is for a test'],
      ['wasm', 'works', 'wasm of a test', null],
    ],
  );
});

opening.run();
