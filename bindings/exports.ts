/** The builds of core.wasm: plain SIMD everywhere, relaxed SIMD where the host has it. */
export type Build = 'simd' | 'relaxed';

/** The exports of core.wasm as JavaScript sees them: pointers and counts are numbers. See assembly/ for what each does. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  isRelaxed(): number;

  philoxBlock(out: number, counter: number, key: number, state: number): void;
  uniformBelow(
    out: number,
    count: number,
    n: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    index: number,
    state: number,
  ): void;
  shuffledRows(
    out: number,
    n: number,
    count: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    index: number,
    state: number,
  ): void;
  gatherRows(out: number, x: number, rows: number, count: number, words: number): void;
  gatherColumn(out: number, x: number, rows: number, count: number): void;

  firstNonFiniteF32(x: number, count: number): number;
  firstNonFiniteF64(x: number, count: number): number;
  allIntegralF32(x: number, rows: number, columns: number, column: number): number;
  allIntegralF64(x: number, rows: number, columns: number, column: number): number;
  columnExtremesF32: ColumnStatistics;
  columnExtremesF64: ColumnStatistics;
  columnExtremesI32: ColumnStatistics;
  columnVariancesF32: ColumnStatistics;
  columnVariancesF64: ColumnStatistics;
  columnProductsF32: ColumnProducts;
  columnProductsF64: ColumnProducts;

  columnOffsetsF32(offsets: number, x: number, rows: number, columns: number): void;
  columnOffsetsF64(offsets: number, x: number, rows: number, columns: number): void;
  addProductsF32: AddProducts;
  addProductsF64: AddProducts;
  logDeterminant(a: number, n: number, least: number): number;

  addDivergences(sums: number, mu: number, logvar: number, columns: number, firstRow: number, lastRow: number): void;

  orderByCode(order: number, bounds: number, codes: number, rows: number, values: number): void;
  deviationQuantilesF32: DeviationQuantiles;
  deviationQuantilesF64: DeviationQuantiles;

  binColumnsF32: BinColumns;
  binColumnsF64: BinColumns;
  binColumnByEdgesF32: BinColumnByEdges;
  binColumnByEdgesF64: BinColumnByEdges;
  denseCodesF32: DenseCodes;
  denseCodesF64: DenseCodes;
  denseCodesI32: DenseCodes;
  offsetCodesI32(out: number, seen: number, x: number, minima: number, rows: number, columns: number): void;
  combineCodes(out: number, codes: number, rows: number, size: number): void;
  groupCodes(out: number, codes: number, rows: number, size: number): void;
  countJoint(
    counts: number,
    bins: number,
    codes: number,
    values: number,
    cells: number,
    copies: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;
  countJointWide(counts: number, bins: number, codes: number, values: number, firstRow: number, lastRow: number): void;
  marginaliseCounts(
    out: number,
    counts: number,
    copies: number,
    bins: number,
    outer: number,
    values: number,
    inner: number,
  ): void;
  groupRowsByCode(order: number, bounds: number, codes: number, sizes: number, rows: number, values: number): number;
  keepVaryingGroups(order: number, bounds: number, codes: number, groups: number): number;
  fillBuckets(buckets: number, bounds: number, places: number, shift: number): void;
  entropyOfCounts(counts: number, n: number, total: number): number;
  countOccupied(counts: number, n: number): number;
  countOccupiedMargins(joint: number, marks: number, bins: number, values: number): number;
  mutualInformationOfCounts(joint: number, sums: number, bins: number, values: number, total: number): number;

  drawBatchRows: DrawRows;
  drawPairRows: DrawRows;
  pairDifferencesF32: BatchStatistics;
  pairDifferencesF64: BatchStatistics;
  batchVariancesF32: BatchStatistics;
  batchVariancesF64: BatchStatistics;
  chooseLargest(chosen: number, variances: number, global: number, count: number, columns: number): void;
  chooseLatents(
    chosen: number,
    weights: number,
    variances: number,
    global: number,
    count: number,
    columns: number,
  ): void;
  chooseLatentsF32(
    chosen: number,
    weights: number,
    x: number,
    rows: number,
    global: number,
    inverse: number,
    left: number,
    scratch: number,
    count: number,
    size: number,
    columns: number,
    isLargest: boolean,
    isLarge: boolean,
  ): void;

  naturalLogarithm(x: number): number;

  boostingResiduals(
    residuals: number,
    raw: number,
    labels: number,
    rows: number,
    classes: number,
    firstRow: number,
    lastRow: number,
  ): void;
  growTree(
    columnOf: number,
    thresholds: number,
    values: number,
    raw: number,
    importances: number,
    residuals: number,
    x: number,
    sorted: number,
    codes: number,
    starts: number,
    bins: number,
    pairs: number,
    lists: number,
    nodeOf: number,
    histograms: number,
    peaks: number,
    places: number,
    nodes: number,
    rows: number,
    columns: number,
    depth: number,
    scale: number,
    rate: number,
  ): void;
  addTree(
    raw: number,
    x: number,
    columnOf: number,
    thresholds: number,
    values: number,
    rows: number,
    depth: number,
    rate: number,
  ): void;

  startForestTree(
    weights: number,
    order: number,
    stack: number,
    progress: number,
    rows: number,
    isBootstrap: boolean,
    seedLow: number,
    seedHigh: number,
    stream: number,
    index: number,
    state: number,
  ): void;
  growForestTree(
    columnOf: number,
    thresholds: number,
    links: number,
    shareClasses: number,
    shares: number,
    importances: number,
    x: number,
    ranks: number,
    labels: number,
    targets: number,
    weights: number,
    order: number,
    sums: number,
    drawn: number,
    chosen: number,
    keys: number,
    otherKeys: number,
    counts: number,
    stack: number,
    progress: number,
    rows: number,
    columns: number,
    classes: number,
    columnsPerSplit: number,
    depth: number,
    work: number,
    state: number,
  ): number;
  addForestTree(
    votes: number,
    x: number,
    columnOf: number,
    thresholds: number,
    links: number,
    shareClasses: number,
    shares: number,
    rows: number,
    classes: number,
  ): void;

  addGram(sums: number, gram: number, shift: number, weight: number, columns: number, stride: number): void;
  mirrorGram(gram: number, columns: number, stride: number): void;
  gramSquare(gram: number, w: number, columns: number, stride: number): number;
  descendLasso(
    w: number,
    q: number,
    list: number,
    gram: number,
    products: number,
    squares: number,
    columns: number,
    stride: number,
    lambda: number,
    least: number,
    sweeps: number,
  ): number;
  solveLassoWeights(
    w: number,
    list: number,
    factor: number,
    right: number,
    gram: number,
    products: number,
    columns: number,
    stride: number,
    lambda: number,
  ): number;

  softmaxLoss(
    gradient: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    weights: number,
    classes: number,
    fixedClasses: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): number;
  softmaxHessian(
    grams: number,
    x: number,
    labels: number,
    classWeights: number,
    probabilities: number,
    scratch: number,
    classes: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): void;

  softmaxWideLoss(
    gradient: number,
    probabilities: number,
    tally: number,
    x: number,
    labels: number,
    classWeights: number,
    weights: number,
    scratch: number,
    classes: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): number;
  softmaxSingleLoss(
    gradient: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    weights: number,
    scratch: number,
    classes: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): number;
  softmaxWideProduct(
    out: number,
    vector: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    scratch: number,
    classes: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): void;
  softmaxSingleProduct(
    out: number,
    vector: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    scratch: number,
    classes: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): void;
  softmaxSingleGrams(
    grams: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    scratch: number,
    least: number,
    classes: number,
    unknowns: number,
    stride: number,
    size: number,
    firstRow: number,
    lastRow: number,
  ): void;
  narrowRows(out: number, from: number, fromWidth: number, width: number, rows: number): void;
  softmaxWideGrams(
    grams: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    scratch: number,
    least: number,
    classes: number,
    unknowns: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): void;
  softmaxWideBlocks(
    blocks: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    scratch: number,
    least: number,
    classes: number,
    unknowns: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): void;
  exponentials(values: number, count: number): void;
  decomposeCholesky(a: number, n: number, stride: number): number;
  solveCholesky(l: number, b: number, n: number, stride: number): void;

  digammas(out: number, count: number): void;
  placeClasses(
    values: number,
    places: number,
    x: number,
    order: number,
    codes: number,
    cursors: number,
    rows: number,
  ): void;
  classTerms(
    values: number,
    places: number,
    bounds: number,
    psi: number,
    kept: number,
    neighbours: number,
    firstClass: number,
    lastClass: number,
  ): number;
  fillStrips(
    stripX: number,
    stripY: number,
    x: number,
    y: number,
    places: number,
    cursors: number,
    rows: number,
    width: number,
  ): void;
  planeTerms(
    stripX: number,
    stripY: number,
    x: number,
    y: number,
    psi: number,
    nearest: number,
    perScaleX: number,
    perScaleY: number,
    rows: number,
    width: number,
    neighbours: number,
    firstStrip: number,
    lastStrip: number,
  ): number;

  standardiseRowsF32(
    out: number,
    x: number,
    first: number,
    mean: number,
    perScale: number,
    columns: number,
    stride: number,
    rows: number,
  ): void;
  standardiseRowsF64(
    out: number,
    x: number,
    first: number,
    mean: number,
    perScale: number,
    columns: number,
    stride: number,
    rows: number,
  ): void;
  countPairsAbove(own: number, count: number, scores: number, stride: number, rows: number): number;
  sortRows(keys: number, order: number, otherKeys: number, otherOrder: number, counts: number, rows: number): void;
  classSums(
    values: number,
    sums: number,
    cursors: number,
    bounds: number,
    x: number,
    order: number,
    codes: number,
    offset: number,
    perScale: number,
    classes: number,
    rows: number,
  ): void;
  countLargestLine(
    x: number,
    order: number,
    codes: number,
    slopes: number,
    intercepts: number,
    scratch: number,
    offset: number,
    perScale: number,
    classes: number,
    rows: number,
  ): number;
}

type ColumnProducts = (
  out: number,
  x: number,
  means: number,
  y: number,
  yMean: number,
  rows: number,
  columns: number,
) => void;
type ColumnStatistics = (first: number, second: number, x: number, rows: number, columns: number) => void;
type AddProducts = (
  sums: number,
  scratch: number,
  x: number,
  offsets: number,
  columns: number,
  stride: number,
  firstRow: number,
  lastRow: number,
) => void;
type DeviationQuantiles = (
  out: number,
  scratch: number,
  x: number,
  order: number,
  columns: number,
  firstColumn: number,
  lastColumn: number,
  first: number,
  last: number,
  q: number,
) => void;
type BinColumns = (
  out: number,
  x: number,
  minima: number,
  maxima: number,
  rows: number,
  columns: number,
  bins: number,
  firstRow: number,
  lastRow: number,
) => void;
type BinColumnByEdges = (
  out: number,
  x: number,
  columns: number,
  column: number,
  edges: number,
  bins: number,
  scale: number,
  shift: number,
  firstRow: number,
  lastRow: number,
) => void;
type DenseCodes = (
  out: number,
  table: number,
  x: number,
  rows: number,
  columns: number,
  column: number,
  minimum: number,
  range: number,
) => number;
type DrawRows = (
  rows: number,
  fixed: number,
  groups: number,
  groupCount: number,
  count: number,
  size: number,
  seedLow: number,
  seedHigh: number,
  stream: number,
  firstIndex: number,
  state: number,
) => void;
type BatchStatistics = (
  out: number,
  x: number,
  rows: number,
  count: number,
  size: number,
  columns: number,
  isLarge: boolean,
) => void;
