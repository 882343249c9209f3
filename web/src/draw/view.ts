/** The stretch of time that several drawings show together, and how hands move it: mouse, wheel, fingers, keys. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { flat, type Fold } from "./fold";

export interface View {
  /** What is shown, as places on the axis (seconds, see fold.ts). */
  shown: ReadonlySignal<[number, number]>;
  fold: ReadonlySignal<Fold>;
  /** The place under the pointer, null when there is none. */
  pointed: ReadonlySignal<number | null>;
  /** Places of the selection that is being drawn. */
  brush: ReadonlySignal<[number, number] | null>;
  show: (low: number, high: number) => void;
  point: (x: number | null) => void;
  drawBrush: (stretch: [number, number] | null) => void;
  refold: (fold: Fold) => void;
  reset: () => void;
  /** The window as moments. */
  window: () => [number, number];
}

export function makeView(since: number, until: number): View {
  const fold = signal<Fold>(flat), shown = signal<[number, number]>([since / 1e6, until / 1e6]);
  const pointed = signal<number | null>(null), brush = signal<[number, number] | null>(null);
  const window = (): [number, number] => [fold.value.from(shown.value[0]), fold.value.from(shown.value[1])];
  return {
    shown, fold, pointed, brush, window,
    show: (low, high) => { if (high - low >= 1e-3) shown.value = [low, high]; },
    point: (x) => (pointed.value = x),
    drawBrush: (stretch) => (brush.value = stretch),
    refold: (to) => {
      const [a, b] = window();
      fold.value = to;
      shown.value = [to.to(a), to.to(b)];
    },
    reset: () => (shown.value = [fold.value.to(since), fold.value.to(until)]),
  };
}

export interface Hands {
  /** Left edge and width of the plotted part inside the element, in CSS pixels. */
  plot: () => { left: number; width: number };
  view: View;
  /** A stretch was selected by dragging. Without it, dragging zooms. */
  selected?: ((low: number, high: number) => void) | undefined;
  /** A place was clicked. */
  clicked?: ((x: number, e: PointerEvent) => void) | undefined;
}

/** Let hands move the view over an element; `hands` is read at each event. Returns what takes them off. */
export function gestures(el: HTMLElement, hands: () => Hands): () => void {
  const fingers = new Map<number, number>();
  let from: { px: number; y: number; shown: [number, number]; pan: boolean; moved: boolean } | null = null;
  let pinch: { a: number; b: number } | null = null;
  const px = (e: { clientX: number }) => e.clientX - el.getBoundingClientRect().left - hands().plot().left;
  const at = (p: number, [low, high]: [number, number]) => low + (p / Math.max(1, hands().plot().width)) * (high - low);

  const down = (e: PointerEvent) => {
    if (e.button || (e.target as HTMLElement).closest("button, a, input")) return;
    const { view } = hands();
    el.setPointerCapture(e.pointerId);
    fingers.set(e.pointerId, px(e));
    if (fingers.size === 2) {
      const [p, q] = [...fingers.values()] as [number, number];
      pinch = { a: at(p, view.shown.value), b: at(q, view.shown.value) };
      view.drawBrush(null);
    } else if (fingers.size === 1) {
      from = { px: px(e), y: e.clientY, shown: view.shown.value, pan: e.shiftKey || (e.pointerType === "touch" && !hands().selected), moved: false };
    }
  };
  const move = (e: PointerEvent) => {
    const { view, plot } = hands(), here = px(e), width = plot().width;
    view.point(here >= 0 && here <= width ? at(here, view.shown.value) : null);
    if (!fingers.has(e.pointerId)) return;
    fingers.set(e.pointerId, here);
    if (pinch && fingers.size === 2) {
      const [p, q] = [...fingers.values()] as [number, number];
      if (Math.abs(q - p) < 8) return;
      const scale = (pinch.b - pinch.a) / (q - p), low = pinch.a - p * scale;
      view.show(low, low + width * scale);
    } else if (from) {
      from.moved ||= Math.abs(here - from.px) > 3;
      if (!from.moved) return;
      const [low, high] = from.shown;
      if (from.pan) {
        const by = ((from.px - here) / width) * (high - low);
        view.show(low + by, high + by);
      } else view.drawBrush(ordered(at(clamp(from.px, width), view.shown.value), at(clamp(here, width), view.shown.value)));
    }
  };
  const up = (e: PointerEvent) => {
    const { view, selected, clicked } = hands();
    if (!fingers.delete(e.pointerId)) return;
    if (pinch) { if (!fingers.size) pinch = null; from = null; return; }
    const brush = view.brush.value;
    view.drawBrush(null);
    if (from && !from.moved && e.type === "pointerup") clicked?.(at(px(e), view.shown.value), e);
    else if (from && !from.pan && brush) (selected ?? view.show)(...brush);
    from = null;
  };
  const wheel = (e: WheelEvent) => {
    const { view, plot } = hands(), [low, high] = view.shown.value;
    if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      e.preventDefault();
      const by = (e.deltaX / plot().width) * (high - low);
      view.show(low + by, high + by);
    } else if (e.ctrlKey || e.metaKey || document.activeElement === el) {
      e.preventDefault();
      zoom(view, Math.exp(clampTo(e.deltaY, -120, 120) * 0.003), at(px(e), view.shown.value));
    }
  };
  const keys = (e: KeyboardEvent) => {
    if (e.target !== el || e.ctrlKey || e.metaKey || e.altKey) return;
    const { view } = hands(), [low, high] = view.shown.value, step = (high - low) / 5;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => view.show(low - step, high - step), ArrowRight: () => view.show(low + step, high + step),
      "+": () => zoom(view, 0.6), "=": () => zoom(view, 0.6), "-": () => zoom(view, 1 / 0.6), "0": view.reset, Home: view.reset,
    };
    if (acts[e.key]) { acts[e.key]!(); e.preventDefault(); }
  };
  const leave = () => hands().view.point(null);
  const twice = () => hands().view.reset();
  const events: [string, EventListener, AddEventListenerOptions?][] = [
    ["pointerdown", down as EventListener], ["pointermove", move as EventListener], ["pointerup", up as EventListener], ["pointercancel", up as EventListener],
    ["pointerleave", leave], ["wheel", wheel as EventListener, { passive: false }], ["keydown", keys as EventListener], ["dblclick", twice],
  ];
  for (const [name, act, options] of events) el.addEventListener(name, act, options);
  return () => { for (const [name, act] of events) el.removeEventListener(name, act); };
}

/** Show more (`by` > 1) or less, keeping a place where it is. */
export function zoom(view: View, by: number, around?: number): void {
  const [low, high] = view.shown.value, middle = around ?? (low + high) / 2;
  view.show(middle - (middle - low) * by, middle + (high - middle) * by);
}

const ordered = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);
const clampTo = (v: number, low: number, high: number) => Math.min(high, Math.max(low, v));
const clamp = (p: number, width: number) => clampTo(p, 0, width);
