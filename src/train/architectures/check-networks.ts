/** Holds the networks of an architecture to the images and latents that they are built for. */
import type { ImageShape } from '../../data/dataset.js';
import { wrongType, wrongValue } from '../../errors.js';
import type { Networks } from './architecture.js';
import { ACTIVATIONS, type Layer } from './layers.js';

/**
 * Networks are data that travel between threads.
 * @throws TypeError or RangeError naming the layer that does not follow from the one before
 */
export function checkNetworks(owner: string, networks: Networks, image: ImageShape, latents: number): Networks {
  const pixels = [image.height, image.width, image.channels];
  checkNetwork(`${owner}: encoder`, networks.encoder, pixels, [2 * latents]);
  checkNetwork(`${owner}: decoder`, networks.decoder, [latents], pixels);
  return networks;
}

function checkNetwork(
  label: string,
  layers: readonly Layer[],
  input: readonly number[],
  output: readonly number[],
): void {
  if (!Array.isArray(layers))
    throw wrongType({ option: 'architecture', problem: `${label}: expected a list of layers, got ${typeof layers}` });
  let before = input;
  for (const [i, layer] of layers.entries()) before = shapeAfter(`${label}: layer ${i}`, layer, before);
  if (before.join() !== output.join()) {
    throw wrongValue({
      option: 'architecture',
      problem: `${label}: expected an output of ${show(output)}, got ${show(before)}`,
    });
  }
}

/** The shape of a row behind a layer. */
function shapeAfter(label: string, layer: Layer, before: readonly number[]): readonly number[] {
  const expect = (isRight: boolean, expected: string, got: unknown) => {
    if (!isRight)
      throw wrongValue({
        option: 'architecture',
        problem: `${label}: expected ${expected}, got ${JSON.stringify(got) ?? 'nothing'}`,
      });
  };
  const expectCount = (name: string, value: unknown) =>
    expect(Number.isInteger(value) && (value as number) > 0, `${name} to be a whole number above 0`, value);
  if (layer.kind === 'reshape') {
    const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
    const { shape } = layer;
    expect(Array.isArray(shape) && size(shape) === size(before), `a shape of ${size(before)} values`, shape);
    return shape;
  }
  expect(
    ['dense', 'convolution', 'transposed-convolution'].includes(layer.kind),
    'a dense layer, a convolution, a transposed-convolution or a reshape',
    layer.kind,
  );
  expect(ACTIVATIONS.includes(layer.activation), `an activation of ${ACTIVATIONS.join(', ')}`, layer.activation);
  expect(before.length === (layer.kind === 'dense' ? 1 : 3), `rows that ${layer.kind} takes`, before);
  expect(layer.inputs === before[before.length - 1], `${before[before.length - 1]} inputs`, layer.inputs);
  expectCount('outputs', layer.outputs);
  if (layer.kind === 'dense') return [layer.outputs];
  expectCount('kernel', layer.kernel);
  expectCount('stride', layer.stride);
  const halved = (side: number) => Math.ceil(side / layer.stride);
  if (layer.kind === 'convolution') return [halved(before[0]), halved(before[1]), layer.outputs];
  expect(
    halved(layer.height) === before[0] && halved(layer.width) === before[1],
    `an image whose sides are ${before[0]} x ${before[1]} times the stride`,
    [layer.height, layer.width],
  );
  return [layer.height, layer.width, layer.outputs];
}

function show(shape: readonly number[]): string {
  return shape.join(' x ');
}
