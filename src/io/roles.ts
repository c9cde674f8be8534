/** What an array is given as. */
export type Role = 'latents' | 'factors' | 'mu' | 'logvar' | 'z';

/**
 * Names of members of an archive that are taken for a role unasked, the best first: those of this
 * library, of papers, of Keras, PyTorch and scikit-learn, and of data sets.
 */
export const ROLES: Readonly<Record<Role, readonly string[]>> = {
  latents: [
    'latents',
    'mu',
    'codes',
    'z_mean',
    'z_mu',
    'mean',
    'embeddings',
    'embedding',
    'representations',
    'representation',
    'features',
    'z',
    'X',
  ],
  factors: [
    'factors',
    'labels',
    'v',
    'latents_classes',
    'latents_values',
    'y',
    'targets',
    'target',
    'label',
    'y_train',
    'Y_train',
    'train_labels',
    'ground_truth',
  ],
  mu: ['mu', 'mean', 'z_mean', 'z_mu', 'latents'],
  logvar: ['logvar', 'log_var', 'z_log_var', 'z_logvar'],
  z: ['z', 'samples', 'z_sample'],
};
