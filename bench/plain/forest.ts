/**
 * A tree of a random forest in plain JavaScript: the draws of assembly/forest, splits by sorting at
 * each node.
 */
import { STREAMS } from '../../src/random.js';
import { PlainStream } from './philox.js';

const NO_IMPURITY = 2.220446049250313e-16;
const TIE = 1 + 1e-12;

/**
 * What Gini's impurity falls by, by column, in a tree of rows drawn with replacement. x:
 * [columns][rows]
 */
export function forestGains(
  x: Float64Array,
  labels: Int32Array,
  classes: number,
  columnsPerSplit: number,
  seed: number,
  index: number,
): Float64Array {
  const rows = labels.length;
  const columns = x.length / rows;
  const words = new PlainStream(seed, STREAMS.forest, index);
  const weights = new Float64Array(rows);
  for (let i = 0; i < rows; i++) weights[words.below(rows)]++;
  const gains = new Float64Array(columns);
  const drawn = Array.from({ length: columns }, (_, column) => column);
  const onLeft = new Float64Array(classes);
  const waiting = [Int32Array.from(labels.keys()).filter((row) => weights[row] > 0)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const counts = new Float64Array(classes);
    let total = 0;
    for (const row of node) {
      counts[labels[row]] += weights[row];
      total += weights[row];
    }
    let squares = 0;
    for (let c = 0; c < classes; c++) squares += counts[c] * counts[c];
    if (1 - squares / (total * total) <= NO_IMPURITY) continue;
    let best = -1;
    let bestColumn = -1;
    let bestValue = 0;
    for (const column of drawColumns(node)) {
      const at = column * rows;
      const sorted = node.slice().sort((a, b) => x[at + a] - x[at + b]);
      onLeft.fill(0);
      let left = 0;
      let leftSquares = 0;
      let rightSquares = squares;
      for (let i = 0; i + 1 < sorted.length; i++) {
        const row = sorted[i];
        const weight = weights[row];
        const before = onLeft[labels[row]];
        left += weight;
        leftSquares += weight * (2 * before + weight);
        rightSquares -= weight * (2 * (counts[labels[row]] - before) - weight);
        onLeft[labels[row]] = before + weight;
        if (x[at + row] === x[at + sorted[i + 1]]) continue;
        const right = total - left;
        const product = left * right;
        const score = leftSquares * right + rightSquares * left;
        if (best >= 0 && score <= best * TIE * product) continue;
        best = score / product;
        bestColumn = column;
        bestValue = x[at + row];
      }
    }
    if (bestColumn < 0) continue;
    gains[bestColumn] += Math.max(0, best - squares / total);
    const at = bestColumn * rows;
    waiting.push(
      node.filter((row) => x[at + row] > bestValue),
      node.filter((row) => x[at + row] <= bestValue),
    );
  }
  return gains;

  /** Columns that vary in the node, drawn until there are enough and one of them does. */
  function drawColumns(node: Int32Array): number[] {
    const found: number[] = [];
    for (let v = 0; v < columns && (v < columnsPerSplit || found.length === 0); v++) {
      const there = v + words.below(columns - v);
      [drawn[v], drawn[there]] = [drawn[there], drawn[v]];
      const at = drawn[v] * rows;
      if (node.some((row) => x[at + row] !== x[at + node[0]])) found.push(drawn[v]);
    }
    return found;
  }
}
