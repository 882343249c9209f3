/** One wafer large: every die can be seen, pointed at and chosen, by pointer and by keys. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ink as themed, sharp, useWidth } from "./paint";
import { type Inked, there, type Wafer } from "./wafer";

export interface Place { x: number; y: number }
const MARGIN = 14;

export function Dies({ w, inkOf, say, chosen, choose, label, outside }: { w: Wafer; inkOf: Inked; say: (cell: number) => string; chosen?: Place | undefined; choose: (at: Place) => void; label: string; outside?: (cell: number) => boolean }) {
  const [box, width] = useWidth<HTMLDivElement>(), canvas = useRef<HTMLCanvasElement>(null);
  const [over, setOver] = useState<Place>();
  const side = Math.max(120, Math.min(width, 640)), room = side - 2 * MARGIN, wide = room / w.width, high = room / w.height;
  const cellAt = (p: Place | undefined) => (p ? w.cells[(p.y - w.y) * w.width + (p.x - w.x)] : undefined);
  useLayoutEffect(() => { if (width) drawn(canvas.current!, side, w, { inkOf, chosen, over, outside }); }, [w, inkOf, width, chosen?.x, chosen?.y, over?.x, over?.y]);
  const under = (e: PointerEvent | MouseEvent): Place | undefined => {
    const at = canvas.current!.getBoundingClientRect(), x = Math.floor((e.clientX - at.left - MARGIN) / wide), y = Math.floor((e.clientY - at.top - MARGIN) / high);
    if (x < 0 || y < 0 || x >= w.width || y >= w.height || !there(w.cells[y * w.width + x]!)) return undefined;
    return { x: x + w.x, y: y + w.y };
  };
  const step = (e: KeyboardEvent) => {
    const by = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[e.key];
    if (!by) return;
    e.preventDefault();
    let at = chosen ?? { x: w.x + (w.width >> 1) - by[0], y: w.y + (w.height >> 1) - by[1] };
    for (let n = 0; n < 200; n++) {
      at = { x: at.x + by[0], y: at.y + by[1] };
      if (at.x < w.x || at.y < w.y || at.x >= w.x + w.width || at.y >= w.y + w.height) return;
      if (there(cellAt(at)!)) return choose(at);
    }
  };
  const told = over ?? chosen, cell = cellAt(told);
  useEffect(() => setOver(undefined), [w]);
  return (
    <div class="dies" ref={box}>
      <canvas ref={canvas} style={{ width: `${side}px`, height: `${side}px` }} tabIndex={0} role="application" aria-label={label} onKeyDown={step}
        onPointerMove={(e) => setOver(under(e))} onPointerLeave={() => setOver(undefined)} onClick={(e) => { const at = under(e); if (at) choose(at); }} />
      <p class="num small" aria-live="polite">{told && cell !== undefined && there(cell) ? <>x {told.x} · y {told.y} · <b>{say(cell)}</b></> : " "}</p>
    </div>
  );
}

interface How { inkOf: Inked; chosen?: Place | undefined; over?: Place | undefined; outside?: ((cell: number) => boolean) | undefined }
function drawn(canvas: HTMLCanvasElement, side: number, w: Wafer, how: How): void {
  const c = sharp(canvas, side, side), room = side - 2 * MARGIN, wide = room / w.width, high = room / w.height;
  const gap = Math.min(wide, high) > 7 ? 1 : Math.min(wide, high) > 4 ? 0.5 : 0, middle = side / 2;
  c.beginPath();
  c.arc(middle, middle, middle - 3, 0, 2 * Math.PI);
  c.fillStyle = themed("faint");
  c.fill();
  c.strokeStyle = themed("rule");
  c.stroke();
  for (let i = 0; i < w.cells.length; i++) {
    const cell = w.cells[i]!;
    if (!there(cell)) continue;
    const x = MARGIN + (i % w.width) * wide, y = MARGIN + Math.floor(i / w.width) * high, ink = how.inkOf(cell);
    c.fillStyle = `rgb(${ink & 255},${(ink >> 8) & 255},${(ink >> 16) & 255})`;
    c.fillRect(x, y, Math.ceil(wide * 100) / 100 - gap, Math.ceil(high * 100) / 100 - gap);
    if (how.outside?.(cell)) { c.strokeStyle = themed("alert"); c.lineWidth = 1.5; c.strokeRect(x + 1, y + 1, wide - gap - 2, high - gap - 2); }
  }
  for (const [place, color, thick] of [[how.over, themed("soft"), 1.5], [how.chosen, themed("ink"), 2.5]] as const) {
    if (!place) continue;
    c.strokeStyle = color;
    c.lineWidth = thick;
    c.strokeRect(MARGIN + (place.x - w.x) * wide - 1, MARGIN + (place.y - w.y) * high - 1, wide - gap + 2, high - gap + 2);
  }
}
