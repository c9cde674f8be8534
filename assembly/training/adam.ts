/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1), in place:
 *
 *   m = b1 m + (1 - b1) g   v = b2 v + (1 - b2) g^2   p -= rate (m / c1) / (sqrt(v / c2) + epsilon)
 *
 * c1 = 1 - b1^step and c2 = 1 - b2^step are the caller's, who counts steps. Precision: float32, the scalars rounded once from float64.
 */
import { loadPart_f32x4, multiplyAdd_f32x4, storePart_f32x4 } from './lanes';

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
  // The same as below, without asking what there is: memory is the limit.
  for (; left >= 4; left -= 4, p += 16, m += 16, v += 16, g += 16) {
    const g_f32x4 = v128.load(g);
    const m_f32x4 = multiplyAdd_f32x4(v128.load(m), keep1_f32x4, f32x4.mul(g_f32x4, take1_f32x4));
    const square_f32x4 = f32x4.mul(f32x4.mul(g_f32x4, g_f32x4), take2_f32x4);
    const v_f32x4 = multiplyAdd_f32x4(v128.load(v), keep2_f32x4, square_f32x4);
    const below_f32x4 = multiplyAdd_f32x4(f32x4.sqrt(v_f32x4), root_f32x4, epsilon_f32x4);
    v128.store(m, m_f32x4);
    v128.store(v, v_f32x4);
    v128.store(p, f32x4.sub(v128.load(p), f32x4.div(f32x4.mul(m_f32x4, step_f32x4), below_f32x4)));
  }
  if (left > 0) {
    const g_f32x4 = loadPart_f32x4(g, left);
    const m_f32x4 = multiplyAdd_f32x4(loadPart_f32x4(m, left), keep1_f32x4, f32x4.mul(g_f32x4, take1_f32x4));
    const square_f32x4 = f32x4.mul(f32x4.mul(g_f32x4, g_f32x4), take2_f32x4);
    const v_f32x4 = multiplyAdd_f32x4(loadPart_f32x4(v, left), keep2_f32x4, square_f32x4);
    const below_f32x4 = multiplyAdd_f32x4(f32x4.sqrt(v_f32x4), root_f32x4, epsilon_f32x4);
    const change_f32x4 = f32x4.div(f32x4.mul(m_f32x4, step_f32x4), below_f32x4);
    storePart_f32x4(m, m_f32x4, left);
    storePart_f32x4(v, v_f32x4, left);
    storePart_f32x4(p, f32x4.sub(loadPart_f32x4(p, left), change_f32x4), left);
  }
}
