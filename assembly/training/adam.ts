/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1), in place:
 *
 *   m = b1 m + (1 - b1) g   v = b2 v + (1 - b2) g^2   p -= rate (m / c1) / (sqrt(v / c2) + epsilon)
 *
 * c1 = 1 - b1^step and c2 = 1 - b2^step are the caller's, who counts steps. Precision: float32, the
 * scalars rounded once from float64.
 */
import { loadPart_f32x4, multiplyAdd_f32x4, storePart_f32x4 } from './lanes';

/** A moment with the newest value in it. */
// @ts-ignore: decorator
@inline
function average_f32x4(old: v128, keep: v128, newest: v128, take: v128): v128 {
  return multiplyAdd_f32x4(old, keep, f32x4.mul(newest, take));
}

/** What is taken from parameters whose moments are m and v. */
// @ts-ignore: decorator
@inline
function change_f32x4(m: v128, v: v128, step: v128, root: v128, epsilon: v128): v128 {
  return f32x4.div(f32x4.mul(m, step), multiplyAdd_f32x4(f32x4.sqrt(v), root, epsilon));
}

/** p, m, v, g: f32[count]. */
export function adam(
  p: usize,
  m: usize,
  v: usize,
  g: usize,
  count: i32,
  rate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  correction1: f64,
  correction2: f64,
): void {
  const keep1_f32x4 = f32x4.splat(<f32>beta1);
  const take1_f32x4 = f32x4.splat(<f32>(1 - beta1));
  const keep2_f32x4 = f32x4.splat(<f32>beta2);
  const take2_f32x4 = f32x4.splat(<f32>(1 - beta2));
  const step_f32x4 = f32x4.splat(<f32>(rate / correction1));
  const root_f32x4 = f32x4.splat(<f32>(1 / sqrt(correction2)));
  const epsilon_f32x4 = f32x4.splat(<f32>epsilon);
  let left = count;
  // Whole vectors do not ask how many lanes there are: memory is the limit.
  for (; left >= 4; left -= 4, p += 16, m += 16, v += 16, g += 16) {
    const g_f32x4 = v128.load(g);
    const m_f32x4 = average_f32x4(v128.load(m), keep1_f32x4, g_f32x4, take1_f32x4);
    const v_f32x4 = average_f32x4(v128.load(v), keep2_f32x4, f32x4.mul(g_f32x4, g_f32x4), take2_f32x4);
    v128.store(m, m_f32x4);
    v128.store(v, v_f32x4);
    v128.store(p, f32x4.sub(v128.load(p), change_f32x4(m_f32x4, v_f32x4, step_f32x4, root_f32x4, epsilon_f32x4)));
  }
  if (left > 0) {
    const g_f32x4 = loadPart_f32x4(g, left);
    const m_f32x4 = average_f32x4(loadPart_f32x4(m, left), keep1_f32x4, g_f32x4, take1_f32x4);
    const v_f32x4 = average_f32x4(loadPart_f32x4(v, left), keep2_f32x4, f32x4.mul(g_f32x4, g_f32x4), take2_f32x4);
    const p_f32x4 = loadPart_f32x4(p, left);
    storePart_f32x4(m, m_f32x4, left);
    storePart_f32x4(v, v_f32x4, left);
    storePart_f32x4(
      p,
      f32x4.sub(p_f32x4, change_f32x4(m_f32x4, v_f32x4, step_f32x4, root_f32x4, epsilon_f32x4)),
      left,
    );
  }
}
