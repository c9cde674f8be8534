import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scoreFiles } from '../../src/files.js';
import { concatenate, floats, littleEndian, zipBytes } from './builders.js';
import { fixture, open, rowsOf, survivesDamage } from './fixtures.js';
import { errorOf } from './matrices.js';

// Element (i, j) of `z` in fixtures/make_torch.py.
const z = (i: number, j: number) => (3 * i + j - 5) / 4;
const table = (rows: readonly number[], columns: readonly number[], at = z) =>
  rows.map((i) => columns.map((j) => at(i, j)));

for (const name of ['torch-1.pt', 'torch-2.pt']) {
  test(`reads the tensors of ${name}, whatever their strides`, async () => {
    const { arrays, format } = await open(fixture(name), name);
    assert.is(format, 'pt');
    const entry = (wanted: string) => arrays.find((array) => array.name === wanted)!;
    const rows = (wanted: string) => rowsOf(entry(wanted));
    assert.equal([entry('latents').dtype, entry('latents').shape], ['float32', [4, 3]]);
    assert.equal(await rows('latents'), table([0, 1, 2, 3], [0, 1, 2]));
    assert.equal(await rows('factors'), [
      [0, 1],
      [1, 1],
      [2, 0],
      [0, 0],
    ]);
    assert.is(entry('factors').dtype, 'int64');
    assert.equal(
      await rows('transposed'),
      table([0, 1, 2], [0, 1, 2, 3], (i, j) => z(j, i)),
    );
    assert.equal(await rows('columns'), table([0, 1, 2, 3], [1, 2]));
    assert.equal(await rows('every second'), table([0, 2], [0, 1, 2]));
    assert.equal(await rows('again'), table([0, 0, 0], [0, 1, 2]));
    assert.equal(await rows('parameter'), table([0, 1], [0, 1, 2]));
    assert.equal([entry('truth').dtype, await rows('truth')], ['bool', [[1], [0]]]);
    assert.equal(await rows('list.0'), [[1.5]]);
    assert.equal(await rows('list.1'), [[2.5, 3.5]]);
    assert.equal(await rows('state.conv.bias'), [[0.5], [-0.5]]);
    const types = arrays.filter((array) => array.name?.startsWith('types.'));
    assert.is(types.length, name === 'torch-1.pt' ? 9 : 12);
    for (const array of types) {
      assert.is(array.dtype, array.name?.slice('types.'.length));
      assert.equal(await rowsOf(array), [[1], [2], [3]]);
    }
  });

  test(`lists what is no table of ${name}, and says why`, async () => {
    const { arrays } = await open(fixture(name), name);
    const refusals = Object.fromEntries(arrays.filter((one) => one.refusal).map((one) => [one.name, one.refusal]));
    assert.equal(refusals, {
      'state.conv.weight':
        'expected rows and columns, got 4 dimensions of shape (2, 1, 3, 3); x.reshape(2, -1) makes a row of each, x.reshape(-1, 3) joins batches of rows',
      complex: 'expected real numbers, got ComplexFloatStorage; save x.real, x.imag or x.abs()',
      sparse: 'expected a tensor, got a sparse tensor; save x.to_dense()',
      options:
        "expected a tensor, got an object of argparse.Namespace; torch.save({'latents': z, 'factors': v}, 'x.pt')",
      labels: 'expected a tensor, got a list of numbers; save torch.tensor(x)',
    });
  });

  test(`survives damage of ${name}`, () => survivesDamage(fixture(name), name));
}

test('reads a single tensor, which has no name, in protocol 4', async () => {
  const { arrays } = await open(fixture('tensor.pt'), 'tensor.pt');
  assert.equal(
    arrays.map(({ name, shape }) => [name, shape]),
    [[null, [4, 3]]],
  );
  assert.equal(await rowsOf(arrays[0]), table([0, 1, 2, 3], [0, 1, 2]));
  await survivesDamage(fixture('tensor.pt'), 'tensor.pt');
});

test('refuses what torch negates when it is used, whose stored numbers have the other sign', async () => {
  const { arrays } = await open(fixture('negative.pt'), 'negative.pt');
  const [kept, lazy, resolved] = arrays;
  assert.equal(await rowsOf(kept), [[1], [3], [5], [7], [9], [11]]);
  assert.equal(await rowsOf(resolved), [[-1], [-3], [-5], [-7], [-9], [-11]]);
  assert.equal([lazy.name, lazy.dtype, lazy.shape], ['lazy', 'float32', [6]]);
  assert.is(
    (await errorOf(() => lazy.read())).message,
    "negative.pt, member 'lazy': expected elements as they are stored, got a tensor with the bit 'neg' of torch; save its resolve_neg()",
  );
  await survivesDamage(fixture('negative.pt'), 'negative.pt');
});

test('says what makes a tensor of what is nearly one', async () => {
  const { arrays } = await open(fixture('near.pt'), 'near.pt');
  assert.equal(Object.fromEntries(arrays.map(({ name, refusal }) => [name, refusal])), {
    numpy: 'expected a tensor, got a numpy array; save torch.from_numpy(x)',
    scalar: 'expected a tensor, got a numpy number; save torch.tensor(x)',
    sparse: 'expected a tensor, got a sparse tensor; save x.to_dense()',
    csr: 'expected a tensor, got a sparse tensor; save x.to_dense()',
    quantised: 'expected a tensor, got a quantised tensor; save x.dequantize()',
    complex: 'expected real numbers, got ComplexFloatStorage; save x.real, x.imag or x.abs()',
    lists: 'expected a tensor, got a list of numbers; save torch.tensor(x)',
    z: null,
  });
  assert.is(
    (await errorOf(() => open(fixture('arrays.pt'), 'arrays.pt'))).message,
    "arrays.pt, member 'numpy': expected a tensor, got a numpy array; save torch.from_numpy(x)",
  );
  const script = /^script\.pt: a TorchScript program, which holds no samples; encode data with it/;
  assert.match((await errorOf(() => open(fixture('script.pt'), 'script.pt'))).message, script);
  await survivesDamage(fixture('near.pt'), 'near.pt');
});

test('takes no batch of several for all of them', async () => {
  const { arrays } = await open(fixture('batches.pt'), 'batches.pt');
  const refusal = 'expected a tensor, got a list of 2, as of batches; save torch.cat(x)';
  assert.equal(
    arrays.map((array) => [array.name, array.shape, array.refusal]),
    [
      ['mu', [2], refusal],
      ['mu.0', [2, 3], null],
      ['mu.1', [2, 3], null],
      ['factors', [2], refusal],
      ['factors.0', [2, 3], null],
      ['factors.1', [2, 3], null],
      ['pair.0', [4, 3], null],
      ['pair.1', [4, 2], null],
    ],
  );
  for (const [name, message] of [
    ['batches.pt', `memory, member 'mu': ${refusal}`],
    [
      'loader.pt',
      'memory: expected a tensor, got a list of 2 dicts of tensors, as of batches; save torch.cat(x) for each of them',
    ],
  ]) {
    assert.is((await errorOf(() => scoreFiles(fixture(name)))).message, message);
  }
  const asked = { latentsMember: 'mu.0', factorsMember: 'factors.1', metrics: ['mig'] as const };
  assert.is((await scoreFiles(fixture('batches.pt'), asked)).input.latents.rows, 2);
});

test('is told by content under the name of a model', async () => {
  assert.is((await open(fixture('torch-2.pt'), 'pytorch_model.bin')).format, 'pt');
});

test('refuses files of before version 1.6, and whole models', async () => {
  const legacy = await errorOf(() => open(fixture('legacy.pt'), 'legacy.pt'));
  assert.is(
    legacy.message,
    "legacy.pt, byte 0: a PyTorch file of before version 1.6; torch.save(torch.load('x.pt'), 'new.pt') writes it anew",
  );
  const model = await errorOf(() => open(fixture('module.pt'), 'module.pt'));
  assert.is(
    model.message,
    "module.pt: expected a tensor, got an object of torch.nn.modules.linear.Linear; torch.save({'latents': z, 'factors': v}, 'x.pt')",
  );
});

/** A file of torch with this pickle, and six floats. */
function ptBytes(pickle: Uint8Array | string, { order = 'little', data = floats(0, 1, 2, 3, 4, 5) } = {}): Uint8Array {
  return zipBytes([
    { name: 'm/data.pkl', content: concatenate('\x80\x02', pickle, '.') },
    { name: 'm/byteorder', content: concatenate(order) },
    { name: 'm/data/0', content: data },
  ]);
}

const text = (value: string) => concatenate('X', littleEndian(4, value.length), value);
const int = (value: number) => concatenate('J', littleEndian(4, value));
const tuple = (...values: readonly number[]) => concatenate('(', ...values.map(int), 't');

function tensor({
  shape = [3, 2],
  strides = [2, 1],
  offset = 0,
  count = 6,
  type = 'FloatStorage',
  metadata = '',
} = {}): Uint8Array {
  const id = concatenate('(', text('storage'), `ctorch\n${type}\n`, text('0'), text('cpu'), int(count), 'tQ');
  const rest = concatenate(tuple(...shape), tuple(...strides), '\x89', 'ccollections\nOrderedDict\n)R');
  return concatenate('ctorch._utils\n_rebuild_tensor_v2\n(', id, int(offset), rest, metadata, 'tR');
}

test('holds tensors to their storage', async () => {
  const message = async (parts: Parameters<typeof tensor>[0]) =>
    (await errorOf(() => open(ptBytes(tensor(parts)), 'a.pt'))).message;
  assert.equal(await rowsOf((await open(ptBytes(tensor()), 'a.pt')).arrays[0]), [
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
  assert.is(await message({ offset: 1 }), 'a.pt: expected a tensor within 6 elements, got one up to 7');
  assert.is(await message({ strides: [3, 1] }), 'a.pt: expected a tensor within 6 elements, got one up to 8');
  assert.is(await message({ count: 7 }), 'a.pt: expected 28 bytes in data/0, got 24');
  assert.is(await message({ type: 'DoubleStorage' }), 'a.pt: expected 48 bytes in data/0, got 24');
  assert.match(
    await message({ strides: [-2, 1] }),
    'expected a tensor, got an object of torch._utils._rebuild_tensor_v2',
  );
  assert.match(await message({ shape: [2 ** 30, 2 ** 30], strides: [0, 0] }), 'is beyond what can be addressed');
  assert.is(
    await message({ shape: [2 ** 20, 2 ** 20], strides: [0, 0] }),
    `a.pt: expected at most ${(192 << 20) / 8 + 8 * ptBytes(tensor()).length} numbers, got (1048576, 1048576) of fewer`,
  );
});

test('refuses what it does not know of how torch uses a tensor, unless it is off', async () => {
  const refusal = async (metadata: string) => {
    const { arrays } = await open(ptBytes(tensor({ metadata })), 'a.pt');
    return arrays[0].refusal;
  };
  const key = (name: string) => `X${String.fromCharCode(name.length, 0, 0, 0)}${name}`;
  assert.is(await refusal('}'), null);
  assert.is(await refusal('N'), null);
  assert.is(await refusal(`}${key('neg')}\x89s`), null);
  assert.match((await refusal(`}${key('neg')}\x88s`)) as string, "the bit 'neg' of torch; save its resolve_neg()");
  assert.match((await refusal(`}${key('odd')}K\x01s`)) as string, "the bit 'odd' of torch; save a clone() of it");
  const error = await errorOf(() => open(ptBytes(tensor({ metadata: 'K\x01' })), 'a.pt'));
  assert.match(error.message, 'expected a tensor, got an object of torch._utils._rebuild_tensor_v2');
});

test('reads storages of the other byte order', async () => {
  const data = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
  for (let i = 0; i < data.length; i += 4) data.subarray(i, i + 4).reverse();
  const { arrays } = await open(ptBytes(tensor(), { order: 'big', data }), 'a.pt');
  assert.equal(await rowsOf(arrays[0]), [
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const error = await errorOf(() => open(ptBytes(tensor(), { order: 'odd' }), 'a.pt'));
  assert.is(error.message, 'a.pt: expected a byte order of little or big, got "odd"');
});

test('runs nothing, and refuses what is no plain data by its opcode', async () => {
  const message = async (pickle: string | Uint8Array) => (await errorOf(() => open(ptBytes(pickle), 'a.pt'))).message;
  assert.match(
    await message(concatenate('cos\nsystem\n(', text('touch x'), 'tR')),
    'expected a tensor, got an object of os.system',
  );
  // INST and OBJ make objects; a protocol of 0 is another language.
  assert.match(await message('(ios\nsystem\n'), 'expected an opcode of plain data, got 0x69');
  assert.match(await message('(cos\nsystem\no'), 'expected an opcode of plain data, got 0x6f');
  assert.match(await message('\x80\x00'), 'expected protocol 2 to 5, got 0');
  assert.match(await message('h\x05'), 'expected a value that was kept as 5, got none');
  assert.match(await message('t'), 'expected a mark on the stack, got none');
  assert.match(await message('NN'), 'expected one value at the end, got more');
  assert.match(await message('N'), "expected a tensor, got none; torch.save({'latents': z, 'factors': v}, 'x.pt')");
});

test('is not led round in circles, nor through doors without number', async () => {
  const limit = /expected at most 100 levels and 1000000 values, got more/;
  const itself = await errorOf(() => open(ptBytes(']q\x00h\x00a'), 'a.pt'));
  assert.match(itself.message, limit);
  // Each list holds the one before it ten times.
  const lists = Array.from(
    { length: 30 },
    (_, k) => `]q${String.fromCharCode(k + 1)}(${`h${String.fromCharCode(k)}`.repeat(10)}e`,
  );
  const many = await errorOf(() => open(ptBytes(`(]q\x00${lists.join('')}t`), 'a.pt'));
  assert.match(many.message, limit);
  const nested = await errorOf(() => open(ptBytes(`${'('.repeat(50_000)}${'t'.repeat(50_000)}`), 'a.pt'));
  assert.match(nested.message, limit);
});

test.run();
