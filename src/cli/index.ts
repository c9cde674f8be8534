import type { CommandEntry } from './command.js';

/**
 * Every command, in the order of help. One file per command, loaded when it is wanted: add the file
 * and a line here; help and completion follow.
 */
export const commands: readonly CommandEntry[] = [
  { name: 'score', summary: 'score latents against factors', load: () => import('./score.js') },
  { name: 'compare', summary: 'tell which of several models is better', load: () => import('./compare.js') },
  { name: 'inspect', summary: 'show what a file holds', load: () => import('./inspect.js') },
  { name: 'convert', summary: 'write an array in another format', load: () => import('./convert.js') },
  { name: 'metrics', summary: 'list the metrics, their options and sources', load: () => import('./metrics.js') },
  {
    name: 'decompose',
    summary: 'total correlation and mutual information of a posterior',
    load: () => import('./decompose.js'),
  },
  { name: 'agreement', summary: 'tell whether metrics agree, over many models', load: () => import('./agreement.js') },
  { name: 'train', summary: 'train a VAE on images', load: () => import('./train.js') },
  { name: 'data', summary: 'list data sets of images, show one, write its images', load: () => import('./data.js') },
  { name: 'encode', summary: 'encode images with a trained model', load: () => import('./encode.js') },
  { name: 'traverse', summary: 'draw what each latent does', load: () => import('./traverse.js') },
  { name: 'reconstruct', summary: 'draw images beside their reconstructions', load: () => import('./reconstruct.js') },
  {
    name: 'interpolate',
    summary: 'draw images between two, or over two latents',
    load: () => import('./interpolate.js'),
  },
  { name: 'export', summary: 'write a trained model for tfjs or PyTorch', load: () => import('./export.js') },
  { name: 'bench', summary: 'time the metrics on this machine', load: () => import('./bench.js') },
  { name: 'doctor', summary: 'show what this machine can train on', load: () => import('./doctor.js') },
  { name: 'completion', summary: 'print a completion script for a shell', load: () => import('./completion.js') },
];
