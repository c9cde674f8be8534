/** Trained networks for other programs. */
import { wrongValue } from '../../errors.js';
import { choice } from '../../options/rule.js';
import type { RunFolder } from '../../train/run/run-folder.js';
import { checkDeclared } from '../declared-options.js';
import { type ModelOptions, readModel, type StoredModel } from '../read-model.js';
import type { ExportedFile } from './exported-file.js';
import { exportPytorch } from './pytorch.js';
import { exportTfjs } from './tfjs.js';

export type { ExportedFile } from './exported-file.js';

export const EXPORT_FORMATS = ['tfjs', 'safetensors'] as const;

export const EXPORT_OPTIONS = {
  /**
   * `tfjs`: layers models for tf.loadLayersModel. `safetensors`: weights in PyTorch's layouts, and
   * a script that loads them.
   */
  format: choice(EXPORT_FORMATS, { description: 'for tf.loadLayersModel, or for PyTorch' }),
};

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const EXPORTERS: Readonly<Record<ExportFormat, (model: StoredModel) => ExportedFile[]>> = {
  tfjs: exportTfjs,
  safetensors: exportPytorch,
};

export interface ExportOptions extends ModelOptions {
  /**
   * `tfjs`: layers models for tf.loadLayersModel. `safetensors`: weights in PyTorch's layouts, and
   * a script that loads them.
   */
  readonly format: ExportFormat;
}

/**
 * The files of an export of encoder and decoder. No backend is opened.
 * @param run the path of a run's folder (Node), or a folder in memory
 * @throws RangeError for another format; NoRunError (`ERR_NO_INPUT`) if there is no run, or no
 *   such checkpoint
 * @example
 * const files = await exportModel('runs/first', { format: 'tfjs' });
 * for (const { name, chunks } of files) console.log(name);
 */
export async function exportModel(run: string | RunFolder, options: ExportOptions): Promise<ExportedFile[]> {
  const { format } = checkDeclared('exportModel', options, EXPORT_OPTIONS);
  if (format === null)
    throw wrongValue({ option: 'format', problem: `expected ${EXPORT_FORMATS.join(' or ')}, got none` });
  return EXPORTERS[format](await readModel(run, options));
}
