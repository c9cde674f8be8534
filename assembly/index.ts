/**
 * core.wasm: everything the library computes that is hot.
 *
 * Every export takes pointers into linear memory and element counts, writes where it is told, and
 * returns a number or nothing. Nothing here allocates, keeps state between calls, or throws: the
 * caller (bindings/kernels) has checked. Pointers are 16-byte aligned, and 32 bytes past the end of
 * every input may be read (and are ignored).
 */
export { addTree, boostingResiduals } from './boosting';
export { decomposeCholesky, solveCholesky } from './cholesky';
export { boxNodes, packLeaves } from './component-boxes';
export { cutNodes, orderDimensions } from './component-tree';
export {
  addMoments,
  combineColumns,
  fillColumnsF32,
  fillColumnsF64,
  fillColumnsI32,
  rankSorted,
} from './correlation';
export { addProductsF32, addProductsF64, columnOffsetsF32, columnOffsetsF64, logDeterminant } from './covariance';
export { deviationQuantilesF32, deviationQuantilesF64, orderByCode } from './deviations';
export { addDivergences } from './divergence';
export { drawBatchRows, drawPairRows, fillBuckets, groupRowsByCode, keepVaryingGroups } from './drawing';
export { binColumnByEdgesF32, binColumnByEdgesF64 } from './edges';
export { startForestTree } from './forest/draws';
export { growForestTree } from './forest/grow';
export { addForestTree } from './forest/votes';
export { addDensities, finishDensities, packGaussians } from './gaussian';
export { gaussianRows } from './gaussian-kernel';
export {
  binColumnsF32,
  binColumnsF64,
  combineCodes,
  countJoint,
  countJointWide,
  denseCodesF32,
  denseCodesF64,
  denseCodesI32,
  groupCodes,
  marginaliseCounts,
  offsetCodesI32,
} from './histogram';
export { addContrast } from './independence';
export {
  countOccupied,
  countOccupiedMargins,
  entropyOfCounts,
  mutualInformationOfCounts,
  naturalLogarithm,
} from './information';
export { beginPoints, chooseLeaves, finishPoints, gatherPoints, passTree } from './joint';
export { addGram, descendLasso, gramSquare, mirrorGram, solveLassoWeights } from './lasso';
export {
  beginLeaveOneOut,
  boxWeights,
  finishLeaveOneOut,
  packHeights,
  passLeaveOneOut,
} from './leave-one-out';
export { fillMinibatch, minibatchDensities } from './minibatch';
export {
  componentTerms,
  countClasses,
  farLogDensities,
  placeComponents,
  plainLogDensities,
  splitComponents,
} from './mixture';
export { addComponents, cutRuns } from './mixture-grid';
export { addRuns, takeLogDensities } from './mixture-interpolation';
export {
  allIntegralF32,
  allIntegralF64,
  columnExtremesF32,
  columnExtremesF64,
  columnExtremesI32,
  columnProductsF32,
  columnProductsF64,
  columnVariancesF32,
  columnVariancesF64,
  firstNonFiniteF32,
  firstNonFiniteF64,
} from './moments';
export { classTerms, digammas, fillStrips, placeClasses, planeTerms } from './neighbors';
export { fillNormals, fillUniform } from './normals';
export { pairDifferencesF32, pairDifferencesF64 } from './pairs';
export { drawPosteriorSamples, posteriorSampleTerms } from './posterior';
export { quantileBins, rankInOrder } from './quantile-bins';
export { philoxBlock, shuffledRows, uniformBelow } from './random';
export { countPairsAbove } from './ranking';
export { drawingScratch, drawShapes, drawShapesOnNoise } from './raster/draw';
export { gatherColumn, gatherColumns, gatherRows, narrowRows, standardiseRowsF32, standardiseRowsF64 } from './rows';
export { softmaxWideBlocks, softmaxWideGrams } from './softmax/curvature';
export { softmaxHessian, softmaxLoss } from './softmax/dense';
export { softmaxSingleLoss, softmaxSingleProduct } from './softmax/single';
export { softmaxSingleGrams } from './softmax/single-grams';
export { exponentials, softmaxWideLoss, softmaxWideProduct } from './softmax/wide';
export { sortRows } from './sorting';
export {
  addProjected,
  addRowsF32,
  addRowsU8,
  centreRowsF32,
  centreRowsU8,
  projectRows,
} from './subspace';
export { classSums, countLargestLine } from './svm';
export { cutColumn } from './thresholds';
export { growTree } from './trees/grow';
export { rankValues } from './value-ranks';
export { batchVariancesF32, batchVariancesF64, chooseLargest, chooseLatents, chooseLatentsF32 } from './votes';
export {
  countMissing,
  gatherCodes,
  markZerosF32,
  markZerosF64,
  nonzeroExtremesF32,
  nonzeroExtremesF64,
} from './zeros';

/** The first byte that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}
