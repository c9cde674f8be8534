import type { CholeskyExports } from './kernels/cholesky.js';
import type { CovarianceExports } from './kernels/covariance.js';
import type { DeviationsExports } from './kernels/deviations.js';
import type { DivergenceExports } from './kernels/divergence.js';
import type { DrawingExports } from './kernels/drawing.js';
import type { ForestExports } from './kernels/forest.js';
import type { GaussianExports } from './kernels/gaussian.js';
import type { HistogramExports } from './kernels/histogram.js';
import type { InformationExports } from './kernels/information.js';
import type { JointExports } from './kernels/joint.js';
import type { LassoExports } from './kernels/lasso.js';
import type { MinibatchExports } from './kernels/minibatch.js';
import type { MixtureExports } from './kernels/mixture.js';
import type { MomentsExports } from './kernels/moments.js';
import type { NeighborsExports } from './kernels/neighbors.js';
import type { PosteriorExports } from './kernels/posterior.js';
import type { RandomExports } from './kernels/random.js';
import type { RankingExports } from './kernels/ranking.js';
import type { RasterExports } from './kernels/raster.js';
import type { RowsExports } from './kernels/rows.js';
import type { SoftmaxExports } from './kernels/softmax.js';
import type { SoftmaxSingleExports } from './kernels/softmax-single.js';
import type { SvmExports } from './kernels/svm.js';
import type { TreesExports } from './kernels/trees.js';
import type { VotesExports } from './kernels/votes.js';

/** The exports of core.wasm as JavaScript sees them: pointers and counts are numbers. Each family declares its own. */
export interface CoreExports
  extends CholeskyExports,
    CovarianceExports,
    DeviationsExports,
    DivergenceExports,
    DrawingExports,
    ForestExports,
    GaussianExports,
    HistogramExports,
    InformationExports,
    JointExports,
    LassoExports,
    MinibatchExports,
    MixtureExports,
    MomentsExports,
    NeighborsExports,
    PosteriorExports,
    RandomExports,
    RankingExports,
    RasterExports,
    RowsExports,
    SoftmaxExports,
    SoftmaxSingleExports,
    SvmExports,
    TreesExports,
    VotesExports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
}
