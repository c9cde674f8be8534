import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeLines, type LineChart, lineChart } from '../../src/charts/line-chart.js';
import { toSvg } from '../../src/charts/to-svg.js';

const chart: LineChart = {
  title: 'Time by size',
  subtitle: ['of this & that'],
  x: 'rows',
  y: 'seconds',
  lines: [
    {
      color: 'fast',
      dash: '1 thread',
      points: [
        [1000, 0.0123456],
        [30_000, 2],
      ],
    },
    {
      color: 'slow',
      dash: '2 threads',
      points: [
        [1000, 0.5],
        [737_280, 88],
      ],
    },
  ],
};
const draw = () => toSvg(lineChart(chart), { title: chart.title, text: describeLines(chart) });

test('draws a mark at each point, powers of ten at the axes, and a legend of colours and dashes', async () => {
  const svg = await draw();
  const texts = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
  for (const text of ['1,000', '100,000', '0.01', '100', 'rows', 'seconds', 'fast', 'slow', '1 thread', '2 threads']) {
    assert.is(texts.filter((found) => found === text).length, 1, text);
  }
  assert.ok(texts.includes('of this &amp; that'));
  assert.is(svg.match(/aria-label="(fast|slow), \d threads?: [^"]+"/g)?.length, 4);
  assert.match(svg, 'aria-label="slow, 2 threads: 88 at 737,280"');
});

test('places points by their logarithms', async () => {
  const svg = await draw();
  const placeOf = (label: string) => {
    const mark = new RegExp(`aria-label="${label}"[^>]*transform="translate\\(([\\d.]+),([\\d.]+)\\)"`).exec(svg);
    return [Number(mark?.[1]), Number(mark?.[2])];
  };
  // 480 wide from 1,000 to 1,000,000 and 320 high from .01 to 100.
  const close = (got: number[], expected: number[]) => {
    got.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]) < 0.01, `${got} and ${expected}`);
    });
  };
  close(placeOf('slow, 2 threads: 0.5 at 1,000'), [0, 320 - 80 * (Math.log10(0.5) + 2)]);
  close(placeOf('fast, 1 thread: 2 at 30,000'), [160 * Math.log10(30), 320 - 80 * (Math.log10(2) + 2)]);
});

test('tells those who do not see it the same numbers, and is the same text each time', async () => {
  const svg = await draw();
  assert.match(svg, '<svg role="img"');
  const text =
    'seconds by rows. fast, 1 thread: 0.0123 at 1,000, 2 at 30,000. slow, 2 threads: 0.5 at 1,000, 88 at 737,280.';
  assert.match(svg, `<title>Time by size</title><desc>${text}</desc>`);
  assert.is(svg, await draw());
});

test.run();
