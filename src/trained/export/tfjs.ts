/**
 * A network as a layers model of tfjs: model.json and its weights, as `tf.loadLayersModel` reads
 * them.
 */
import { bytesOf, type FloatTensors } from '../../io/float-tensors.js';
import { type Activation, LEAKY_SLOPE } from '../../train/architectures/layers.js';
import { version } from '../../version.js';
import type { StoredModel } from '../read-model.js';
import type { ExportedFile } from './exported-file.js';
import { edgesOf, type PlacedLayer, placeLayers } from './geometry.js';

const WEIGHTS_NAME = 'weights.bin';

/** A layer of the topology. */
interface KerasLayer {
  readonly class_name: string;
  readonly config: { readonly name: string; readonly [setting: string]: unknown };
}

/** encoder/ and decoder/, each with model.json and weights.bin. */
export function exportTfjs({ networks, image, config, likelihood, weights }: StoredModel): ExportedFile[] {
  const shape = [image.height, image.width, image.channels];
  const sigmoid: KerasLayer[] = likelihood.name === 'bernoulli' ? [activationLayer('pixels', 'sigmoid')] : [];
  return [
    ...exportNetwork('encoder', placeLayers(networks.encoder, shape), [], weights),
    ...exportNetwork('decoder', placeLayers(networks.decoder, [config.latents]), sigmoid, weights),
  ];
}

function exportNetwork(
  network: string,
  placed: readonly PlacedLayer[],
  last: readonly KerasLayer[],
  weights: FloatTensors,
): ExportedFile[] {
  const [first, ...others] = [...placed.flatMap((layer) => toKeras(network, layer)), ...last];
  const input = { batch_input_shape: [null, ...placed[0].before], dtype: 'float32' };
  const layers = [{ ...first, config: { ...first.config, ...input } }, ...others];
  const own = [...weights].filter(([name]) => name.startsWith(`${network}.`));
  const model = {
    format: 'layers-model',
    generatedBy: `vaemetrics ${version}`,
    convertedBy: null,
    modelTopology: {
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
      model_config: { class_name: 'Sequential', config: { name: network, layers } },
    },
    weightsManifest: [
      {
        paths: [WEIGHTS_NAME],
        weights: own.map(([name, { shape }]) => ({ name: kerasName(name), shape, dtype: 'float32' })),
      },
    ],
  };
  return [
    { name: `${network}/model.json`, chunks: [new TextEncoder().encode(`${JSON.stringify(model)}\n`)] },
    // Their layouts are ours: filters (kernel, kernel, inputs, outputs), transposed ones (kernel,
    // kernel, outputs, inputs).
    { name: `${network}/${WEIGHTS_NAME}`, chunks: own.map(([, { values }]) => bytesOf(values)) },
  ];
}

/** `encoder.0.weights` is `encoder_0/kernel`. */
function kerasName(name: string): string {
  const [network, index, part] = name.split('.');
  return `${network}_${index}/${part === 'weights' ? 'kernel' : 'bias'}`;
}

function toKeras(network: string, { layer, index, before, after }: PlacedLayer): KerasLayer[] {
  const name = `${network}_${index}`;
  if (layer.kind === 'reshape') {
    return after.length === 1
      ? [{ class_name: 'Flatten', config: { name } }]
      : [{ class_name: 'Reshape', config: { name, target_shape: after } }];
  }
  const { activation, leaky } = splitActivation(layer.activation, name);
  if (layer.kind === 'dense') {
    const config = { name, units: layer.outputs, activation, use_bias: true };
    return [{ class_name: 'Dense', config }, ...leaky];
  }
  const config = {
    name,
    filters: layer.outputs,
    kernel_size: [layer.kernel, layer.kernel],
    strides: [layer.stride, layer.stride],
    data_format: 'channels_last',
    activation,
    use_bias: true,
  };
  if (layer.kind === 'convolution') {
    return [{ class_name: 'Conv2D', config: { ...config, padding: 'same' } }, ...leaky];
  }
  // Theirs doubles a side; where ours is a pixel shorter, all is computed and the edges are cut
  // off.
  const isWhole = [0, 1].every((side) => after[side] === before[side] * layer.stride);
  const { top, bottom, left, right } = edgesOf(layer, after);
  const cropping = [
    [top, bottom],
    [left, right],
  ];
  return [
    { class_name: 'Conv2DTranspose', config: { ...config, padding: isWhole ? 'same' : 'valid' } },
    ...(isWhole ? [] : [{ class_name: 'Cropping2D', config: { name: `${name}_edges`, cropping } }]),
    ...leaky,
  ];
}

function activationLayer(name: string, activation: string): KerasLayer {
  return { class_name: 'Activation', config: { name, activation } };
}

function splitActivation(activation: Activation, name: string): { activation: string; leaky: KerasLayer[] } {
  if (activation !== 'leaky-relu') return { activation, leaky: [] };
  const leaky = { class_name: 'LeakyReLU', config: { name: `${name}_activation`, alpha: LEAKY_SLOPE } };
  return { activation: 'linear', leaky: [leaky] };
}
