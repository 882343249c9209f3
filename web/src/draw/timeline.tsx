/** What held when: a lane for each machine or kind of thing, boxes for what held; many lanes share one view. */
import { useEffect, useRef } from "preact/hooks";
import { effect, useSignal } from "@preact/signals";
import { clockSeconds, day, length } from "../lib/format";
import { lang } from "../lib/i18n";
import { theme } from "../lib/plant";
import { lastAtMost } from "./fold";
import { FONT, ink, on, sharp, timeAxis, useWidth } from "./paint";
import "./draw.css";
import { Pointer } from "./pointer";
import { gestures, type View } from "./view";

export interface Box {
  since: number; until: number; fill: string; text: string;
  /** Lines of the tip, besides the text and the time. */
  tip?: string[];
  /** Full height for what needs eyes, lower for what is as it should be: told apart without colour, too. */
  low?: boolean; hatched?: boolean;
  /** A moment rather than a stretch: drawn as a mark that can be hit. */
  point?: boolean;
  of?: unknown;
}
export interface Lane { name: string; boxes: Box[]; href?: string; strong?: boolean }
interface Props {
  lanes: Lane[]; view: View; left?: number; lane?: number; axis?: boolean; label: string; right?: number;
  picked?: (box: Box, lane: Lane) => void; selected?: ((low: number, high: number) => void) | undefined;
  /** Stretches drawn over all lanes: hits of a search, what is compared. */
  marked?: { since: number; until: number; fill: string }[];
}

export function Timeline({ lanes, view, left = 116, right = 8, lane = 24, axis = true, label, picked, selected, marked = [] }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null), tip = useSignal<{ x: number; y: number; box: Box } | null>(null);
  const height = lanes.length * lane + (axis ? 22 : 4), edge = Math.min(left, width * 0.34);
  const given = useRef({ lanes, edge, right, width, lane, picked, selected });
  given.current = { lanes, edge, right, width, lane, picked, selected };

  useEffect(() => effect(() => {
    view.shown.value; view.fold.value; theme.value; lang.value;
    if (canvas.current && width) draw(canvas.current, { lanes, view, edge, right, width, height, lane, axis, marked });
  }), [lanes, width, height, view, axis, marked, edge]);

  useEffect(() => gestures(ref.current!, () => ({
    view, selected: given.current.selected,
    plot: () => ({ left: given.current.edge, width: given.current.width - given.current.edge - given.current.right }),
    clicked: (x, e) => {
      const g = given.current, near = (view.shown.value[1] - view.shown.value[0]) / Math.max(1, g.width - g.edge - g.right) * 7e6;
      const hit = found(g.lanes, view.fold.value.from(x), e.clientY - ref.current!.getBoundingClientRect().top, g.lane, near);
      if (hit) given.current.picked?.(...hit);
    },
  })), [view]);

  const move = (e: PointerEvent) => {
    const frame = ref.current!.getBoundingClientRect(), x = e.clientX - frame.left, y = e.clientY - frame.top;
    const [low, high] = view.shown.value, at = low + ((x - edge) / Math.max(1, width - edge - right)) * (high - low);
    const hit = x >= edge && x <= width - right ? found(lanes, view.fold.value.from(at), y, lane, ((high - low) / Math.max(1, width - edge - right)) * 7e6) : undefined;
    tip.value = hit ? { x, y, box: hit[0] } : null;
  };
  const t = tip.value;
  return (
    <div ref={ref} class="plot timeline" style={{ height: `${height}px` }} tabIndex={0} role="img" aria-label={`${label}. ${said(lanes)}`} onPointerMove={move} onPointerLeave={() => (tip.value = null)}>
      <canvas ref={canvas} style={{ width: "100%", height: `${height}px`, position: "absolute" }} />
      {lanes.map((l, i) => <span key={l.name} class={`lanename ${l.strong ? "strong" : ""}`} style={{ top: `${i * lane}px`, height: `${lane}px`, width: `${edge - 8}px` }} title={l.name}>{l.href ? <a href={l.href}>{l.name}</a> : l.name}</span>)}
      <Pointer view={view} left={edge} width={width - edge - right} height={lanes.length * lane} />
      {t && (
        <div class="tip" style={{ left: `${Math.max(0, Math.min(t.x + 12, width - 260))}px`, top: `${t.y + 16}px` }}>
          <b>{t.box.text}</b>{t.box.until - t.box.since > 1e3 ? ` · ${length(t.box.until - t.box.since)}` : ""}<br />
          <span class="soft">{day(t.box.since)} {clockSeconds(t.box.since)} – {clockSeconds(t.box.until)}</span>
          {t.box.tip?.filter(Boolean).map((line) => <><br />{line}</>)}
        </div>
      )}
    </div>
  );
}

/** The lanes for those who do not see them: how many boxes each has. */
const said = (lanes: Lane[]): string => lanes.slice(0, 12).map((l) => `${l.name}: ${l.boxes.length}`).join("; ");

function found(lanes: Lane[], at: number, y: number, lane: number, near: number): [Box, Lane] | undefined {
  const of = lanes[Math.floor(y / lane)];
  if (!of?.boxes.length) return undefined;
  const i = lastAtMost(of.boxes.length, (k) => of.boxes[k]!.since <= at + near);
  for (let k = i; k >= Math.max(0, i - 3); k--) {
    const box = of.boxes[k]!;
    if (box.point ? at > box.since - near && at < box.until + near : box.since <= at && at < box.until) return [box, of];
  }
  return undefined;
}

interface Drawing { lanes: Lane[]; view: View; edge: number; right: number; width: number; height: number; lane: number; axis: boolean; marked: { since: number; until: number; fill: string }[] }

function draw(canvas: HTMLCanvasElement, d: Drawing): void {
  const c = sharp(canvas, d.width, d.height), [low, high] = d.view.shown.value, fold = d.view.fold.value;
  const room = d.width - d.edge - d.right, px = (at: number) => d.edge + ((fold.to(at) - low) / (high - low)) * room;
  const bottom = d.lanes.length * d.lane;
  c.save();
  c.beginPath(); c.rect(d.edge, 0, room, d.height); c.clip();
  const axis = timeAxis(fold, low, high, room).map((t) => ({ ...t, p: d.edge + ((t.x - low) / (high - low)) * room }));
  c.strokeStyle = ink("rule");
  c.globalAlpha = 0.5;
  for (const t of axis) { c.beginPath(); c.moveTo(Math.round(t.p) + 0.5, 0); c.lineTo(Math.round(t.p) + 0.5, bottom); c.stroke(); }
  c.globalAlpha = 1;
  c.font = FONT;
  const since = fold.from(low), until = fold.from(high);
  d.lanes.forEach((lane, i) => {
    const seen = lane.boxes.filter((b) => b.until > since && b.since < until);
    if (seen.length > room / 4 && !seen[0]!.point) return crowd(c, seen, px, i * d.lane, d);
    for (const box of seen) if (box.low) paint(c, box, px, i * d.lane, d);
    for (const box of seen) if (!box.low) paint(c, box, px, i * d.lane, d);
  });
  for (const m of d.marked) {
    c.fillStyle = m.fill;
    c.fillRect(px(m.since), 0, Math.max(1.5, px(m.until) - px(m.since)), bottom);
  }
  seams(c, d, px, bottom);
  c.restore();
  if (d.axis) {
    c.font = FONT; c.fillStyle = ink("soft"); c.textBaseline = "alphabetic"; c.textAlign = "left";
    let free = -Infinity;
    for (const t of axis) {
      const wide = c.measureText(t.text).width, x = Math.min(Math.max(t.p - wide / 2, d.edge - 6), d.width - wide);
      if (x < free) continue;
      free = x + wide + 8;
      c.fillText(t.text, x, bottom + 15);
    }
  }
}

function paint(c: CanvasRenderingContext2D, box: Box, px: (at: number) => number, top: number, d: Drawing): void {
  const a = Math.max(px(box.since), d.edge - 2), b = Math.min(px(box.until), d.width + 2);
  if (b < d.edge || a > d.width) return;
  const wide = Math.max(1, b - a), inset = box.low ? d.lane * 0.3 : 3, tall = d.lane - 3 - inset;
  c.fillStyle = box.fill;
  if (box.point && wide < 9) {
    const y = top + d.lane / 2;
    c.beginPath(); c.moveTo(a, y - 6); c.lineTo(a + 6, y); c.lineTo(a, y + 6); c.lineTo(a - 6, y); c.closePath(); c.fill();
    return;
  }
  c.fillRect(a, top + inset, wide - (wide > 3 ? 0.5 : 0), tall);
  if (box.hatched && wide > 2) hatch(c, a, top + inset, wide, tall);
  if (wide > 34 && !box.low) {
    const shown = Math.max(a, d.edge) + 5, room = Math.min(b, d.width) - shown - 4, text = fit(c, box.text, room);
    c.fillStyle = on(box.fill); c.textBaseline = "middle"; c.textAlign = "left";
    if (text) c.fillText(text, shown, top + inset + tall / 2 + 0.5);
  }
}

/** Too many boxes for the room: each column of pixels is shared out by what held in it, so that a second of stop is no minute. */
function crowd(c: CanvasRenderingContext2D, boxes: Box[], px: (at: number) => number, top: number, d: Drawing): void {
  const wide = 2, columns = Math.ceil((d.width - d.right - d.edge) / wide), shares = new Map<string, Float32Array>();
  const order = [...new Set([...boxes].sort((a, b) => Number(b.low ?? false) - Number(a.low ?? false)).map((b) => b.fill))];
  for (const fill of order) shares.set(fill, new Float32Array(columns));
  for (const b of boxes) {
    const from = Math.max(0, (px(b.since) - d.edge) / wide), to = Math.min(columns, (px(b.until) - d.edge) / wide), share = shares.get(b.fill)!;
    for (let k = Math.floor(from); k < to; k++) share[k]! += Math.min(to, k + 1) - Math.max(from, k);
  }
  const tall = d.lane - 4;
  for (let k = 0; k < columns; k++) {
    let level = top + d.lane - 2;
    for (const fill of order) {
      const h = shares.get(fill)![k]! * tall;
      if (h < 0.05) continue;
      c.fillStyle = fill;
      c.fillRect(d.edge + k * wide, level - h, wide, h);
      level -= h;
    }
  }
}

/** As much of a text as there is room for, "" if that is too little to read. */
function fit(c: CanvasRenderingContext2D, text: string, room: number): string {
  if (c.measureText(text).width <= room) return text;
  for (let n = text.length - 1; n >= 2; n--) if (c.measureText(text.slice(0, n) + "…").width <= room) return n >= 3 || text.length < 5 ? text.slice(0, n) + "…" : "";
  return "";
}

function hatch(c: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
  c.save();
  c.beginPath(); c.rect(x, y, w, h); c.clip();
  c.strokeStyle = ink("soft"); c.globalAlpha = 0.45; c.lineWidth = 1;
  for (let k = Math.floor(x / 7) * 7 - h; k < x + w; k += 7) { c.beginPath(); c.moveTo(k, y + h); c.lineTo(k + h, y); c.stroke(); }
  c.restore();
}

/** Where closed hours were folded away. */
function seams(c: CanvasRenderingContext2D, d: Drawing, px: (at: number) => number, bottom: number): void {
  const open = d.view.fold.value.open;
  if (!open) return;
  c.strokeStyle = ink("soft"); c.setLineDash([2, 3]);
  for (const [since] of open.slice(1)) { const x = Math.round(px(since)) + 0.5; c.beginPath(); c.moveTo(x, 0); c.lineTo(x, bottom); c.stroke(); }
  c.setLineDash([]);
}
