/** Curves over time, one pane for each unit, under one view: true extremes, gaps where nothing was heard, bands behind. */
import { effect, useComputed, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./draw.css";
import { figure, percent } from "../lib/format";
import { lang, words } from "../lib/i18n";
import { theme, type LimitOnPaper } from "../lib/plant";
import { bucket, line, together, type Line, type Series, type Trend } from "./lines";
import { curveColor, FONT, ink, timeAxis, useWidth } from "./paint";
import { Pointer } from "./pointer";
import { gestures, type View } from "./view";

export interface Band { since: number; until: number; fill: string }
interface Props {
  trend: Trend | undefined; view: View; bands?: Band[]; left?: number; right?: number;
  /** Another stretch laid over it, moved by `shift` microseconds. */
  over?: { trend: Trend; shift: number; text: string } | undefined;
  selected?: ((low: number, high: number) => void) | undefined; clicked?: ((x: number) => void) | undefined;
  now: () => number; label: string; remove?: (signal: string) => void; unheard: string;
  /** The machine whose signals go by their short names. */
  of?: string;
  /** The limits of each signal, by its path. */
  limits?: Record<string, LimitOnPaper[]>;
}
const t = words({ coverage: "Coverage", low: "lower limit", high: "upper limit", target: "target" }, { coverage: "覆盖率", low: "下限", high: "上限", target: "目标" });
const LIMITS: Record<string, () => string> = { low: () => t("low"), high: () => t("high"), target: () => t("target") };
const DASHES = [[], [7, 3], [2, 3], [10, 3, 2, 3]];

export function TrendPanes({ trend, ...rest }: Props) {
  const units = useMemo(() => [...new Set(trend?.series.map((s) => s.unit))], [trend]);
  const tall = units.length < 2 ? 240 : units.length < 3 ? 170 : 128;
  return (
    <div class="panes">
      {units.map((unit, i) => <Pane key={unit} unit={unit} trend={trend!} {...rest} axis={i === units.length - 1} height={tall + (i === units.length - 1 ? 26 : 8)} />)}
    </div>
  );
}

function Pane({ unit, trend, view, bands = [], left = 58, right = 8, over, selected, clicked, now, label, axis, height, remove, unheard, of = "", limits = {} }: Props & { trend: Trend; unit: string; axis: boolean; height: number }) {
  const [ref, width] = useWidth<HTMLDivElement>(), plot = useRef<uPlot | null>(null);
  const all = trend.series, mine = all.filter((s) => s.unit === unit);
  const laid = over?.trend.series.filter((s) => mine.some((m) => m.signal === s.signal)) ?? [];
  const given = useRef({ bands, left, right, width, selected, clicked });
  given.current = { bands, left, right, width, selected, clicked };
  const key = `${mine.map((s) => `${s.signal}${s.stepped}`)}|${laid.map((s) => s.signal)}|${theme.value}|${lang.value}|${axis}|${height}|${left}`;

  useEffect(() => {
    if (!width) return;
    const colored = mine.map((s) => ({ s, color: curveColor(all.indexOf(s)) }));
    const bounds = mine.flatMap((s) => limits[s.signal] ?? []);
    const options = made({ width, height, left, right, axis, view, bounds, bands: () => given.current.bands });
    options.series = [{}, ...colored.map((c, i) => drawn(c.s, c.color, DASHES[i % 4]!, 1.4)), ...laid.map((s) => drawn(s, curveColor(all.findIndex((x) => x.signal === s.signal)) + "99", [3, 3], 1.1))];
    const u = new uPlot(options, [[]], ref.current!);
    plot.current = u;
    return () => { u.destroy(); plot.current = null; };
  }, [key, width > 0]);

  useEffect(() => { if (width) plot.current?.setSize({ width, height }); }, [width, height]);
  useEffect(() => effect(() => {
    const fold = view.fold.value;
    const lines: Line[] = [...mine.map((s) => line(s, trend, fold, { now: now() })), ...laid.map((s) => line(s, over!.trend, fold, { shift: over!.shift, now: now() }))];
    plot.current?.batch(() => {
      plot.current!.setData(together(lines), false);
      const [min, max] = view.shown.peek();
      plot.current!.setScale("x", { min, max });
    });
  }), [trend, over, key, width > 0]);
  useEffect(() => effect(() => {
    const [min, max] = view.shown.value;
    plot.current?.setScale("x", { min, max });
  }), [view, key, width > 0]);
  useEffect(() => plot.current?.redraw(false), [bands]);
  useEffect(() => gestures(ref.current!, () => ({
    view, selected: given.current.selected, clicked: given.current.clicked,
    plot: () => ({ left: given.current.left, width: given.current.width - given.current.left - given.current.right }),
  })), [view]);

  return (
    <div class="pane">
      <div class="legend" style={{ paddingLeft: `${left}px` }}>
        {mine.map((s) => <Key key={s.signal} s={s} color={curveColor(all.indexOf(s))} dash={DASHES[mine.indexOf(s) % 4]!} view={view} remove={remove} unheard={unheard} trend={trend} of={of} />)}
        {laid.length > 0 && <span class="soft small">┄ {over!.text}</span>}
      </div>
      <div ref={ref} class="plot" style={{ height: `${height}px` }} tabIndex={0} role="img" aria-label={`${label}: ${mine.map((s) => s.signal).join(", ")} [${unit}]`}>
        <Pointer view={view} left={left} width={width - left - right} height={height - (axis ? 26 : 8)} />
      </div>
    </div>
  );
}

/** A curve's name, its value under the pointer (else its range), and how much of it was heard. */
function Key({ s, color, dash, view, remove, unheard, trend, of }: { of: string; s: Series; color: string; dash: number[]; view: View; remove: Props["remove"]; unheard: string; trend: Trend }) {
  const range = useMemo(() => [least(s.low), most(s.high)] as const, [s]);
  const said: ReadonlySignal<string> = useComputed(() => {
    lang.value;
    const x = view.pointed.value, unit = s.unit === "1" ? "" : ` ${spoken(s.unit)}`;
    if (x === null) return range[0] === null ? "–" : `${figure(range[0])} – ${figure(range[1])}${unit}`;
    const at = view.fold.value.from(x), b = at <= trend.until ? bucket(s, at) : null;
    if (!b) return unheard;
    return b.low === null ? "–" : b.low === b.high || b.holds ? `${figure(b.last)}${unit}` : `${figure(b.low)} … ${figure(b.high)}${unit}`;
  });
  return (
    <span class="key">
      <svg width="18" height="8" aria-hidden="true"><line x1="0" x2="18" y1="4" y2="4" stroke={color} stroke-width="2.5" stroke-dasharray={dash.join(" ")} /></svg>
      <b>{s.signal.startsWith(`${of}/`) ? s.signal.slice(of.length + 1) : s.signal}</b> <span class="value">{said}</span>
      {s.coverage !== null && <span class={s.coverage < 0.95 ? "bad" : "soft"} title={t("coverage")}>{percent(s.coverage, s.coverage < 1 ? 1 : 0)}</span>}
      {remove && <button class="quiet x" aria-label={`× ${s.signal}`} onClick={() => remove(s.signal)}>×</button>}
    </span>
  );
}

const least = (v: (number | null)[]) => v.reduce<number | null>((a, b) => (b === null ? a : a === null || b < a ? b : a), null);
const most = (v: (number | null)[]) => v.reduce<number | null>((a, b) => (b === null ? a : a === null || b > a ? b : a), null);
const SPOKEN: Record<string, string> = { Cel: "°C", "kW.h": "kWh", "m/s2": "m/s²", "%": "%", "1": "", "{part}": "", "1/min": "1/min", deg: "°", "m3/h": "m³/h" };
/** A unit as people write it (UCUM has codes for machines). */
export const spoken = (unit: string): string => SPOKEN[unit] ?? unit;

function drawn(s: Series, color: string, dash: number[], width: number): uPlot.Series {
  return { stroke: color, width, dash, points: { show: (u, i) => sparse(u, i) }, ...(s.stepped ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}) };
}
/** Points show where there is room for each: few samples far apart. */
const sparse = (u: uPlot, i: number): boolean => {
  const [a, b] = u.series[0]!.idxs ?? [0, 0];
  let n = 0;
  for (let k = a; k <= b && n <= 60; k++) if (u.data[i]![k] != null) n++;
  return n <= 60;
};

function made(d: { width: number; height: number; left: number; right: number; axis: boolean; view: View; bounds: LimitOnPaper[]; bands: () => Band[] }): uPlot.Options {
  const grid = () => ink("faint"), soft = () => ink("soft");
  const x = (at: number, u: uPlot) => u.valToPos(d.view.fold.peek().to(at), "x", true);
  const splits = (u: uPlot) => timeAxis(d.view.fold.peek(), u.scales.x!.min!, u.scales.x!.max!, d.width - d.left - d.right);
  return {
    width: d.width, height: d.height, padding: [6, d.right, 0, 0], legend: { show: false }, cursor: { show: false }, series: [],
    scales: { x: { time: false, range: (_, low, high) => [low, high] }, y: { range: (_, low, high) => roomy(...reached(low, high, d.bounds)) } },
    axes: [
      { show: true, size: d.axis ? 26 : 2, font: FONT, stroke: soft, grid: { stroke: grid, width: 1 }, ticks: { show: false }, splits: (u) => splits(u).map((t) => t.x), values: (u) => (d.axis ? splits(u).map((t) => (u.valToPos(t.x, "x") > d.width - d.left - d.right - 24 ? "" : t.text)) : splits(u).map(() => "")) },
      { size: d.left, font: FONT, stroke: soft, grid: { stroke: grid, width: 1 }, ticks: { show: false }, space: 34, values: (_, v) => v.map((n) => figure(n, 6)) },
    ],
    hooks: {
      drawClear: [(u) => {
        const { ctx, bbox } = u;
        ctx.save();
        ctx.beginPath(); ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height); ctx.clip();
        for (const b of d.bands()) {
          const since = x(b.since, u), until = x(b.until, u);
          // Too short for a pixel: drawn as one, many of them would look like all of the time.
          if (until < bbox.left || since > bbox.left + bbox.width || (until - since < 0.7 && b.until > b.since + 1e6)) continue;
          ctx.fillStyle = b.fill;
          ctx.fillRect(since, bbox.top, Math.max(devicePixelRatio, until - since), bbox.height);
        }
        ctx.restore();
      }],
      draw: [(u) => [...new Set(d.bounds.map((b) => b.value))].forEach((value) => boundary(u, value, d.bounds.filter((b) => b.value === value)))],
    },
  };
}

/** The extremes with the limits that lie near: one that is further than all of the curve would flatten it. */
function reached(low: number | null, high: number | null, bounds: LimitOnPaper[]): [number | null, number | null] {
  if (low === null || high === null) return [low, high];
  const near = (high - low) || Math.abs(high) * 0.1, within = bounds.map((b) => b.value).filter((v) => v >= low - near && v <= high + near);
  return [Math.min(low, ...within), Math.max(high, ...within)];
}

/** Limits of one value as a dashed line with their names. */
function boundary(u: uPlot, value: number, same: LimitOnPaper[]): void {
  const { ctx, bbox } = u, y = Math.round(u.valToPos(value, "y", true)), px = devicePixelRatio;
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  const above = y - 16 * px > bbox.top && (same[0]!.sign >= 0 || y + 16 * px > bbox.top + bbox.height);
  ctx.save();
  ctx.strokeStyle = same.some((b) => b.sign) ? ink("alert") : ink("soft");
  ctx.lineWidth = px;
  ctx.setLineDash([6 * px, 4 * px]);
  ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke();
  ctx.fillStyle = ctx.strokeStyle;
  ctx.font = FONT.replace(/^[\d.]+/, (n) => `${Number(n) * px}`);
  ctx.textAlign = "right";
  ctx.textBaseline = above ? "bottom" : "top";
  ctx.fillText(`${same.map((b) => LIMITS[b.name]?.() ?? b.name).join(", ")} ${figure(value)}`, bbox.left + bbox.width - 4 * px, y + (above ? -2 : 2) * px);
  ctx.restore();
}

/** The range of values with a little air; a flat line lies in the middle. */
function roomy(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const air = high > low ? (high - low) * 0.06 : Math.abs(high) * 0.1 || 1;
  return [low - air, high + air];
}
