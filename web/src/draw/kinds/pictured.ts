/** A study's picture as the house tells it: rows under named columns, the words around them, and their colours. */
export type Cell = string | number | null;
export interface Mark { text: string; value: number; axis: "x" | "y" | "angle" }
export interface Pictured {
  kind: "waterfall" | "pareto" | "timeline" | "trend" | "control" | "histogram" | "scatter" | "heatmap" | "bars" | "lines" | "survival" | "wafer" | "table";
  title: string; columns: string[]; rows: Cell[][]; unit: string; subtitle: string; x: string; y: string; marks: Mark[];
  /** What each English text of the picture is called in the reader's language, where that differs. */
  words: Record<string, string>;
  /** Light and dark colour of each text that has one. */
  colors: Record<string, [string, string]>;
}

export const say = (p: Pictured, text: string): string => p.words[text] ?? text;
export const column = (p: Pictured, name: string): Cell[] => {
  const place = p.columns.indexOf(name);
  return p.rows.map((r) => r[place] ?? null);
};
export const numbers = (cells: Cell[]): number[] => cells.filter((c): c is number => typeof c === "number");
export const distinct = (cells: Cell[]): string[] => [...new Set(cells.map(String))];
