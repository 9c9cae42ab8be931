/**
 * A chart of horizontal bars as SVG: panels side by side, in each the same competitors by another measure. Every bar has
 * its name in front and its value behind it, so there are no axes to read. Colours follow the reader's preference for
 * light or dark, also where the picture is embedded by an `img` element.
 */

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The value with its unit. */
  readonly label: string;
  /** `ours` stands out; `limit` is no competitor but what the machine can do at all. */
  readonly kind: "ours" | "peer" | "limit";
}

export interface BarPanel {
  readonly title: string;
  /** Such as which direction is better. */
  readonly note: string;
  readonly bars: readonly Bar[];
}

const margin = 28;
const columns = 2;
const panelWidth = 460;
const panelGap = 36;
const headHeight = 46;
const barHeight = 18;
const rowHeight = 27;
const nameWidth = 154;
/** Behind the longest bar, for its value. */
const valueWidth = 92;
const titleHeight = 64;
const noteHeight = 34;

const style = `
  svg { font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
  .ground { fill: #ffffff; stroke: #d8dee6; }
  .title { font-size: 21px; font-weight: 650; fill: #1b2430; }
  .note { font-size: 13px; fill: #5d6978; }
  .panel { font-size: 15px; font-weight: 600; fill: #1b2430; }
  .name, .value { font-size: 13px; fill: #38434f; }
  .value { font-variant-numeric: tabular-nums; }
  .strong { font-weight: 650; fill: #0b6e62; }
  .track { stroke: #d8dee6; }
  .ours { fill: #0f9d8a; }
  .peer { fill: #a9b6c4; }
  .limit { fill: none; stroke: #7b8896; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #11161d; stroke: #2b3440; }
    .title, .panel { fill: #eef3f8; }
    .note { fill: #96a3b2; }
    .name, .value { fill: #c6d0db; }
    .strong { fill: #4fd8c4; }
    .track { stroke: #333e4b; }
    .ours { fill: #25c2ab; }
    .peer { fill: #56657a; }
    .limit { stroke: #8997a7; }
  }`;

/** @returns a whole SVG document; `description` is what it shows, in a sentence for those who cannot see it */
export function renderBarChart(
  title: string,
  note: string,
  description: string,
  panels: readonly BarPanel[],
): string {
  const rows = chunk(panels, columns);
  const heights = rows.map((row) => Math.max(...row.map(({ bars }) => headHeight + bars.length * rowHeight)));
  const width = 2 * margin + columns * panelWidth + (columns - 1) * panelGap;
  const height = titleHeight + sum(heights) + rows.length * panelGap + noteHeight;
  const drawn = rows.flatMap((row, index) => {
    const top = titleHeight + margin / 2 + sum(heights.slice(0, index)) + index * panelGap;
    return row.map((panel, column) => drawPanel(panel, margin + column * (panelWidth + panelGap), top));
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeText(title)}</title>`,
    `<desc id="description">${escapeText(description)}</desc>`,
    `<style>${style}\n</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="12"/>`,
    `<text class="title" x="${margin}" y="${titleHeight - 20}">${escapeText(title)}</text>`,
    ...drawn,
    `<text class="note" x="${margin}" y="${height - 20}">${escapeText(note)}</text>`,
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, note, bars }: BarPanel, left: number, top: number): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const room = panelWidth - nameWidth - valueWidth;
  const foot = headHeight + bars.length * rowHeight;
  return [
    `<g transform="translate(${left} ${top})">`,
    `<text class="panel" x="0" y="14">${escapeText(title)}</text>`,
    `<text class="note" x="0" y="33">${escapeText(note)}</text>`,
    `<line class="track" x1="${nameWidth}" y1="${headHeight - 2}" x2="${nameWidth}" y2="${foot}"/>`,
    ...bars.map((bar, index) => drawBar(bar, headHeight + index * rowHeight, (bar.value / longest) * room)),
    "</g>",
  ].join("\n");
}

function drawBar({ name, label, kind }: Bar, top: number, length: number): string {
  const strong = kind === "ours" ? " strong" : "";
  const baseline = top + barHeight / 2 + 4.5;
  // A value next to nothing is still seen.
  const width = Math.max(length, 2).toFixed(1);
  const end = (nameWidth + Number(width) + 8).toFixed(1);
  return [
    `<text class="name${strong}" x="${nameWidth - 10}" y="${baseline}" text-anchor="end">${escapeText(name)}</text>`,
    `<path class="${kind}" d="${barPath(nameWidth, top, Number(width))}"/>`,
    `<text class="value${strong}" x="${end}" y="${baseline}">${escapeText(label)}</text>`,
  ].join("\n");
}

/** A bar that stands on the axis and is rounded at its other end. */
function barPath(left: number, top: number, width: number): string {
  const radius = Math.min(4, width / 2);
  const side = barHeight - 2 * radius;
  return [
    `M${left} ${top}h${(width - radius).toFixed(1)}`,
    `a${radius} ${radius} 0 0 1 ${radius} ${radius}`,
    `v${side}`,
    `a${radius} ${radius} 0 0 1 ${-radius} ${radius}`,
    `H${left}z`,
  ].join("");
}

function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function chunk<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
