/** What an array is given as. */
export type Role = 'latents' | 'factors' | 'mu' | 'logvar' | 'z';

/** Names of members of an archive that are taken for a role unasked, the best first. */
export const ROLES: Readonly<Record<Role, readonly string[]>> = {
  latents: ['latents', 'mu', 'codes', 'z'],
  factors: ['factors', 'labels', 'v'],
  mu: ['mu', 'mean', 'latents'],
  logvar: ['logvar', 'log_var'],
  z: ['z', 'samples'],
};
