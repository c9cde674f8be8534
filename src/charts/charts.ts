/** Charts as SVG, without a canvas or a browser. Vega is most of this: import it on use. */
export { type HeatMap, heatMap } from './heat-map.js';
export { type Description, toSvg } from './to-svg.js';
