/**
 * That metrics are the definitions of those who made them: values of an independent implementation,
 * and of the authors' own code.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dci, explicitness, irs, migSup, sap } from '../../src/index.js';
import { definitionOf, readGolden } from '../golden/load-golden.js';

const PAPER = { preset: 'paper' } as const;

function near(actual: number | null | undefined, expected: number, within: number, what: string): void {
  const isNear = typeof actual === 'number' && Math.abs(actual - expected) <= within;
  assert.ok(isNear, `${what}: expected ${expected} to within ${within}, got ${actual}`);
}

function nearAll(actual: ReadonlyArray<number | null>, expected: readonly number[], within: number, what: string) {
  assert.is(actual.length, expected.length, what);
  expected.forEach((value, i) => {
    near(actual[i], value, within, `${what} ${i}`);
  });
}

const DISCRETE = ['p_perm', 'p_over'] as const;
const ALL = [...DISCRETE, 'p_rot'] as const;

for (const name of ALL) {
  test(`MIG-sup of ${name}: of all latents, of those above a variance, and by the latents' entropies`, async () => {
    const { latents, factors } = await readGolden(name);
    const { ours, theirs } = definitionOf(name, 'mig_sup');
    const { value, parts } = await migSup(latents, factors);
    near(value, ours.allLatents, 1e-9, 'default');
    ours.gap.forEach((gap: number, d: number) => {
      // The constant one.
      if (name === 'p_over' && d === 4) assert.is(parts.gap[d], null);
      else near(parts.gap[d], gap, 1e-9, `gap of latent ${d}`);
    });
    const paper = await migSup(latents, factors, PAPER);
    near(paper.value, ours.value, 1e-9, 'paper');
    assert.equal(
      paper.parts.gap.map((gap) => gap !== null),
      ours.active,
    );
    const ofLatents = await migSup(latents, factors, { normaliser: 'latent' });
    near(ofLatents.value, ours.dividedByLatentEntropy, 1e-9, 'by the latent');
    if (name === 'p_rot') return;
    const logSize = await migSup(latents, factors, { ...PAPER, normaliser: 'log-size' });
    near(logSize.value, theirs.own_mig_sup_log_size, 1e-9, 'log-size');
    // Theirs takes the logarithms in float32.
    near(logSize.value, theirs.provlae_on_our_mi_log_size.mig_sup, 2e-8, 'the authors');
  });

  test(`DCI of ${name}: scores, importance and errors of the lasso with a constant penalty`, async () => {
    const { latents, factors } = await readGolden(name);
    const { ours, theirs } = definitionOf(name, 'dci_authors_lasso');
    const { value, parts } = await dci(latents, factors, PAPER);
    near(value, ours.disentanglement, 1e-9, 'disentanglement');
    near(parts.completeness, ours.completeness, 1e-9, 'completeness');
    near(parts.error, ours.meanError, 1e-9, 'error');
    nearAll(parts.errorOfFactor ?? [], ours.error, 1e-9, 'error of factor');
    nearAll(parts.perFactor, ours.perFactor, 1e-9, 'completeness of factor');
    parts.importance.forEach((row, d) => {
      nearAll(row, ours.importance[d], 1e-9, `importance of latent ${d}, factor`);
      // Of two equal latents one has what rounding leaves there.
      if (name !== 'p_over' || d !== 1) near(parts.perLatent[d], ours.perLatent[d], 1e-9, `latent ${d}`);
    });
    const weighted = await dci(latents, factors, { ...PAPER, completenessMean: 'weighted' });
    near(weighted.parts.completeness, ours.completenessWeighted, 1e-9, 'weighted completeness');
    // A constant latent is NaN there.
    if (name === 'p_over') return;
    const { qedr } = theirs;
    near(value, qedr.disentanglement, 1e-6, 'the authors: disentanglement');
    near(parts.completeness, qedr.completeness, 1e-6, 'the authors: completeness');
    nearAll(parts.errorOfFactor ?? [], qedr.error, 1e-6, 'the authors: error of factor');
    parts.importance.forEach((row, d) => {
      nearAll(row, qedr.importance[d], 1e-6, `the authors: importance of latent ${d}, factor`);
    });
  });
}

for (const name of DISCRETE) {
  test(`SAP of ${name} by thresholds`, async () => {
    const { latents, factors } = await readGolden(name);
    const { ours } = definitionOf(name, 'sap_thresholds');
    const { value, parts, notes } = await sap(latents, factors, PAPER);
    near(value, ours.value, 1e-12, 'value');
    nearAll(parts.gap, ours.gap, 1e-12, 'gap of factor');
    parts.matrix.forEach((row, d) => {
      nearAll(row, ours.matrix[d], 1e-12, `latent ${d}, factor`);
    });
    assert.equal(notes, name === 'p_over' ? ['latent 4 is constant: predicts nothing'] : []);
  });

  test(`explicitness of ${name} without a penalty to speak of, on the rows it was learned from`, async () => {
    const { latents, factors } = await readGolden(name);
    const { ours, theirs } = definitionOf(name, 'explicitness_authors');
    const { value, parts, notes } = await explicitness(latents, factors, PAPER);
    near(value, ours.value, 2e-4, 'value');
    nearAll(parts.auc, ours.perFactor, 2e-4, 'factor');
    near(value, theirs.ridgeway.value, 2e-4, 'the authors');
    nearAll(parts.auc, theirs.ridgeway.perFactor, 2e-4, 'the authors: factor');
    // None was given up.
    assert.equal(notes, name === 'p_over' ? ['latent 4 is constant: not used'] : []);
  });

  test(`IRS of ${name}, of which nothing is cut off`, async () => {
    const { latents, factors } = await readGolden(name);
    const { ours, theirs } = definitionOf(name, 'irs_unclamped');
    const { value, parts } = await irs(latents, factors, PAPER);
    near(value, ours.value, 1e-9, 'value');
    near(value, theirs.irs, 1e-9, 'the authors');
    const live = parts.matrix.filter((row) => row[0] !== null);
    live.forEach((row, d) => {
      nearAll(row, ours.matrix[d], 1e-9, `latent ${d}, factor`);
    });
  });
}

test.run();
