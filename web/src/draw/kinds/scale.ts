/** Scales and ticks of drawn axes: round numbers, and round times on the plant's clocks. */
import { figure } from "../../lib/format";
import { zone } from "../../lib/plant";

export interface Scale { (value: number): number; low: number; high: number }

export function linear(low: number, high: number, from: number, to: number): Scale {
  const span = high - low || 1;
  return Object.assign((v: number) => from + ((v - low) / span) * (to - from), { low, high });
}

/** A domain with a margin; it begins at zero where zero is near. */
export function domain(found: number[]): [number, number] {
  const low = Math.min(...found), high = Math.max(...found);
  if (!found.length) return [0, 1];
  const margin = 0.06 * (high - low) || Math.abs(high) * 0.06 || 1;
  return [low >= 0 && low < 0.4 * high ? 0 : low - margin, high + margin];
}

/** About `count` round numbers between two. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? power * 10;
  const found: number[] = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) found.push(n * step || 0);
  return found;
}

/** A number read against a spread: as many digits as tell its neighbours apart. */
export const against = (value: number, spread: number): string =>
  figure(value, Math.min(9, Math.max(3, 3 + Math.ceil(Math.log10(Math.abs(value) / (spread || 1) || 1)))));

const MINUTE = 60e6, HOUR = 3600e6, DAY = 86400e6;
const STEPS = [1e6, 5e6, 15e6, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];
const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the plant's clocks are ahead of UTC at a moment, in microseconds. */
export function ahead(us: number): number {
  let format = formats.get(zone.value);
  if (!format) formats.set(zone.value, (format = new Intl.DateTimeFormat("en-GB", { timeZone: zone.value, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" })));
  const part = Object.fromEntries(format.formatToParts(us / 1000).map((p) => [p.type, Number(p.value)]));
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) * 1000 - Math.floor(us / 1e6) * 1e6;
}

/** Round moments on the plant's clocks, with what stands under them. */
export function moments(since: number, until: number, count: number): { at: number; text: string; day: boolean }[] {
  const step = STEPS.find((s) => s >= (until - since) / Math.max(1, count)) ?? 365 * DAY;
  const found: { at: number; text: string; day: boolean }[] = [];
  const two = (n: number) => String(n).padStart(2, "0");
  for (let local = Math.ceil((since + ahead(since)) / step) * step; ; local += step) {
    const at = local - ahead(local - ahead(since));
    if (at > until) return found;
    if (at < since) continue;
    const wall = new Date(local / 1000), day = local % DAY === 0;
    const text = day ? `${two(wall.getUTCMonth() + 1)}-${two(wall.getUTCDate())}` : `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}${step < MINUTE ? `:${two(wall.getUTCSeconds())}` : ""}`;
    found.push({ at, text, day });
  }
}

/** About how wide a text is at 12 px, in pixels. */
export function breadth(text: string): number {
  let sum = 0;
  for (const c of text) sum += c.codePointAt(0)! > 0x2e80 ? 12.2 : "iljt.,:|' ".includes(c) ? 3.8 : "mwMW%".includes(c) ? 10 : 6.7;
  return sum;
}

/** A text cut to a width at 12 px. */
export function fitted(text: string, width: number): string {
  if (breadth(text) <= width) return text;
  let cut = [...text];
  while (cut.length > 1 && breadth(cut.join("")) + 10 > width) cut = cut.slice(0, -1);
  return cut.join("") + "…";
}

/** Ink or paper, whichever can be read on a colour (WCAG contrast). */
export function on(color: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const bright = 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  return (bright + 0.05) / 0.0595 > 1.05 / (bright + 0.05) ? "#10171c" : "#ffffff";
}
