/** Which machines are on the wall together, and whose turn it is. */
import type { Tile } from "../../lib/live";
import type { PlantOnPaper } from "../../lib/plant";

export interface WallPage { title: string; tiles: Tile[]; whole: Tile[]; cols: number; rows: number }

/** As many as can be read from 8 m: a state word then is at least a twentieth of the screen's height. */
const MOST = 6;

/** The machines of these lines (none: of all) in the order of the floor, a line after the other, evenly over its pages. */
export function pagesOf(tiles: Tile[], plant: PlantOnPaper | null, lines: string[]): WallPage[] {
  const found = new Map<string, Tile[]>(), tall = innerHeight > innerWidth;
  for (const x of tiles) {
    const line = plant?.machines.find((m) => m.path === x.machine)?.line ?? x.machine.split("/").slice(0, -1).join("/");
    if (!lines.length || lines.some((wanted) => line === wanted || line.startsWith(wanted + "/"))) found.set(line, [...(found.get(line) ?? []), x]);
  }
  return [...found].flatMap(([title, whole]) => {
    const count = Math.ceil(whole.length / MOST), each = Math.ceil(whole.length / count);
    const wide = each <= 1 ? 1 : each <= 4 ? 2 : 3, high = Math.ceil(each / wide);
    return Array.from({ length: count }, (_, i) => ({ title, whole, tiles: whole.slice(i * each, (i + 1) * each), cols: tall ? high : wide, rows: tall ? wide : high }));
  });
}

/** Every wall with the same lines shows the same page: the turn is told by the plant's clock (microseconds). */
export const turn = (pages: number, seconds: number, at: number): number => (pages ? Math.floor(at / (Math.max(3, seconds) * 1e6)) % pages : 0);
