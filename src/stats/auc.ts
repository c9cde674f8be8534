/**
 * Area under the ROC curve: the chance that a row of the class has a larger score than one of the rest, ties counting
 * half (Mann & Whitney 1947).
 *
 * @param scores in increasing order
 * @param isOwn whether the i-th of these is of the class
 * @returns null where the class, or the rest, has no row
 */
export function areaUnderCurve(scores: Float64Array, isOwn: (place: number) => boolean): number | null {
  let own = 0;
  let rest = 0;
  let wins = 0;
  for (let start = 0; start < scores.length; ) {
    let end = start;
    let ownTied = 0;
    for (; end < scores.length && scores[end] === scores[start]; end++) if (isOwn(end)) ownTied++;
    const restTied = end - start - ownTied;
    wins += ownTied * (rest + 0.5 * restTied);
    own += ownTied;
    rest += restTied;
    start = end;
  }
  return own === 0 || rest === 0 ? null : wins / own / rest;
}
