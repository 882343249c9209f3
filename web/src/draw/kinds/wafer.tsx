/** Wafer maps of a study: one large or several small, of bins by colour or of values on a scale. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { figure, number } from "../../lib/format";
import { theme } from "../../lib/plant";
import { type Inked, NOWHERE, packed, painted, rampColor } from "../wafer";
import { colorOf, Legend } from "./frame";
import { type Cell, column, distinct, numbers, type Pictured, say } from "./pictured";

interface Grid { x: number; y: number; width: number; height: number }
interface Map { name: string; cells: Float32Array }

export function WaferMaps({ p }: { p: Pictured }) {
  const dark = theme.value, named = column(p, "text").some(Boolean), texts = distinct(column(p, "text"));
  const { grid, maps } = useMemo(() => laid(p, named ? texts : null), [p]);
  const { ink, low, high } = useMemo(() => inked(p, named ? texts : null), [p, dark]);
  const notch = p.marks.find((m) => m.axis === "angle")?.value, single = maps.length === 1;
  const counted = new globalThis.Map<string, number>();
  for (const t of column(p, "text")) counted.set(String(t), (counted.get(String(t)) ?? 0) + 1);
  return (<>
    <div class="wafermaps" style={{ gridTemplateColumns: `repeat(auto-fill, minmax(${single ? 280 : 120}px, ${single ? "460px" : "1fr"}))` }}>
      {maps.map((m) => <One key={m.name} m={m} grid={grid} ink={ink} notch={notch} title={single && !m.name ? "" : say(p, m.name)} />)}
    </div>
    {named ? <Legend entries={texts.map((t, i) => ({ text: `${say(p, t)} · ${number(counted.get(t))}`, color: colorOf(p, t, i) }))} />
      : <p class="bar small"><span class="num">{figure(low)} {say(p, p.unit)}</span><span class="waferramp" aria-hidden="true" style={{ background: `linear-gradient(to right, ${Array.from({ length: 9 }, (_, i) => rampColor(i / 8)).join(", ")})` }} /><span class="num">{figure(high)} {say(p, p.unit)}</span></p>}
  </>);
}

function One({ m, grid, ink, notch, title }: { m: Map; grid: Grid; ink: Inked; notch: number | undefined; title: string }) {
  const canvas = useRef<HTMLCanvasElement>(null), turn = notch === undefined ? undefined : (-notch * Math.PI) / 180;
  useLayoutEffect(() => painted(canvas.current!, { ...grid, cells: m.cells }, ink), [m, ink]);
  return (
    <figure class="wafermap">
      <div><canvas ref={canvas} role="img" aria-label={title} />{turn !== undefined && <i aria-hidden="true" style={{ left: `${50 + 50 * Math.cos(turn)}%`, top: `${50 + 50 * Math.sin(turn)}%` }} />}</div>
      {title && <figcaption class="small">{title}</figcaption>}
    </figure>
  );
}

/** The dies of every map on one grid, so that maps can be compared: the place of their text, or their value. */
function laid(p: Pictured, texts: string[] | null): { grid: Grid; maps: Map[] } {
  const xs = numbers(column(p, "x")), ys = numbers(column(p, "y")), x = Math.min(...spread(xs)), y = Math.min(...spread(ys));
  const grid = { x, y, width: Math.max(...spread(xs)) - x + 1, height: Math.max(...spread(ys)) - y + 1 }, place = new globalThis.Map(texts?.map((t, i) => [t, i]));
  const found = new globalThis.Map<string, Float32Array>(), value = p.columns.indexOf("value"), text = p.columns.indexOf("text");
  for (const row of p.rows) {
    const name = String(row[0] ?? ""), cells = found.get(name) ?? new Float32Array(grid.width * grid.height).fill(NaN);
    found.set(name, cells);
    const v: Cell = texts ? place.get(String(row[text]))! : row[value]!;
    cells[(Number(row[2]) - y) * grid.width + Number(row[1]) - x] = v === null ? NOWHERE : Number(v);
  }
  return { grid, maps: [...found].map(([name, cells]) => ({ name, cells })) };
}

/** Least and greatest of many numbers: more than a function takes as arguments. */
const spread = (found: number[]): [number, number] => found.reduce<[number, number]>(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);

/** How each cell is inked; of values the outermost per cent shares the last colour. */
function inked(p: Pictured, texts: string[] | null): { ink: Inked; low: number; high: number } {
  if (texts) {
    const colors = texts.map((t, i) => packed(colorOf(p, t, i)));
    return { ink: (cell) => colors[cell] ?? 0, low: 0, high: 0 };
  }
  const sorted = numbers(column(p, "value")).sort((a, b) => a - b), at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  let low = at(0.01), high = at(0.99);
  if (low < 0 && high > 0) { high = Math.max(-low, high); low = -high; }
  const steps = Array.from({ length: 256 }, (_, i) => packed(rampColor(i / 255)));
  return { ink: (cell) => steps[Math.max(0, Math.min(255, Math.round(((cell - low) / (high - low || 1)) * 255)))]!, low, high };
}
