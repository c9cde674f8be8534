/**
 * What each row of a class counts if all classes shall count the same and rows 1 on average: rows /
 * (classes * count), as scikit-learn's class_weight='balanced'; 1 for a class without rows.
 */
export function balancedWeights(labels: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]++;
  return counts.map((count) => (count > 0 ? labels.length / (classes * count) : 1));
}
