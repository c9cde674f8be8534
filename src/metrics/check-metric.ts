/** What a metric of the caller's own must have, and return. */
import { wrongType, wrongValue } from '../errors.js';
import { checkValue } from '../options/check-options.js';
import { describeValues } from '../options/describe-rule.js';
import { boolean, choice, other, type Rules, text } from '../options/rule.js';
import { metrics } from './index.js';
import type { Metric, Outcome } from './metric.js';
import { isMetricName } from './metric-name.js';

const NEEDS: readonly unknown[] = ['latents', 'factors', 'posterior'];
const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const MEMBERS: Rules = {
  name: text({ placeholder: 'name', description: 'its key' }),
  title: text({ placeholder: 'title', description: 'its name in tables' }),
  summary: text({ placeholder: 'words', description: 'what it means' }),
  needs: other({
    expected: "an array of 'latents', 'factors' and 'posterior'",
    accepts: (value) => Array.isArray(value) && value.every((need) => NEEDS.includes(need)),
    description: 'what it is computed from',
  }),
  range: other({
    expected: 'the least and the most that it can be, null for none',
    accepts: (value) =>
      Array.isArray(value) &&
      value.length === 2 &&
      value.every((bound) => bound === null || Number.isFinite(bound)) &&
      (value.includes(null) || value[1] > value[0]),
    description: 'what values it can have',
  }),
  better: choice(['higher', 'lower'], { description: 'which values are better' }),
  isPlugIn: boolean({ description: 'whether it has a bias of 1/N' }),
  options: other({ expected: 'an object of rules', accepts: isRecord, description: 'its options' }),
  compute: other({
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    description: 'computes it',
  }),
};

/**
 * @returns the metric
 * @throws TypeError naming the member that is missing or of the wrong kind; RangeError for one that
 * has the name of another
 */
export function checkMetric(given: unknown): Metric {
  if (!isRecord(given) && typeof given !== 'function') {
    throw wrongType({ option: 'metrics', problem: `expected names or metrics, got ${String(given)}` });
  }
  const metric = given as Metric;
  if ((metrics as readonly Metric[]).includes(metric)) return metric;
  const title = typeof metric.name === 'string' && metric.name !== '' ? `'${metric.name}'` : 'a metric';
  for (const [member, rule] of Object.entries(MEMBERS)) {
    const value: unknown = metric[member as keyof Metric];
    if (value === undefined) {
      const problem = `expected ${title} to have ${member}: ${describeValues(rule)}, got nothing`;
      throw wrongType({ option: 'metrics', problem });
    }
    checkValue({ option: member, owner: metric.name }, value, rule);
  }
  if (!isMetricName(metric.name)) {
    const problem = `expected a name of printable characters that not every object has, got ${title}`;
    throw wrongValue({ option: 'metrics', problem });
  }
  if (metrics.some(({ name }) => name === metric.name)) {
    const problem = `expected a name that is none of the library's, got '${metric.name}'`;
    throw wrongValue({ option: 'metrics', problem });
  }
  return metric;
}

/** @throws TypeError for what is no score */
export function checkOutcome({ name }: Metric, outcome: Outcome): Outcome {
  const isScore =
    isRecord(outcome) &&
    (outcome.value === null || Number.isFinite(outcome.value)) &&
    isRecord(outcome.parts) &&
    Array.isArray(outcome.notes);
  if (isScore) return outcome;
  const got = isRecord(outcome) ? `value ${String(outcome.value)}` : String(outcome);
  const problem = `expected '${name}' to return { value, parts, notes }, of which value is a number or null, got ${got}`;
  throw wrongType({ option: 'metrics', problem });
}
