/** Two factors of four and three values; the first latent knows the first, the second nothing. */
export const factors = Array.from({ length: 240 }, (_, i) => [i % 4, (i >> 2) % 3]);
export const latents = factors.map(([first], i) => [first + (i % 5) / 100, (i * 7) % 11]);
