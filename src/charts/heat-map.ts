import type { TopLevelSpec } from 'vega-lite';

/** A square table of numbers to be shown by colour. */
export interface HeatMap {
  readonly title: string;
  /** Under the title. */
  readonly subtitle: readonly string[];
  /** One for each row, and for each column. */
  readonly labels: readonly string[];
  /** [row][column]; null where there is no number. */
  readonly values: ReadonlyArray<ReadonlyArray<number | null>>;
  /** `diverging` is fixed to -1 .. 1 with white at 0, `sequential` to 0 .. 1. */
  readonly scale: 'diverging' | 'sequential';
  /** What the numbers are, beside the colours. */
  readonly legend: string;
}

const FONT = 'Helvetica, Arial, "Liberation Sans", sans-serif';
const CELL = 38;
const INK = '#222222';
const MISSING = '#e4e4e4';

/**
 * ColorBrewer's RdBu and Blues (Brewer 2002), which the colour-blind can read: blue agrees, red
 * disagrees.
 */
const SCALES = {
  diverging: { domain: [-1, -0.5, 0, 0.5, 1], range: ['#b2182b', '#f4a582', '#f7f7f7', '#92c5de', '#2166ac'] },
  sequential: { domain: [0, 0.5, 1], range: ['#f7fbff', '#6baed6', '#08519c'] },
} as const;

/** From here on a number is written in white. */
const DARK_FROM = { diverging: 0.8, sequential: 0.65 } as const;

/**
 * The vega-lite specification of a heat map: cells with their numbers in them, labels at the left
 * and at the bottom.
 */
export function heatMap({ title, subtitle, labels, values, scale, legend }: HeatMap): TopLevelSpec {
  // Labels may repeat; their places do not.
  const cells = values.flatMap((row, i) =>
    row.map((value, j) => {
      const text = value === null ? '–' : formatCell(value);
      return { row: i, column: j, value, text, description: `${labels[i]}, ${labels[j]}: ${text}` };
    }),
  );
  const places = labels.map((_, i) => i);
  const axis = {
    title: null,
    domain: false,
    ticks: false,
    labelExpr: `${JSON.stringify(labels)}[datum.value]`,
    labelLimit: 0,
    labelPadding: 6,
    // Labels must not be left out where they are close.
    labelOverlap: false,
  } as const;
  const side = Math.max(1, labels.length) * CELL;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, subtitle: [...subtitle], anchor: 'start', frame: 'bounds', offset: 14 },
    background: '#ffffff',
    padding: 16,
    width: side,
    height: side,
    data: { values: cells },
    encoding: {
      x: { field: 'column', type: 'ordinal', sort: places, axis: { ...axis, labelAngle: -45, labelAlign: 'right' } },
      y: { field: 'row', type: 'ordinal', sort: places, axis },
    },
    layer: [
      {
        // Null is a cell of its own colour, not a gap.
        mark: { type: 'rect', stroke: '#ffffff', strokeWidth: 1, invalid: null },
        encoding: {
          description: { field: 'description', type: 'nominal' },
          color: {
            condition: { test: 'datum.value === null', value: MISSING },
            field: 'value',
            type: 'quantitative',
            scale: { domain: [...SCALES[scale].domain], range: [...SCALES[scale].range], interpolate: 'lab' },
            legend: { title: legend, gradientLength: Math.min(side, 200), format: '.1f', tickCount: 5 },
          },
        },
      },
      {
        mark: { type: 'text', baseline: 'middle', fontSize: 11, aria: false },
        encoding: {
          text: { field: 'text', type: 'nominal' },
          color: {
            condition: { test: `datum.value !== null && abs(datum.value) >= ${DARK_FROM[scale]}`, value: '#ffffff' },
            value: INK,
          },
        },
      },
    ],
    config: {
      font: FONT,
      view: { stroke: null },
      axis: { labelFontSize: 12, labelColor: INK, grid: false },
      legend: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', labelColor: INK, titleColor: INK },
      title: { fontSize: 15, color: INK, subtitleFontSize: 11, subtitleColor: '#555555', subtitlePadding: 5 },
    },
  };
}

/** Two decimals, with the sign that is as wide as a digit. */
function formatCell(value: number): string {
  const text = value.toFixed(2);
  return Number(text) === 0 ? '0.00' : text.replace('-', '−');
}
