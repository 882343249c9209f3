/** A study's picture, drawn in the page: one drawing for each kind of `picture/kinds.py`, in the reader's theme and language. */
import type { ComponentType } from "preact";
import { figure } from "../lib/format";
import { words } from "../lib/i18n";
import { Bars, Heatmap, Histogram, Pareto, Waterfall } from "./kinds/boxes";
import { Control, Lines, Scatter, Survival, Timeline, Trend } from "./kinds/curves";
import { WaferMaps } from "./kinds/wafer";
import "./picture.css";
import { type Pictured, say } from "./kinds/pictured";

export type { Pictured } from "./kinds/pictured";

const t = words({ nothing: "Nothing to show in this window" }, { nothing: "这段时间没有数据" });

const DRAW: Record<Pictured["kind"], ComponentType<{ p: Pictured }>> = {
  waterfall: Waterfall, pareto: Pareto, timeline: Timeline, trend: Trend, control: Control, histogram: Histogram,
  scatter: Scatter, heatmap: Heatmap, bars: Bars, lines: Lines, survival: Survival, wafer: WaferMaps, table: Cells,
};

export function Picture({ picture }: { picture: Pictured }) {
  const Drawing = DRAW[picture.kind];
  return (
    <figure class="picture">
      <figcaption><b>{say(picture, picture.title)}</b>{picture.subtitle && <span class="soft small"> {say(picture, picture.subtitle)}</span>}</figcaption>
      {picture.rows.length ? <Drawing p={picture} /> : <p class="soft">{t("nothing")}</p>}
    </figure>
  );
}

/** Rows as they are, for where figures say more than a curve. */
function Cells({ p }: { p: Pictured }) {
  const right = p.columns.map((_, i) => p.rows.every((r) => typeof r[i] !== "string"));
  return (
    <div class="scroll"><table>
      <thead><tr>{p.columns.map((c, i) => <th key={c} class={right[i] ? "num" : ""}>{say(p, c)}</th>)}</tr></thead>
      <tbody>{p.rows.map((r, n) => <tr key={n}>{r.map((c, i) => <td key={i} class={right[i] ? "num" : ""}>{typeof c === "number" ? figure(c) : c === null ? "–" : say(p, c)}</td>)}</tr>)}</tbody>
    </table></div>
  );
}
