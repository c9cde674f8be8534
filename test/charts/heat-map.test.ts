import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type HeatMap, heatMap } from '../../src/charts/heat-map.js';
import { toSvg } from '../../src/charts/to-svg.js';

const map: HeatMap = {
  title: 'Do metrics agree?',
  subtitle: ['over 12 models', 'a <second> line'],
  labels: ['MIG', 'Gaussian Wasserstein correlation', 'A & B', 'MIG'],
  values: [
    [1, 0.25, -0.999, null],
    [0.25, 1, -0.5, 0.004],
    [-0.999, -0.5, 1, -0.001],
    [null, 0.004, -0.001, 1],
  ],
  scale: 'diverging',
  legend: 'rank correlation',
};
const description = { title: 'Do metrics agree?', text: 'MIG and A & B: <none>' };

/**
 * Elements that are opened and not closed, and whether every attribute is quoted: enough to tell
 * XML from text.
 */
function parseElements(svg: string): { names: string[]; texts: string[] } {
  const open: string[] = [];
  const names: string[] = [];
  const texts: string[] = [];
  const pattern = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let end = 0;
  for (const { 0: whole, 1: closes, 2: name, 4: isEmpty, 5: text, index } of svg.matchAll(pattern)) {
    assert.is(index, end, `not XML: ${svg.slice(end, end + 80)}`);
    end = index + whole.length;
    if (text !== undefined) {
      assert.not.match(text, /&(?!amp;|lt;|gt;|quot;|apos;|#)/);
      if (text.trim() !== '') texts.push(text);
    } else if (closes) assert.is(open.pop(), name);
    else {
      names.push(name);
      if (!isEmpty) open.push(name);
    }
  }
  assert.is(end, svg.length);
  assert.equal(open, []);
  return { names, texts };
}

test('draws every label twice, every number in its cell, and what the chart is in words', async () => {
  const svg = await toSvg(heatMap(map), description);
  const { names, texts } = parseElements(svg);
  assert.equal([names[0], names[1], names[2]], ['svg', 'title', 'desc']);
  for (const label of ['Gaussian Wasserstein correlation', 'A &amp; B']) {
    assert.is(texts.filter((text) => text === label).length, 2, label);
  }
  assert.is(texts.filter((text) => text === 'MIG').length, 4);
  for (const [number, times] of Object.entries({ '1.00': 4, '0.25': 2, '−1.00': 2, '−0.50': 2, '0.00': 4, '–': 2 })) {
    assert.is(texts.filter((text) => text === number).length, times, number);
  }
  for (const text of ['Do metrics agree?', 'over 12 models', 'a &lt;second&gt; line', 'rank correlation']) {
    assert.ok(texts.includes(text), text);
  }
  assert.ok(texts.includes('MIG and A &amp; B: &lt;none&gt;'));
  assert.match(svg, 'aria-label="MIG, Gaussian Wasserstein correlation: 0.25"');
  assert.match(svg, /^<svg role="img" /);
});

test('is the same text each time it is drawn', async () => {
  const first = await toSvg(heatMap(map), description);
  await toSvg(heatMap({ ...map, scale: 'sequential' }), description);
  assert.is(await toSvg(heatMap(map), description), first);
});

test('has room for every label at 8 pixels a letter', async () => {
  const svg = await toSvg(heatMap(map), description);
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const [, left] = /translate\((\d+),(\d+)\)/.exec(svg) ?? [];
  const longest = 8 * 'Gaussian Wasserstein correlation'.length;
  assert.ok(Number(left) > longest, `${left} at the left`);
  assert.ok(Number(height) > 4 * 38 + longest / Math.SQRT2, `${height} high`);
  assert.ok(Number(width) > Number(left) + 4 * 38 + 80, `${width} wide`);
});

test('colours stand for the same numbers in every diverging chart: white is 0, and the ends are -1 and 1', async () => {
  const fillOf = async (value: number | null) => {
    const svg = await toSvg(heatMap({ ...map, labels: ['A'], values: [[value]] }), description);
    return /<path aria-label="A, A: [^"]*"[^>]* fill="([^"]+)"/.exec(svg)?.[1];
  };
  assert.is(await fillOf(0), 'rgb(247, 247, 247)');
  assert.is(await fillOf(1), 'rgb(33, 102, 172)');
  assert.is(await fillOf(-1), 'rgb(178, 24, 43)');
  assert.is(await fillOf(null), '#e4e4e4');
});

test('the specification is plain data', () => {
  const specification = heatMap(map);
  assert.equal(JSON.parse(JSON.stringify(specification)), specification);
});

test.run();
