/**
 * How much of each factor a linear model reads off all latents, on the rows it is fitted to: InfoE.
 */
import type { Block } from '../../bindings/arena.js';
import { fitBalancedLogistic } from '../learners/balanced-logistic.js';
import { independentColumns, multipleDetermination } from '../learners/least-squares.js';
import { type Note, note } from '../note.js';
import type { Pause } from '../stats/pause.js';
import {
  chooseColumns,
  correlateLatents,
  correlateWith,
  type StandardisedLatents,
  standardiseLatents,
} from '../stats/standardised-latents.js';
import type { Table } from '../stats/table.js';

/** What a linear model says of a factor. */
export interface ExplainedFactor {
  /** 1 - cross entropy / ln values of a discrete factor, R^2 of a continuous one. */
  readonly explained: number;
  readonly notes: readonly Note[];
}

/** Fits factor k: a balanced softmax regression, or least squares. Without latents that vary: 0. */
export async function explainFactor(table: Table, k: number, pause: Pause): Promise<ExplainedFactor> {
  const { core, factors, varyingLatents } = table;
  if (varyingLatents.length === 0) return { explained: 0, notes: [] };
  const { codes, values, size } = factors[k];
  const between = await correlateLatents(table, pause);
  if (values) {
    const ofValues = await core.arena.scope(() => correlateWith(standardiseLatents(table), values.array));
    return { explained: multipleDetermination(between, ofValues), notes: [] };
  }
  return core.arena.scope(async () => {
    const latents = standardiseLatents(table);
    // Without a penalty, weights that grow without end would make features of what rounding leaves
    // between repeated latents.
    const columns = independentColumns(between, latents.columns);
    const features = columns.length < latents.columns ? chooseColumns(core, latents, columns) : latents;
    const waiting = (done: number, most: number) => pause(`classifier of factor ${k}`, done, most);
    const { explained, isUnfinished } = await classify(table, features, codes as Block<'i32'>, size as number, waiting);
    const text = `factor ${k}: the classifier was given up before its optimum, so InfoE is not exactly what is defined`;
    return { explained, notes: isUnfinished ? [note('unfinished-fit', text)] : [] };
  });
}

/** The share of ln values that the cross entropy of a classifier is less than. */
async function classify(
  { core, rows }: Table,
  { x, stride, columns }: StandardisedLatents,
  codes: Block<'i32'>,
  size: number,
  pause: (done: number, most: number) => void | Promise<void>,
) {
  return core.arena.scope(async () => {
    const labels = core.arena.alloc('i32', rows);
    const occurs = new Uint8Array(size);
    const [from, to] = [codes.array, labels.array];
    for (let row = 0; row < rows; row++) occurs[from[row]] = 1;
    let classes = 0;
    const placeOf = Int32Array.from(occurs, (is) => (is ? classes++ : -1));
    for (let row = 0; row < rows; row++) to[row] = placeOf[from[row]];
    const { crossEntropy, outcome } = await fitBalancedLogistic(
      core,
      { x, stride, labels, rows, columns, classes },
      pause,
    );
    // Each class counts the same in the fit, each row in the cross entropy: that may be more than
    // without latents.
    const explained = Math.max(0, 1 - crossEntropy / core.information.naturalLogarithm(classes));
    return { explained, isUnfinished: outcome === 'unfinished' };
  });
}
