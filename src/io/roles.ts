/** What an array is given as. */
export type Role = 'latents' | 'factors' | 'mu' | 'logvar' | 'z';

/** What a role is called in archives and on the command line. */
export interface RoleNames {
  /** Member names that are taken for it unasked, the best first. */
  readonly members: readonly string[];
  /** The command line's option for the name of the member. */
  readonly memberOption: string;
  /** The command line's option for the columns of a file without a header. */
  readonly columnsOption: string;
}

export const ROLES: Readonly<Record<Role, RoleNames>> = {
  latents: {
    members: ['latents', 'mu', 'codes', 'z'],
    memberOption: '--latents-member',
    columnsOption: '--latent-columns',
  },
  factors: {
    members: ['factors', 'labels', 'v'],
    memberOption: '--factors-member',
    columnsOption: '--factor-columns',
  },
  mu: {
    members: ['mu', 'mean', 'latents'],
    memberOption: '--mu-member',
    columnsOption: '--latent-columns',
  },
  logvar: {
    members: ['logvar', 'log_var'],
    memberOption: '--logvar-member',
    columnsOption: '--latent-columns',
  },
  z: {
    members: ['z', 'samples'],
    memberOption: '--z-member',
    columnsOption: '--latent-columns',
  },
};
