/** Draws vega-lite specifications. Vega is most of this chunk: load it on use. */
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** What a chart is for those who do not see it. */
export interface Description {
  readonly title: string;
  /** The numbers, in words. */
  readonly text: string;
}

/**
 * The SVG of a specification, the same text for the same specification. Without a canvas the widths
 * of texts are estimated, and estimated wide: margins are ample, nothing is cut off.
 */
export async function toSvg(specification: TopLevelSpec, { title, text }: Description): Promise<string> {
  // Identifiers of gradients and clips are counted through a process; from 0 they are the same in
  // each drawing.
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(compile(specification).spec), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    const described = `<title>${escapeText(title)}</title><desc>${escapeText(text)}</desc>`;
    const whole = `${svg.replace(/<svg [^>]*>/, (opening) => `${opening.replace('<svg ', '<svg role="img" ')}${described}`)}\n`;
    return whole.replace(NO_XML, '\ufffd');
  } finally {
    view.finalize();
  }
}

/** What no XML may hold, escaped or not: names that are drawn are anybody's words. */
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
