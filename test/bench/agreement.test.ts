import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkAgreement } from '../../bench/peers/agreement.js';

const mig = (value: number, information: number) => ({ value, detail: { mutualInformation: [[information, 0]] } });
const sampled = (value: number) => ({ value, detail: {} });

test('takes MIG and its matrix to be equal within 1e-9', () => {
  checkAgreement({ name: 'mig', agreement: 1e-9 }, { ours: mig(0.5, 1), python: mig(0.5 + 5e-10, 1 - 5e-10) });
  assert.throws(
    () => checkAgreement({ name: 'mig', agreement: 1e-9 }, { ours: mig(0.5, 1), python: mig(0.5 + 2e-9, 1) }),
    /^mig, python: /,
  );
  assert.throws(
    () => checkAgreement({ name: 'mig', agreement: 1e-9 }, { ours: mig(0.5, 1), python: mig(0.5, 1.1) }),
    /got 1\.1$/,
  );
});

test('takes sampled scores to be equal within four standard errors', () => {
  checkAgreement({ name: 'factor-vae-score', agreement: 'sampled' }, { ours: sampled(0.8), python: sampled(0.82) });
  checkAgreement({ name: 'factor-vae-score', agreement: 'sampled' }, { ours: sampled(1), python: sampled(0.999) });
  assert.throws(() =>
    checkAgreement({ name: 'factor-vae-score', agreement: 'sampled' }, { ours: sampled(0.8), python: sampled(0.85) }),
  );
  assert.throws(() =>
    checkAgreement({ name: 'factor-vae-score', agreement: 'sampled' }, { ours: sampled(1), python: sampled(0.98) }),
  );
  assert.throws(() =>
    checkAgreement(
      { name: 'factor-vae-score', agreement: 'sampled' },
      { ours: sampled(1), python: { value: null, detail: {} } },
    ),
  );
});

test.run();
