/** What drawings share: the room they have, axes, reference lines, a legend, a tip under the pointer. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { figure } from "../../lib/format";
import { theme } from "../../lib/plant";
import { type Mark, type Pictured, say } from "./pictured";
import { against, moments, ticks, type Scale } from "./scale";

/** Text and light and dark colour of what has no meaning of its own, in the order they are given out. */
export const SERIES: [string, string][] = [["#2f6f9f", "#6aa9d4"], ["#c4511d", "#f0884f"], ["#3a9277", "#4fb396"], ["#8f4a78", "#c583b0"], ["#a3712a", "#c9994f"], ["#e3b23c", "#e6be63"], ["#5c6873", "#97a3ae"], ["#7fb4d6", "#9fcfee"]];
export const DASHES = ["", "6 3", "2 2", "8 3 2 3", "4 4", "10 4", "1 3", "6 2 1 2"];
export const shade = (pair: [string, string]): string => pair[theme.value === "dark" ? 1 : 0];
export const colorOf = (p: Pictured, text: string, place = 0): string => shade(p.colors[text] ?? SERIES[place % SERIES.length]!);

/** The width of an element, watched; 0 until it is known. */
export function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const see = () => box.current && setWidth(Math.floor(box.current.clientWidth));
    see();
    const watch = new ResizeObserver(see);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return { box, width };
}

/** An SVG as wide as there is room, with a tip for whatever under the pointer or the focus has a `data-tip`. */
export function Plot({ height, label, children }: { height: number; label: string; children: (width: number) => ComponentChildren }) {
  const { box, width } = useWidth();
  const [tip, setTip] = useState<{ x: number; y: number; text: string } | null>(null);
  const move = (e: PointerEvent) => {
    const text = (e.target as Element).closest("[data-tip]")?.getAttribute("data-tip");
    const at = box.current!.getBoundingClientRect();
    setTip(text ? { x: e.clientX - at.left, y: e.clientY - at.top, text } : null);
  };
  return (
    <div class="plot" ref={box} style={{ height: `${height}px` }} onPointerMove={move} onPointerLeave={() => setTip(null)}>
      {width > 0 && <svg width={width} height={height} role="img" aria-label={label} class="drawn">{children(width)}</svg>}
      {tip && <div class="tip" style={{ left: `${Math.min(tip.x + 12, Math.max(0, width - 220))}px`, top: `${tip.y + 14}px` }}>{tip.text}</div>}
    </div>
  );
}

export function XAxis({ x, top, bottom, title }: { x: Scale; top: number; bottom: number; title: string }) {
  const spread = x.high - x.low, room = x(x.high) - x(x.low);
  return (
    <g class="axis">
      {ticks(x.low, x.high, Math.max(2, room / 90)).map((v) => (
        <g key={v}><line class="grid" x1={x(v)} x2={x(v)} y1={top} y2={bottom} /><text x={x(v)} y={bottom + 16} text-anchor="middle">{against(v, spread)}</text></g>
      ))}
      <text x={x(x.high)} y={bottom + 34} text-anchor="end">{title}</text>
    </g>
  );
}

export function TimeAxis({ x, top, bottom }: { x: Scale; top: number; bottom: number }) {
  return (
    <g class="axis">
      {moments(x.low, x.high, Math.max(2, (x(x.high) - x(x.low)) / 80)).map((m) => (
        <g key={m.at}><line class={m.day ? "grid day" : "grid"} x1={x(m.at)} x2={x(m.at)} y1={top} y2={bottom} /><text x={x(m.at)} y={bottom + 16} text-anchor="middle" class={m.day ? "strong" : ""}>{m.text}</text></g>
      ))}
    </g>
  );
}

export function YAxis({ y, left, right, title, share = false }: { y: Scale; left: number; right: number; title: string; share?: boolean }) {
  const spread = y.high - y.low;
  return (
    <g class="axis">
      {ticks(y.low, y.high, Math.max(2, Math.abs(y(y.high) - y(y.low)) / 42)).map((v) => (
        <g key={v}><line class="grid" x1={left} x2={right} y1={y(v)} y2={y(v)} /><text x={left - 6} y={y(v) + 4} text-anchor="end">{share ? `${figure(v * 100, 3)} %` : against(v, spread)}</text></g>
      ))}
      <text x={4} y={12}>{title}</text>
    </g>
  );
}

/** Named reference lines, the upright ones staggered so that names do not collide. */
export function Marks({ p, x, y, area }: { p: Pictured; x?: Scale; y?: Scale; area: { left: number; right: number; top: number; bottom: number } }) {
  const line = (m: Mark, place: number) => {
    const name = `${say(p, m.text)} ${figure(m.value, 3)}`;
    if (m.axis === "x" && x) {
      const at = x(m.value), flip = at > area.right - 90;
      return <g key={m.text} class="mark"><line x1={at} x2={at} y1={area.top} y2={area.bottom} /><text x={at + (flip ? -5 : 5)} y={area.top + 10 + 14 * (place % 4)} text-anchor={flip ? "end" : "start"}>{name}</text></g>;
    }
    if (m.axis === "y" && y)
      return <g key={m.text} class="mark"><line x1={area.left} x2={area.right} y1={y(m.value)} y2={y(m.value)} /><text x={area.right - 4} y={y(m.value) - 4} text-anchor="end">{name}</text></g>;
    return null;
  };
  return <>{[...p.marks].sort((a, b) => a.value - b.value).map(line)}</>;
}

export function Legend({ entries }: { entries: { text: string; color: string; dash?: string }[] }) {
  if (entries.length < 2) return null;
  return (
    <ul class="legend">
      {entries.map((e) => (
        <li key={e.text}>
          {e.dash === undefined
            ? <svg width="11" height="11" aria-hidden="true"><rect width="11" height="11" rx="2" fill={e.color} stroke="var(--soft)" stroke-width=".5" /></svg>
            : <svg width="22" height="8" aria-hidden="true"><line x1="0" x2="22" y1="4" y2="4" stroke={e.color} stroke-width="2" stroke-dasharray={e.dash} /></svg>}
          {e.text}
        </li>
      ))}
    </ul>
  );
}
