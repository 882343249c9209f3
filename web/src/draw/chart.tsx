/** Control charts under each other: zones, stepped limits, stages, marked rules; a stretch is brushed, a point chosen, by pointer or keys. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { dayClock, figure } from "../lib/format";
import { lang, words } from "../lib/i18n";
import { theme } from "../lib/plant";
import { type ControlChart, onPanel, type Point, reach, type Stage, type Stretch } from "./charted";
import { against, linear, type Scale, ticks } from "./kinds/scale";
import { FONT, ink, sharp, useWidth } from "./paint";
import "./chart.css";

const t = words(
  { upper: "UCL", center: "CL", lower: "LCL", chart: "Control chart; arrow keys move from point to point", rule: "rule", excluded: "not in the limits", gap: "a gap before it" },
  { upper: "上控制限", center: "中心线", lower: "下控制限", chart: "控制图；用方向键逐点移动", rule: "判异准则", excluded: "未计入控制限", gap: "此前有间断" },
);
const LEFT = 62, RIGHT = 96, TOP = 22;

interface Props { chart: ControlChart; unit: string; name: (text: string) => string; chosen: number | undefined; range: Stretch | undefined; shown: Stretch; pick: (place: number) => void; brush: (range: Stretch | undefined) => void; small?: boolean }

export function ControlPanels(props: Props) {
  const { chart, shown, chosen, pick } = props;
  const places = onPanel(chart, chart.panels[0]?.panel ?? "").map((p) => p.place).filter((p) => p >= shown[0] && p <= shown[1]);
  const keyed = (e: KeyboardEvent) => {
    const by = ({ ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 } as Record<string, number>)[e.key];
    if (by === undefined || !places.length) return;
    e.preventDefault();
    const at = chosen === undefined ? (by > 0 ? -1 : places.length) : places.indexOf(chosen);
    pick(places[Math.max(0, Math.min(places.length - 1, at + by))]!);
  };
  return (
    <div class="control" tabIndex={0} role="application" aria-label={t("chart")} onKeyDown={keyed}>
      {chart.panels.map((p, i) => <PanelDrawn key={p.panel} {...props} panel={p.panel} height={i ? 150 : 270} last={i === chart.panels.length - 1} first={!i} />)}
    </div>
  );
}

function PanelDrawn({ panel, height, last, first, ...props }: Props & { panel: string; height: number; last: boolean; first: boolean }) {
  const { chart, shown, pick, brush, range } = props, tall = height + (last ? 38 : 8);
  const [box, width] = useWidth<HTMLDivElement>(), canvas = useRef<HTMLCanvasElement>(null);
  const [over, setOver] = useState<Point>(), pressed = useRef<{ x: number; place: number } | null>(null), [drag, setDrag] = useState<Stretch>();
  const points = onPanel(chart, panel).filter((p) => p.place >= shown[0] && p.place <= shown[1]);
  const x = linear(shown[0] - 0.5, shown[1] + 0.5, LEFT, Math.max(LEFT + 40, width - RIGHT)), y = linear(...reach(points), height - 6, TOP);
  useLayoutEffect(() => {
    if (width) drawn(canvas.current!, { width, tall, x, y, points, stages: first ? chart.stages : [], title: `${props.name(panel)}${props.unit ? ` (${props.unit})` : ""}`, bottom: height - 6, axis: last, chosen: props.chosen, over: over?.place, range: drag ?? range });
  }, [width, chart, shown[0], shown[1], props.chosen, over, drag, range?.[0], range?.[1], theme.value, lang.value]);
  useEffect(() => setOver(undefined), [chart]);
  const near = (e: PointerEvent): Point | undefined => {
    const at = shown[0] - 0.5 + ((e.clientX - canvas.current!.getBoundingClientRect().left - LEFT) / Math.max(1, width - RIGHT - LEFT)) * (shown[1] - shown[0] + 1);
    return points.reduce<Point | undefined>((best, p) => (!best || Math.abs(p.place - at) < Math.abs(best.place - at) ? p : best), undefined);
  };
  const down = (e: PointerEvent) => { const p = near(e); if (p) pressed.current = { x: e.clientX, place: p.place }; canvas.current!.setPointerCapture(e.pointerId); };
  const move = (e: PointerEvent) => {
    const p = near(e), from = pressed.current;
    setOver(p);
    if (p && from && Math.abs(e.clientX - from.x) > 5) setDrag([Math.min(from.place, p.place), Math.max(from.place, p.place)]);
  };
  const up = () => {
    if (drag) brush(drag);
    else if (pressed.current) { pick(pressed.current.place); if (range) brush(undefined); }
    pressed.current = null;
    setDrag(undefined);
  };
  return (
    <div class="panel" ref={box} style={{ height: `${tall}px` }}>
      <canvas ref={canvas} style={{ width: `${width}px`, height: `${tall}px` }} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerLeave={() => setOver(undefined)} />
      {over && width > 0 && <Tip p={over} left={x(over.place)} width={width} name={props.name} unit={props.unit} top={over.value === null ? 0 : y(over.value)} />}
    </div>
  );
}

function Tip({ p, left, top, width, name, unit }: { p: Point; left: number; top: number; width: number; name: (text: string) => string; unit: string }) {
  return (
    <div class="tip" style={{ top: `${top + 14}px`, ...(left > width / 2 ? { right: `${width - left + 12}px` } : { left: `${left + 12}px` }) }}>
      <b>{p.label || p.place}</b> · {figure(p.value, 6)} {unit}<br />{dayClock(p.at)}
      {p.rules && <><br />{t("rule")} {p.rules}</>}{!p.used && <><br />{t("excluded")}</>}{p.gap && <><br />{t("gap")}</>}{p.note && <><br />✎ {name(p.note)} ({p.who})</>}
    </div>
  );
}

interface Drawing { width: number; tall: number; x: Scale; y: Scale; points: Point[]; stages: Stage[]; title: string; bottom: number; axis: boolean; chosen: number | undefined; over: number | undefined; range: Stretch | undefined }

function drawn(canvas: HTMLCanvasElement, d: Drawing): void {
  const c = sharp(canvas, d.width, d.tall), right = d.width - RIGHT;
  c.font = FONT;
  if (d.range) { c.fillStyle = ink("band"); c.fillRect(d.x(d.range[0] - 0.5), TOP, d.x(d.range[1] + 0.5) - d.x(d.range[0] - 0.5), d.bottom - TOP); }
  yAxis(c, d, right);
  c.save();
  c.beginPath();
  c.rect(LEFT - 6, TOP - 8, right - LEFT + 12, d.bottom - TOP + 14);
  c.clip();
  zones(c, d);
  limits(c, d);
  for (const place of [d.chosen, d.over]) if (place !== undefined) { c.strokeStyle = ink(place === d.chosen ? "ink" : "rule"); c.setLineDash([2, 3]); stroke(c, [[d.x(place), TOP], [d.x(place), d.bottom]]); c.setLineDash([]); }
  values(c, d);
  c.restore();
  staged(c, d);
  named(c, d, right);
  if (d.axis) places(c, d);
}

function stroke(c: CanvasRenderingContext2D, points: [number, number][]): void {
  c.beginPath();
  points.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.stroke();
}

function yAxis(c: CanvasRenderingContext2D, d: Drawing, right: number): void {
  c.lineWidth = 1;
  c.textBaseline = "middle";
  for (const v of ticks(d.y.low, d.y.high, (d.bottom - TOP) / 44)) {
    const y = Math.round(d.y(v)) + 0.5;
    c.strokeStyle = ink("faint");
    stroke(c, [[LEFT, y], [right, y]]);
    c.fillStyle = ink("soft");
    c.textAlign = "right";
    c.fillText(against(v, d.y.high - d.y.low), LEFT - 6, y);
  }
  c.textAlign = "left";
  c.fillStyle = ink("ink");
  c.fillText(d.title, 2, 8);
}

/** Runs of neighbouring points for which something is the same. */
function runs(points: Point[], same: (a: Point, b: Point) => boolean): Point[][] {
  const found: Point[][] = [];
  for (const p of points) { const run = found[found.length - 1]; if (run && same(run[run.length - 1]!, p)) run.push(p); else found.push([p]); }
  return found;
}

/** One and two sigmas from the center: where the rules look. */
function zones(c: CanvasRenderingContext2D, d: Drawing): void {
  c.fillStyle = ink("soft");
  for (const run of runs(d.points, (a, b) => a.center === b.center && a.sigma === b.sigma && a.lower === b.lower && a.upper === b.upper)) {
    const p = run[0]!, left = d.x(p.place - 0.5), wide = d.x(run[run.length - 1]!.place + 0.5) - left;
    if (p.sigma === null) continue;
    for (const [n, shade] of [[2, 0.05], [1, 0.06]] as const) {
      const high = Math.min(p.center + n * p.sigma, p.upper ?? Infinity), low = Math.max(p.center - n * p.sigma, p.lower ?? -Infinity);
      c.globalAlpha = shade;
      c.fillRect(left, d.y(high), wide, d.y(low) - d.y(high));
    }
  }
  c.globalAlpha = 1;
}

function limits(c: CanvasRenderingContext2D, d: Drawing): void {
  for (const [which, dash, color] of [["upper", [6, 4], "warn"], ["center", [], "soft"], ["lower", [6, 4], "warn"]] as const) {
    c.strokeStyle = ink(color);
    c.lineWidth = 1.2;
    c.setLineDash([...dash]);
    for (const run of runs(d.points, (a, b) => a.stage === b.stage && (a[which] === null) === (b[which] === null))) {
      if (run[0]![which] === null) continue;
      stroke(c, run.flatMap((p) => [[d.x(p.place - 0.5), d.y(p[which]!)], [d.x(p.place + 0.5), d.y(p[which]!)]] as [number, number][]));
    }
  }
  c.setLineDash([]);
}

function values(c: CanvasRenderingContext2D, d: Drawing): void {
  const heard = d.points.filter((p) => p.value !== null), dense = (d.width - LEFT - RIGHT) / Math.max(1, d.points.length), r = dense > 9 ? 3.4 : dense > 4 ? 2.4 : 1.6;
  c.strokeStyle = ink("accent");
  c.lineWidth = 1.3;
  for (const run of runs(heard, (_, b) => !b.gap)) stroke(c, run.map((p) => [d.x(p.place), d.y(p.value!)]));
  let said = "";
  for (const p of heard) {
    const x = d.x(p.place), y = d.y(p.value!), size = p.rules ? r + 3 : r;
    c.beginPath();
    if (p.rules) { c.moveTo(x, y - size); c.lineTo(x + size, y); c.lineTo(x, y + size); c.lineTo(x - size, y); c.closePath(); }
    else c.arc(x, y, size, 0, 2 * Math.PI);
    c.fillStyle = p.used ? ink(p.rules ? "alert" : "accent") : ink("card");
    c.strokeStyle = ink(p.rules ? "alert" : "accent");
    c.fill();
    if (!p.used) c.stroke();
    if (p.rules && (dense > 14 || p.rules !== said)) { c.fillStyle = ink("alert"); c.textAlign = "center"; c.fillText(p.rules.replaceAll(" ", "·"), x, p.value! >= p.center ? y - size - 7 : y + size + 8); }
    said = p.rules;
    if (p.note) { c.fillStyle = ink("ink"); c.textAlign = "center"; c.fillText("✎", x, p.value! >= p.center ? y + 13 : y - 12); }
  }
}

/** Where one stage ends and the next begins, with its name. */
function staged(c: CanvasRenderingContext2D, d: Drawing): void {
  if (!d.stages.length) return;
  const starts = runs(d.points, (a, b) => a.stage === b.stage);
  if (starts.length < 2) return;
  c.textAlign = "left";
  let last = -Infinity;
  for (const run of starts) {
    const x = d.x(run[0]!.place - 0.5);
    c.strokeStyle = ink("rule");
    stroke(c, [[x, TOP - 8], [x, d.bottom]]);
    if (x < last) continue;
    c.fillStyle = ink("soft");
    const name = run[0]!.stage, room = d.x(run[run.length - 1]!.place + 0.5) - x;
    if (room < 24) continue;
    c.fillText(name.length * 7 > room ? `${name.slice(0, Math.max(1, Math.floor(room / 7) - 1))}…` : name, x + 4, TOP - 4);
    last = x + Math.min(room, c.measureText(name).width);
  }
}

/** The limits at the right end, in figures; those that would cover each other keep apart. */
function named(c: CanvasRenderingContext2D, d: Drawing, right: number): void {
  const p = d.points[d.points.length - 1];
  if (!p) return;
  const said = (["upper", "center", "lower"] as const).flatMap((which) => (p[which] === null ? [] : [{ text: `${t(which)} ${against(p[which]!, d.y.high - d.y.low)}`, y: d.y(p[which]!), center: which === "center" }]));
  let above = -Infinity;
  c.textAlign = "left";
  for (const s of said) {
    above = Math.max(s.y, above + 14);
    c.fillStyle = ink(s.center ? "soft" : "warn");
    c.fillText(s.text, right + 5, above);
  }
}

/** Under the last panel: what the points are of, and when. */
function places(c: CanvasRenderingContext2D, d: Drawing): void {
  c.fillStyle = ink("soft");
  c.textAlign = "center";
  let free = -Infinity;
  for (const p of d.points) {
    const x = d.x(p.place), label = p.label || String(p.place), half = Math.max(c.measureText(label).width, c.measureText(dayClock(p.at)).width) / 2 + 8;
    if (x - half < free || x + half > d.width - 8) continue;
    c.fillText(label, x, d.bottom + 13);
    c.fillText(dayClock(p.at), x, d.bottom + 28);
    free = x + half;
  }
}
