/** Wafers as packed arrays, drawn a pixel a die: a map is one small picture that the browser stretches, so hundreds cost nothing. */
import { theme } from "../lib/plant";

/** A wafer as the house tells it, and with its dies unpacked. */
export interface Told { machine: string; lot: string; wafer: string; step: string; product: string; since: number; until: number; x: number; y: number; width: number; height: number; dies: number; good: number; judged: number; cells: string }
export interface Wafer extends Omit<Told, "cells"> { cells: Int16Array | Float32Array }
export interface BinAbout { bin: number; name: string; passed: boolean | null; count: number }

export const NOWHERE = -32768;
export const keyOf = (w: { machine: string; lot: string; wafer: string; step: string }): string => [w.machine, w.lot, w.wafer, w.step].join("|");
/** Is there a die that says something? */
export const there = (cell: number): boolean => cell === cell && cell !== NOWHERE;

export function unpacked(w: Told, bins: boolean): Wafer {
  const text = atob(w.cells), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return { ...w, cells: bins ? new Int16Array(bytes.buffer) : new Float32Array(bytes.buffer) };
}

/** What passes is pale, what fails strong, the most frequent first: as `picture/wafer.py` colours them. */
const PASSED: [string, string][] = [["#d3e2ea", "#2c4656"], ["#bcd3e4", "#3a5d74"], ["#a9c6d3", "#234f5c"]];
const FAILED: [string, string][] = [["#c4511d", "#f0884f"], ["#2f6f9f", "#6aa9d4"], ["#8f4a78", "#c27fae"], ["#e3b23c", "#f7e7a1"], ["#3a9277", "#4fb396"], ["#6e4413", "#8f5f22"]];
const BEYOND: [string, string] = ["#43505b", "#74828e"];
const UNKNOWN: [string, string] = ["#e3e6e9", "#2a333b"];
const shade = (pair: [string, string]): string => pair[theme.value === "dark" ? 1 : 0];

/** A colour for each bin: by how many dies fell into it. */
export function binColors(bins: BinAbout[]): Map<number, string> {
  const found = new Map<number, string>([[-1, shade(UNKNOWN)]]);
  let passed = 0, failed = 0;
  for (const b of [...bins].sort((a, z) => z.count - a.count))
    if (b.bin >= 0) found.set(b.bin, shade(b.passed ? PASSED[Math.min(passed++, 2)]! : FAILED[failed++] ?? BEYOND));
  return found;
}

/** From little to much, for any colour vision (cividis, cut at its ends for both papers). */
const RAMP = ["#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fde737"];
export const rampColor = (share: number): string => {
  const at = Math.max(0, Math.min(1, share)) * (RAMP.length - 1), i = Math.min(RAMP.length - 2, Math.floor(at)), f = at - i;
  const mix = (k: number) => Math.round(parseInt(RAMP[i]!.slice(k, k + 2), 16) * (1 - f) + parseInt(RAMP[i + 1]!.slice(k, k + 2), 16) * f);
  return `rgb(${mix(1)}, ${mix(3)}, ${mix(5)})`;
};

export type Inked = (cell: number) => number;
/** A colour as a canvas keeps it: little-endian ABGR. */
export function packed(color: string): number {
  const [r, g, b] = color.startsWith("#") ? [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16)) : color.match(/\d+/g)!.map(Number);
  return (0xff000000 | (b! << 16) | (g! << 8) | r!) >>> 0;
}

/** How bins are inked; with `only` the others fade. */
export function inkedBins(colors: Map<number, string>, only?: number): Inked {
  const found = new Map([...colors].map(([bin, color]) => [bin, packed(only === undefined || bin === only ? color : shade(UNKNOWN))]));
  const other = packed(shade(UNKNOWN));
  return (cell) => found.get(cell) ?? other;
}

/** How values are inked over a span. */
export function inkedValues(low: number, high: number): Inked {
  const steps = Array.from({ length: 256 }, (_, i) => packed(rampColor(i / 255)));
  return (cell) => steps[Math.max(0, Math.min(255, Math.round(((cell - low) / (high - low || 1)) * 255)))]!;
}

/** Paint a wafer a pixel a die; y runs downwards from its lowest. */
export function painted(canvas: HTMLCanvasElement, w: Pick<Wafer, "width" | "height" | "cells">, ink: Inked): void {
  canvas.width = w.width;
  canvas.height = w.height;
  const c = canvas.getContext("2d")!, image = c.createImageData(w.width, w.height), pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) { const cell = w.cells[i]!; if (there(cell)) pixels[i] = ink(cell); }
  c.putImageData(image, 0, 0);
}

