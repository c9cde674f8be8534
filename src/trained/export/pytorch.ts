/**
 * Encoder and decoder for PyTorch: model.safetensors, and a script that builds the networks and
 * loads it.
 */
import { type FloatTensor, type FloatTensors, writeFloatTensors } from '../../io/float-tensors.js';
import { LEAKY_SLOPE } from '../../train/architectures/layers.js';
import type { StoredModel } from '../read-model.js';
import type { ExportedFile } from './exported-file.js';
import { edgesOf, type PlacedLayer, placeLayers } from './geometry.js';
import { toPytorchBias, toPytorchWeights } from './pytorch-layouts.js';

const WEIGHTS_NAME = 'model.safetensors';
const SCRIPT_NAME = 'load_in_pytorch.py';

/** A module of `nn.Sequential`; `placed` where it has parameters. */
interface PytorchModule {
  readonly code: string;
  readonly placed?: PlacedLayer;
}

export function exportPytorch(model: StoredModel): ExportedFile[] {
  const { networks, image, config, likelihood, weights, step } = model;
  const encoder = placeLayers(networks.encoder, [image.height, image.width, image.channels]).flatMap(toModules);
  const decoder = placeLayers(networks.decoder, [config.latents]).flatMap(toModules);
  const isBernoulli = likelihood.name === 'bernoulli';
  if (isBernoulli) decoder.push({ code: 'nn.Sigmoid()' });
  const tensors = new Map([...nameTensors('encoder', encoder, weights), ...nameTensors('decoder', decoder, weights)]);
  const metadata = {
    format: 'pt',
    architecture: config.architecture,
    latents: String(config.latents),
    likelihood: likelihood.name,
    step: String(step),
  };
  const script = writeScript(model, encoder, decoder);
  return [
    { name: WEIGHTS_NAME, chunks: writeFloatTensors(tensors, metadata) },
    { name: SCRIPT_NAME, chunks: [new TextEncoder().encode(script)] },
  ];
}

function* nameTensors(
  network: string,
  modules: readonly PytorchModule[],
  weights: FloatTensors,
): Generator<[string, FloatTensor]> {
  for (const [number, { placed }] of modules.entries()) {
    if (placed === undefined) continue;
    const tensor = (part: string) => weights.get(`${network}.${placed.index}.${part}`) as FloatTensor;
    yield [`${network}.${number}.weight`, toPytorchWeights(tensor('weights'), placed)];
    yield [`${network}.${number}.bias`, toPytorchBias(tensor('bias'), placed)];
  }
}

const ACTIVATIONS = {
  linear: [],
  relu: [{ code: 'nn.ReLU()' }],
  tanh: [{ code: 'nn.Tanh()' }],
  'leaky-relu': [{ code: `nn.LeakyReLU(${LEAKY_SLOPE})` }],
} as const;

function toModules(placed: PlacedLayer): PytorchModule[] {
  const { layer, before, after } = placed;
  if (layer.kind === 'reshape') {
    if (after.length === 1) return [{ code: 'nn.Flatten()' }];
    const [height, width, channels] = after;
    return [{ code: `nn.Unflatten(1, (${channels}, ${height}, ${width}))` }];
  }
  const activation = ACTIVATIONS[layer.activation];
  const { inputs, outputs } = layer;
  if (layer.kind === 'dense') return [{ code: `nn.Linear(${inputs}, ${outputs})`, placed }, ...activation];
  const isTransposed = layer.kind === 'transposed-convolution';
  const { top, bottom, left, right } = edgesOf(layer, isTransposed ? after : before);
  const isEven = top === bottom && left === right;
  // Padding is the same on all sides there; where ours is not, a module of its own adds zeros, or
  // takes a line away.
  const convolution = (padding: string) =>
    `nn.${isTransposed ? 'ConvTranspose2d' : 'Conv2d'}(${inputs}, ${outputs}, ${layer.kernel}, stride=${layer.stride}${padding})`;
  if (isEven) {
    const padding = top === left ? `${top}` : `(${top}, ${left})`;
    return [{ code: convolution(top + left === 0 ? '' : `, padding=${padding}`), placed }, ...activation];
  }
  const sign = isTransposed ? -1 : 1;
  const edges = { code: `nn.ZeroPad2d((${[left, right, top, bottom].map((side) => sign * side + 0).join(', ')}))` };
  const whole = { code: convolution(''), placed };
  return [...(isTransposed ? [whole, edges] : [edges, whole]), ...activation];
}

function writeScript(
  { image, config, likelihood, code, step }: StoredModel,
  encoder: readonly PytorchModule[],
  decoder: readonly PytorchModule[],
): string {
  const { channels, height, width } = image;
  const pixels =
    likelihood.name === 'bernoulli'
      ? 'in [0, 1] (without the sigmoid, decoder[:-1], the logits)'
      : 'the means of normal pixels, which may lie beyond [0, 1]';
  return `"""Encoder and decoder of a ${config.objective.name} after ${step} steps, for PyTorch. Needs nothing but torch.

Images are (rows, ${channels}, ${height}, ${width}), float32 in [0, 1]; of bytes (rows, ${height}, ${width}${channels === 1 ? '' : `, ${channels}`}) from vaemetrics data -o images.npz:
images = torch.from_numpy(numpy.load("images.npz")["images"])${channels === 1 ? '[:, None]' : '.permute(0, 3, 1, 2)'} / 255
The encoder gives (rows, ${2 * config.latents}): ${config.latents} means, then ${config.latents} ${code === 'mean' ? 'numbers that nothing has trained' : 'natural logarithms of variances'}.
The decoder takes (rows, ${config.latents}), and gives images: ${pixels}.
"""
import json
import pathlib

import torch
from torch import nn

encoder = nn.Sequential(
${listModules(encoder)}
)
decoder = nn.Sequential(
${listModules(decoder)}
)
model = nn.ModuleDict({"encoder": encoder, "decoder": decoder})


def load_file(path):
    """The float32 tensors of a .safetensors file by name (as safetensors.torch.load_file)."""
    data = bytearray(pathlib.Path(path).read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(
            data, dtype=torch.float32, offset=start + about["data_offsets"][0],
            count=(about["data_offsets"][1] - about["data_offsets"][0]) // 4,
        ).reshape(about["shape"])
        for name, about in header.items()
    }


model.load_state_dict(load_file(pathlib.Path(__file__).with_name("${WEIGHTS_NAME}")))
model.eval()
`;
}

function listModules(modules: readonly PytorchModule[]): string {
  return modules.map(({ code }) => `    ${code},`).join('\n');
}
