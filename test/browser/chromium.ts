import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser that tests use: VAEMETRICS_CHROMIUM, or where it usually is. */
export const chromiumPath = [process.env.VAEMETRICS_CHROMIUM, ...USUAL_PLACES].find(
  (path) => path !== undefined && existsSync(path),
);

export const NO_CHROMIUM = 'no Chromium; apt-get install chromium, or VAEMETRICS_CHROMIUM=PATH';

/** Graphics off, which is quicker. */
const WITHOUT_GRAPHICS = ['--disable-gpu'];

/** WebGL and WebGPU in software, by SwiftShader, on a machine without a GPU. */
export const GRAPHICS_IN_SOFTWARE = [
  '--enable-unsafe-swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

/** Starts it without a window. */
export function launch(graphics: readonly string[] = WITHOUT_GRAPHICS): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      ...graphics,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
