/** Correlations of columns with columns: in sample, over the training rows, over the test rows. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { columnMoments, correlationsOf, joinMoments, type Moments, momentsOfParts } from './column-moments.js';
import { type Columns, joinColumns } from './columns.js';
import { countUp, type PartedRanks, rankParts } from './parted-ranks.js';
import { type PartedRows, partRows } from './parted-rows.js';
import type { Pause } from './pause.js';
import type { Split } from './split.js';
import type { Table } from './table.js';

/** Of values, or of their ranks (Spearman), equal values sharing the mean of theirs. */
export type CorrelationKind = 'pearson' | 'spearman';

/** Correlations over some rows. */
export interface Correlations {
  /** [left][right], -1 to 1; 0 for a column that is constant over the rows. */
  readonly values: Float64Array;
  /** Whether each right column varies over the rows. */
  readonly varies: readonly boolean[];
}

/** The same over each part of the rows. */
export interface PartedCorrelations {
  /** Over all rows or, if rows were named, over those to learn from. */
  readonly inSample: Correlations;
  readonly train: Correlations;
  readonly test: Correlations;
}

/** The left columns a chunk at a time: those of ranks are held. */
const COLUMNS_PER_CHUNK = 8;

/** Many columns, of which [first, last) are taken when they are needed. */
export interface ManyColumns {
  readonly count: number;
  readonly take: (first: number, last: number) => Columns;
}

/** @param split of the table's rows: all of them, unless rows were named */
export async function correlateParts(
  { core, exactSplit }: Table,
  split: Pick<Split, 'train' | 'test'>,
  left: ManyColumns,
  right: Columns,
  kind: CorrelationKind,
  pause: Pause,
): Promise<PartedCorrelations> {
  return core.arena.scope(async () => {
    const parts = partRows(core, split);
    const isNamed = exactSplit !== null;
    const others = kind === 'spearman' ? await rankParts(core, right, parts, pause) : null;
    const found: PartedCorrelations[] = [];
    for (let first = 0; first < left.count || first === 0; first += COLUMNS_PER_CHUNK) {
      const last = Math.min(left.count, first + COLUMNS_PER_CHUNK);
      const chunk = await core.arena.scope(async () => {
        const own = left.take(first, last);
        if (others === null) return correlateValues(core, parts, isNamed, own, right, pause);
        return correlateRanks(core, parts, isNamed, await rankParts(core, own, parts, pause), others, pause);
      });
      found.push(chunk);
    }
    const join = (part: keyof PartedCorrelations): Correlations => ({
      values: Float64Array.from(found.flatMap((chunk) => [...chunk[part].values])),
      varies: found[0][part].varies,
    });
    return { inSample: join('inSample'), train: join('train'), test: join('test') };
  });
}

async function correlateValues(
  core: Core,
  { train, test }: PartedRows,
  isNamed: boolean,
  left: Columns,
  right: Columns,
  pause: Pause,
): Promise<PartedCorrelations> {
  const columns = joinColumns([left, right]);
  const pairing = { left: left.count, start: left.count };
  const [ofTrain, ofTest] = await momentsOfParts(core, columns, pairing, [train, test], pause);
  const inSample = isNamed ? ofTrain : joinMoments(ofTrain, ofTest);
  return { inSample: correlate(inSample), train: correlate(ofTrain), test: correlate(ofTest) };
}

async function correlateRanks(
  core: Core,
  { both, train, test }: PartedRows,
  isNamed: boolean,
  left: PartedRanks,
  right: PartedRanks,
  pause: Pause,
): Promise<PartedCorrelations> {
  const pairing = { left: left.inPart.count, start: left.inPart.count };
  const places = countUp(core, both.length);
  const correlateOver = async (columns: Columns, order: Block<'i32'>) =>
    correlate(await columnMoments(core, columns, pairing, order, pause));
  const inPart = joinColumns([left.inPart, right.inPart]);
  const ofTrain = await correlateOver(inPart, places.slice(0, train.length));
  const ofTest = await correlateOver(inPart, places.slice(train.length, test.length));
  if (isNamed) return { inSample: ofTrain, train: ofTrain, test: ofTest };
  const inSample = await correlateOver(joinColumns([left.inBoth, right.inBoth]), places);
  return { inSample, train: ofTrain, test: ofTest };
}

function correlate(moments: Moments): Correlations {
  return {
    values: correlationsOf(moments),
    varies: Array.from(moments.squares.subarray(moments.start), (square) => square > 0),
  };
}
