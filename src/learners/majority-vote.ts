/**
 * A classifier from one whole number to another: for each input the class that was seen with it
 * most often.
 */
export interface MajorityVote {
  /** How often (or with what weight) each class was seen with each input, f64[inputs][classes]. */
  readonly tally: Float64Array;
  /** The class of each input; null for an input that was never seen. */
  readonly classes: ReadonlyArray<number | null>;
}

/**
 * Counts pairs (input, class) and gives each input its most frequent class; weights within 1e-12
 * are ties and go to the lowest class.
 *
 * @param inputs whole numbers below inputCount
 * @param classes whole numbers below classCount, as many as inputs
 * @param weightOf the weight of the i-th pair
 */
export function fitMajorityVote(
  inputs: ArrayLike<number>,
  classes: ArrayLike<number>,
  inputCount: number,
  classCount: number,
  weightOf: (pair: number) => number,
): MajorityVote {
  const tally = new Float64Array(inputCount * classCount);
  for (let i = 0; i < inputs.length; i++) tally[inputs[i] * classCount + classes[i]] += weightOf(i);
  return {
    tally,
    classes: Array.from({ length: inputCount }, (_, input) =>
      mostFrequent(tally.subarray(input * classCount, (input + 1) * classCount)),
    ),
  };
}

function mostFrequent(counts: Float64Array): number | null {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return most > 0 ? counts.findIndex((count) => count >= most - 1e-12) : null;
}
