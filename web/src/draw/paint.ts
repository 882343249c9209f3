/** What drawings on a canvas share: colours of the theme, sharp pixels, time axes. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { ELEMENTS, LOSSES, STATES, type Meaning } from "../house";
import { clock, clockSeconds, day } from "../lib/format";
import { lang } from "../lib/i18n";
import { theme } from "../lib/plant";
import { ticks, type Fold } from "./fold";

const known = new Map<string, string>();
let knownOf = "";
/** A colour of look.css in the present theme. */
export function ink(name: string): string {
  if (knownOf !== theme.value) { known.clear(); knownOf = theme.value; }
  let found = known.get(name);
  if (!found) known.set(name, (found = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()));
  return found;
}

const meant = (m: Meaning | undefined, otherwise: string) => (m ? m[theme.value] : otherwise);
export const stateColor = (state: string): string => meant(STATES[state], ink("soft"));
export const stateWord = (state: string): string => STATES[state]?.[lang.value] ?? state;
export const lossColor = (loss: string): string => meant(LOSSES[loss] ?? ELEMENTS[loss] ?? STATES[loss], ink("soft"));
export const lossWord = (loss: string): string => (LOSSES[loss] ?? ELEMENTS[loss])?.[lang.value] ?? loss;

/** Eight colours that people with any colour vision tell apart, strong enough on both papers. */
const CURVES = {
  dark: ["#6fb1e0", "#f0b24a", "#5fc39b", "#e58fb8", "#b9a2ee", "#e8734f", "#9fc24f", "#c4ccd4"],
  light: ["#1f6aa5", "#a36a00", "#1f7a58", "#a8457b", "#6a4fb3", "#b8441a", "#557a12", "#4c5862"],
};
export const curveColor = (i: number): string => CURVES[theme.value][i % 8]!;

/** The colour of text upon a fill. */
export function on(fill: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(fill.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.22 ? "#10161b" : "#ffffff";
}

/** The width of an element, kept current. */
export function useWidth<E extends HTMLElement>(): [RefObject<E | null>, number] {
  const ref = useRef<E>(null), [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([e]) => setWidth(Math.floor(e!.contentRect.width)));
    watch.observe(ref.current!);
    setWidth(Math.floor(ref.current!.clientWidth));
    return () => watch.disconnect();
  }, []);
  return [ref, width];
}

/** A canvas made sharp for this screen, cleared, measured in CSS pixels. */
export function sharp(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const dense = devicePixelRatio || 1, c = canvas.getContext("2d")!;
  if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
  }
  c.setTransform(dense, 0, 0, dense, 0, 0);
  c.clearRect(0, 0, width, height);
  return c;
}

export const FONT = '11.5px system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

/** The ticks of a time axis and what is written under them. */
export function timeAxis(fold: Fold, low: number, high: number, width: number): { x: number; text: string; strong: boolean }[] {
  const found = ticks(fold, low, high, Math.max(2, width / 84));
  let lastDay = "";
  return found.map((t) => {
    const today = day(t.at), hours = t.step < 86400e6;
    const text = !hours || (t.midnight && today !== lastDay) ? today : t.step < 60e6 ? clockSeconds(t.at) : clock(t.at);
    const first = hours && today !== lastDay && !t.midnight && lastDay === "" && width > 260;
    lastDay = today;
    return { x: t.x, text: first ? `${today} ${text}` : text, strong: t.midnight && hours };
  });
}
