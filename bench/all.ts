/** Every bench, in the order that they run. */
import type { Bench } from './contest.js';
import { bench as binning } from './kernels/binning.js';
import { bench as boosting } from './kernels/boosting.js';
import { bench as cholesky } from './kernels/cholesky.js';
import { bench as components } from './kernels/components.js';
import { bench as covariance } from './kernels/covariance.js';
import { bench as density } from './kernels/density.js';
import { bench as deviations } from './kernels/deviations.js';
import { bench as factors } from './kernels/factors.js';
import { bench as forest } from './kernels/forest.js';
import { bench as generator } from './kernels/generator.js';
import { bench as information } from './kernels/information.js';
import { bench as lasso } from './kernels/lasso.js';
import { bench as logistic } from './kernels/logistic.js';
import { bench as moments } from './kernels/moments.js';
import { bench as pairs } from './kernels/pairs.js';
import { bench as raster } from './kernels/raster.js';
import { bench as svm } from './kernels/svm.js';
import { bench as training } from './kernels/training.js';
import { bench as votes } from './kernels/votes.js';
import { bench as wideSoftmax } from './kernels/wide-softmax.js';
import { bench as betaVae } from './metrics/beta-vae.js';
import { benches as ofCovariance } from './metrics/covariance.js';
import { bench as dci } from './metrics/dci.js';
import { bench as decomposition } from './metrics/decomposition.js';
import { bench as explicitness } from './metrics/explicitness.js';
import { bench as factorVae } from './metrics/factor-vae.js';
import { benches as identifiability } from './metrics/identifiability.js';
import { bench as infomec } from './metrics/infomec.js';
import { benches as ofInformation } from './metrics/information.js';
import { bench as irs } from './metrics/irs.js';
import { bench as migPosterior } from './metrics/mig-posterior.js';
import { benches as sap } from './metrics/sap.js';
import { bench as snc } from './metrics/snc.js';
import { bench as sparseProbe } from './metrics/sparse-probe.js';
import { bench as wsepin } from './metrics/wsepin.js';
import { bench as zMaxVariance } from './metrics/z-max-variance.js';

export const kernelBenches: readonly Bench[] = [
  generator,
  raster,
  moments,
  factors,
  binning,
  information,
  votes,
  pairs,
  covariance,
  density,
  deviations,
  svm,
  logistic,
  wideSoftmax,
  cholesky,
  boosting,
  forest,
  lasso,
  components,
  training,
];

export const metricBenches: readonly Bench[] = [
  ...ofInformation,
  migPosterior,
  ...ofCovariance,
  wsepin,
  irs,
  explicitness,
  sparseProbe,
  infomec,
  ...identifiability,
  ...sap,
  snc,
  factorVae,
  zMaxVariance,
  betaVae,
  dci,
  decomposition,
];
