/** Activations of float32 lanes, by the numbers that bindings/training.ts gives them; any other number leaves x as it is. */

// @ts-ignore: decorator
@inline
export const RELU: i32 = 1;
// @ts-ignore: decorator
@inline
export const LEAKY_RELU: i32 = 2;
// @ts-ignore: decorator
@inline
export const TANH: i32 = 3;

/** x where it is above 0; elsewhere 0 (relu) or alpha x (leaky relu); what is not a number stays so. There is none of tanh here. */
// @ts-ignore: decorator
@inline
export function activate_f32x4(x: v128, kind: i32, alpha: v128): v128 {
  if (kind == RELU) return f32x4.pmax(x, f32x4.splat(0));
  if (kind == LEAKY_RELU) return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, f32x4.splat(0)));
  return x;
}
