import { expect, test } from "vitest";
import { renderBarChart } from "./bar-chart.ts";

const chart = renderBarChart("A <title> & more", "under it", "what it shows", [
  {
    title: "Rate",
    note: "more is better",
    bars: [
      { name: "ours", value: 200, label: "200", kind: "ours" },
      { name: "peer", value: 100, label: "100", kind: "peer" },
      { name: "tiny", value: 0.001, label: "0", kind: "peer" },
      { name: "limit", value: 200, label: "200", kind: "limit" },
    ],
  },
  { title: "Size", note: "less is better", bars: [{ name: "ours", value: 1, label: "1 kB", kind: "ours" }] },
]);

/** Lengths of the bars, without their rounded ends. */
const lengths = [...chart.matchAll(/<path class="(\w+)" d="M[\d.]+ [\d.]+h([\d.]+)/g)].map(
  ([, kind, length]) => ({
    kind,
    length: Number(length),
  }),
);

test("bars are as long as their values, the longest of each panel as long as there is room", () => {
  expect(lengths.map(({ kind }) => kind)).toEqual(["ours", "peer", "peer", "limit", "ours"]);
  const [ours = 0, peer = 0, tiny = 0, limit = 0, other = 0] = lengths.map(({ length }) => length);
  expect(ours).toBe(limit);
  expect(ours).toBe(other);
  expect((ours + 4) / (peer + 4)).toBeCloseTo(2, 2);
  expect(tiny).toBeGreaterThan(0);
});

test("text is escaped, and everything lies inside the picture", () => {
  expect(chart).toContain("A &lt;title&gt; &amp; more");
  expect(chart).not.toContain("<title> &");
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(chart) ?? [];
  const tops = [...chart.matchAll(/translate\((\d+) ([\d.]+)\)/g)];
  for (const [, left, top] of tops) {
    expect(Number(left) + 460).toBeLessThanOrEqual(Number(width));
    expect(Number(top)).toBeLessThan(Number(height));
  }
});

test("the same input gives the same picture, for light and dark", () => {
  expect(chart).toContain("prefers-color-scheme: dark");
  expect(chart.endsWith("</svg>\n")).toBe(true);
});
