/** Area under the curve in plain JavaScript. */

/** Chance that a row of the class has a larger score than one of the rest, ties counting half. */
export function areaUnderCurve(scores: Float64Array, labels: Int32Array, own: number): number {
  const order = new Uint32Array(scores.length).map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let wins = 0;
  let ofClass = 0;
  let rest = 0;
  for (let from = 0; from < order.length; ) {
    let end = from;
    let [ownTied, restTied] = [0, 0];
    for (; end < order.length && scores[order[end]] === scores[order[from]]; end++) {
      if (labels[order[end]] === own) ownTied++;
      else restTied++;
    }
    wins += ownTied * (rest + 0.5 * restTied);
    ofClass += ownTied;
    rest += restTied;
    from = end;
  }
  return wins / ofClass / rest;
}
