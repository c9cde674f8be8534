/**
 * An instance of core.wasm: its memory, and one typed function per kernel in families that follow the files of assembly.
 * Blocks and counts in, blocks filled or plain numbers out; shapes in comments are row-major. Nothing is checked: callers have.
 */
import { Arena } from './arena.js';
import type { CoreExports } from './exports.js';
import { bindCholesky } from './kernels/cholesky.js';
import { bindCovariance } from './kernels/covariance.js';
import { bindDeviations } from './kernels/deviations.js';
import { bindDivergence } from './kernels/divergence.js';
import { bindDrawing } from './kernels/drawing.js';
import { bindForest } from './kernels/forest.js';
import { bindGaussian } from './kernels/gaussian.js';
import { bindHistogram } from './kernels/histogram.js';
import { bindInformation } from './kernels/information.js';
import { bindJoint } from './kernels/joint.js';
import { bindLasso } from './kernels/lasso.js';
import { bindMinibatch } from './kernels/minibatch.js';
import { bindMixture } from './kernels/mixture.js';
import { bindMoments } from './kernels/moments.js';
import { bindNeighbors } from './kernels/neighbors.js';
import { bindPosterior } from './kernels/posterior.js';
import { bindRandom } from './kernels/random.js';
import { bindRanking } from './kernels/ranking.js';
import { bindRaster } from './kernels/raster.js';
import { bindRows } from './kernels/rows.js';
import { bindSoftmax } from './kernels/softmax.js';
import { bindSoftmaxSingle } from './kernels/softmax-single.js';
import { bindSvm } from './kernels/svm.js';
import { bindTrees } from './kernels/trees.js';
import { bindVotes } from './kernels/votes.js';
import { compile, instantiate } from './load.js';

/** One instance of core.wasm with its own memory. */
export interface Core {
  readonly arena: Arena;
  readonly cholesky: ReturnType<typeof bindCholesky>;
  readonly covariance: ReturnType<typeof bindCovariance>;
  readonly deviations: ReturnType<typeof bindDeviations>;
  readonly divergence: ReturnType<typeof bindDivergence>;
  readonly drawing: ReturnType<typeof bindDrawing>;
  readonly forest: ReturnType<typeof bindForest>;
  readonly gaussian: ReturnType<typeof bindGaussian>;
  readonly histogram: ReturnType<typeof bindHistogram>;
  readonly information: ReturnType<typeof bindInformation>;
  readonly joint: ReturnType<typeof bindJoint>;
  readonly lasso: ReturnType<typeof bindLasso>;
  readonly minibatch: ReturnType<typeof bindMinibatch>;
  readonly mixture: ReturnType<typeof bindMixture>;
  readonly moments: ReturnType<typeof bindMoments>;
  readonly neighbors: ReturnType<typeof bindNeighbors>;
  readonly posterior: ReturnType<typeof bindPosterior>;
  readonly random: ReturnType<typeof bindRandom>;
  readonly ranking: ReturnType<typeof bindRanking>;
  readonly raster: ReturnType<typeof bindRaster>;
  readonly rows: ReturnType<typeof bindRows>;
  readonly softmax: ReturnType<typeof bindSoftmax>;
  readonly softmaxSingle: ReturnType<typeof bindSoftmaxSingle>;
  readonly svm: ReturnType<typeof bindSvm>;
  readonly trees: ReturnType<typeof bindTrees>;
  readonly votes: ReturnType<typeof bindVotes>;
}

/** Binds the kernels of an instance. None of them keeps anything between calls: `arena.reset()` makes it as new. */
export function createCore(wasm: CoreExports): Core {
  const arena = new Arena(wasm.memory, wasm.heapBase() >>> 0);
  return {
    arena,
    cholesky: bindCholesky(wasm),
    covariance: bindCovariance(wasm, arena),
    deviations: bindDeviations(wasm, arena),
    divergence: bindDivergence(wasm),
    drawing: bindDrawing(wasm, arena),
    forest: bindForest(wasm, arena),
    gaussian: bindGaussian(wasm, arena),
    histogram: bindHistogram(wasm, arena),
    information: bindInformation(wasm, arena),
    joint: bindJoint(wasm, arena),
    lasso: bindLasso(wasm, arena),
    minibatch: bindMinibatch(wasm, arena),
    mixture: bindMixture(wasm, arena),
    moments: bindMoments(wasm, arena),
    neighbors: bindNeighbors(wasm, arena),
    posterior: bindPosterior(wasm, arena),
    random: bindRandom(wasm, arena),
    ranking: bindRanking(wasm),
    raster: bindRaster(wasm, arena),
    rows: bindRows(wasm, arena),
    softmax: bindSoftmax(wasm, arena),
    softmaxSingle: bindSoftmaxSingle(wasm, arena),
    svm: bindSvm(wasm, arena),
    trees: bindTrees(wasm),
    votes: bindVotes(wasm, arena),
  };
}

/** Instances that wait for their next user. Each computation has one to itself, so that computations can overlap. */
const idle: Core[] = [];
/** An instance whose memory has grown beyond this is dropped instead: memory never shrinks. */
const KEEP_BELOW_BYTES = 256 * 1024 ** 2;

/** Runs `work` with an instance of its own. */
export async function withCore<R>(work: (core: Core) => R | Promise<R>): Promise<R> {
  const module = await compile();
  const core = idle.pop() ?? createCore(await instantiate(module));
  try {
    return await work(core);
  } finally {
    core.arena.reset();
    if (core.arena.capacityBytes <= KEEP_BELOW_BYTES) idle.push(core);
  }
}
