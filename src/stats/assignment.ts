/**
 * Pairs rows and columns of a matrix one to one so that the sum of what is paired is largest.
 *
 * Shortest augmenting paths, O(least^2 most) for a matrix of `least` by `most`: exact, whatever the
 * numbers are.
 *
 * @see R. Jonker, A. Volgenant 1987, A Shortest Augmenting Path Algorithm for Dense and Sparse
 * Linear Assignment Problems
 */

/** Differences up to this are ties. */
const TIE = 1e-12;

/**
 * The row of each column, -1 for a column that has none: as many pairs as the smaller side has. Of
 * pairings with the same sum the one that pairs the first column with the lowest row, then the
 * second, and so on.
 *
 * @param weights [rows][columns], finite
 */
export function assign(weights: ArrayLike<number>, rows: number, columns: number): Int32Array {
  if (rows === 0 || columns === 0) return new Int32Array(columns).fill(-1);
  // The smaller side looks for partners on the larger.
  const isTall = rows >= columns;
  const weight = isTall
    ? (few: number, many: number) => weights[many * columns + few]
    : (few: number, many: number) => weights[few * columns + many];
  const solved = augment(weight, Math.min(rows, columns), Math.max(rows, columns));
  const settle = new Settling(weight, solved);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      if (isTall ? settle.tryPair(column, row) : settle.tryPair(row, column)) break;
    }
  }
  if (isTall) return solved.manyOf;
  return Int32Array.from(solved.fewOf);
}

type Weight = (few: number, many: number) => number;

/** A pairing, and prices that show that it is the best. */
interface Solved {
  /** The partner of each of the smaller side. */
  readonly manyOf: Int32Array;
  /** The partner of each of the larger side, -1 for none. */
  readonly fewOf: Int32Array;
  /** Gains of the smaller side and prices of the larger, which are 0 for one without a partner. */
  readonly gains: Float64Array;
  readonly prices: Float64Array;
}

/** Adds one of the smaller side after the other, by the path that costs least. */
function augment(weight: Weight, few: number, many: number): Solved {
  const gains = new Float64Array(few);
  const prices = new Float64Array(many);
  const fewOf = new Int32Array(many).fill(-1);
  const manyOf = new Int32Array(few).fill(-1);
  const distance = new Float64Array(many);
  const from = new Int32Array(many);
  const isDone = new Uint8Array(many);
  for (let start = 0; start < few; start++) {
    distance.fill(Number.POSITIVE_INFINITY);
    isDone.fill(0);
    let own = start;
    let reached = 0;
    let at = -1;
    do {
      let nearest = -1;
      for (let j = 0; j < many; j++) {
        if (isDone[j]) continue;
        const loss = reached + gains[own] + prices[j] - weight(own, j);
        if (loss < distance[j]) {
          distance[j] = loss;
          from[j] = own;
        }
        if (nearest < 0 || distance[j] < distance[nearest]) nearest = j;
      }
      at = nearest;
      isDone[at] = 1;
      reached = distance[at];
      own = fewOf[at];
    } while (own >= 0);
    for (let j = 0; j < many; j++) {
      if (!isDone[j] || j === at) continue;
      prices[j] += reached - distance[j];
      gains[fewOf[j]] -= reached - distance[j];
    }
    gains[start] -= reached;
    while (true) {
      const previous = from[at];
      fewOf[at] = previous;
      const next = manyOf[previous];
      manyOf[previous] = at;
      if (previous === start) break;
      at = next;
    }
  }
  return { manyOf, fewOf, gains, prices };
}

/** Moves from one best pairing to another, by pairs that cost nothing. */
class Settling {
  readonly #weight: Weight;
  readonly #solved: Solved;
  readonly #isSettledFew: Uint8Array;
  readonly #isSettledMany: Uint8Array;

  constructor(weight: Weight, solved: Solved) {
    this.#weight = weight;
    this.#solved = solved;
    this.#isSettledFew = new Uint8Array(solved.manyOf.length);
    this.#isSettledMany = new Uint8Array(solved.fewOf.length);
  }

  /** Whether some best pairing with all that is settled has this pair; if so it is settled. */
  tryPair(few: number, many: number): boolean {
    const { manyOf, fewOf } = this.#solved;
    if (this.#isSettledFew[few] || this.#isSettledMany[many] || !this.#isTight(few, many)) return false;
    const [left, displaced] = [manyOf[few], fewOf[many]];
    this.#isSettledFew[few] = 1;
    this.#isSettledMany[many] = 1;
    if (left === many || this.#fill(left, displaced)) {
      manyOf[few] = many;
      fewOf[many] = few;
      return true;
    }
    this.#isSettledFew[few] = 0;
    this.#isSettledMany[many] = 0;
    return false;
  }

  #isTight(few: number, many: number): boolean {
    const { gains, prices } = this.#solved;
    return gains[few] + prices[many] - this.#weight(few, many) <= TIE;
  }

  /** Whether nobody need have it. */
  #isFree(many: number): boolean {
    return this.#solved.prices[many] <= TIE;
  }

  /**
   * Finds a place for `displaced` (-1: whoever is nobody) when `empty` has lost its partner, by
   * moving others along. Nobody may be in any number of places that are free.
   */
  #fill(empty: number, displaced: number): boolean {
    const { fewOf } = this.#solved;
    const many = fewOf.length;
    // The one who would move to each place; -2: not reached.
    const mover = new Int32Array(many).fill(-2);
    const queue = [displaced];
    // The place, free and without a partner, by which nobody came to have to move.
    let freed = -1;
    for (let next = 0; next < queue.length; next++) {
      const few = queue[next];
      for (let j = 0; j < many; j++) {
        if (mover[j] !== -2 || this.#isSettledMany[j]) continue;
        if (few === -1 ? !this.#isFree(j) : !this.#isTight(few, j)) continue;
        mover[j] = few;
        if (j === empty) {
          this.#move(mover, empty, displaced, freed);
          return true;
        }
        const owner = fewOf[j];
        if (owner === -1) {
          if (displaced !== -1 && freed === -1) {
            freed = j;
            queue.push(-1);
          }
        } else if (owner !== few && !this.#isSettledFew[owner]) queue.push(owner);
      }
    }
    return false;
  }

  /** Carries out what was found, from the place that was empty back to the one who had to move. */
  #move(mover: Int32Array, empty: number, displaced: number, freed: number): void {
    const { manyOf, fewOf } = this.#solved;
    for (let place = empty; ; ) {
      const few = mover[place];
      const left = few === -1 ? freed : manyOf[few];
      fewOf[place] = few;
      if (few !== -1) manyOf[few] = place;
      if (few === displaced) return;
      place = left;
    }
  }
}
