import type { TopLevelSpec } from 'vega-lite';

/** One line of a chart: colour and dashes say which. */
export interface Line {
  /** What its colour stands for. */
  readonly color: string;
  /** What its dashes stand for. */
  readonly dash: string;
  /** Both above 0. */
  readonly points: ReadonlyArray<readonly [x: number, y: number]>;
}

/** Lines on logarithmic axes. */
export interface LineChart {
  readonly title: string;
  /** Under the title. */
  readonly subtitle: readonly string[];
  /** What runs along each axis, with its unit. */
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const FONT = 'Helvetica, Arial, "Liberation Sans", sans-serif';
const INK = '#222222';
const GRID = '#e4e4e4';

/**
 * Of Okabe and Ito (2008), which the colour-blind can tell apart; dark enough for lines on white.
 */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
const DASHES = [
  [1, 0],
  [5, 3],
  [1, 3],
];

/**
 * The vega-lite specification of a line chart: a mark at each point, powers of ten at the axes.
 * Colours and dashes are given out in the order in which lines ask for them: six of the first,
 * three of the second.
 */
export function lineChart({ title, subtitle, x, y, lines }: LineChart): TopLevelSpec {
  const points = lines.flatMap(({ color, dash, points }) =>
    points.map(([a, b]) => ({
      x: a,
      y: b,
      color,
      dash,
      description: `${color}, ${dash}: ${format(b)} at ${format(a)}`,
    })),
  );
  const [colors, dashes] = [namesOf(lines, 'color'), namesOf(lines, 'dash')];
  const axis = (name: string, field: 'x' | 'y') =>
    ({
      field,
      type: 'quantitative',
      // Up to the powers of ten around, or the outermost marks would have no labels beside them.
      scale: { type: 'log', domain: decadesAround(points.map((point) => point[field])), nice: false },
      axis: {
        title: name,
        values: decadesIn(points.map((point) => point[field])),
        format: field === 'x' ? ',' : ',~g',
      },
    }) as const;
  const color = {
    field: 'color',
    type: 'nominal',
    sort: null,
    scale: { domain: colors, range: COLORS.slice(0, colors.length) },
    legend: { title: null, symbolType: 'stroke', symbolStrokeWidth: 2 },
  } as const;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, subtitle: [...subtitle], anchor: 'start', frame: 'bounds', offset: 14 },
    background: '#ffffff',
    padding: 16,
    width: 480,
    height: 320,
    data: { values: points },
    encoding: { x: axis(x, 'x'), y: axis(y, 'y'), color },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.75, aria: false },
        encoding: {
          strokeDash: {
            field: 'dash',
            type: 'nominal',
            sort: null,
            scale: { domain: dashes, range: DASHES.slice(0, dashes.length) },
            legend: { title: null, symbolType: 'stroke', symbolStrokeWidth: 2, symbolStrokeColor: INK },
          },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 26, opacity: 1 },
        encoding: { description: { field: 'description', type: 'nominal' } },
      },
    ],
    config: {
      font: FONT,
      view: { stroke: null },
      axis: {
        labelFontSize: 11,
        titleFontSize: 12,
        titleFontWeight: 'normal',
        labelColor: INK,
        titleColor: INK,
        gridColor: GRID,
        domainColor: INK,
        tickColor: INK,
      },
      legend: { labelFontSize: 11, labelColor: INK, labelLimit: 0 },
      title: { fontSize: 15, color: INK, subtitleFontSize: 11, subtitleColor: '#555555', subtitlePadding: 5 },
    },
  };
}

/** The numbers of a chart in words, line by line. */
export function describeLines({ x, y, lines }: Pick<LineChart, 'x' | 'y' | 'lines'>): string {
  const each = lines.map(({ color, dash, points }) => {
    const values = points.map(([a, b]) => `${format(b)} at ${format(a)}`);
    return `${color}, ${dash}: ${values.join(', ')}.`;
  });
  return [`${y} by ${x}.`, ...each].join(' ');
}

function namesOf(lines: readonly Line[], key: 'color' | 'dash'): string[] {
  return [...new Set(lines.map((line) => line[key]))];
}

function decadesAround(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))];
}

function decadesIn(values: readonly number[]): number[] {
  const [least, most] = decadesAround(values).map((decade) => Math.round(Math.log10(decade)));
  return Array.from({ length: most - least + 1 }, (_, i) => 10 ** (least + i));
}

/** Whole numbers whole, others to three digits. */
function format(value: number): string {
  return (value >= 1000 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en-US', {
    maximumSignificantDigits: 21,
  });
}
