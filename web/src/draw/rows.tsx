/** A table of rows: numbers flush right, sorted by whichever column is chosen, as long as it is wanted. */
import "./picture.css";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Plain, Row } from "../lib/api";
import { words } from "../lib/i18n";
import { amount } from "./amount";

export interface Column { name: string; title: string; unit?: string; show?: (row: Row) => ComponentChildren; num?: boolean }

const t = words({ more: "Show all {n} rows", sort: "Sort by {name}" }, { more: "显示全部 {n} 行", sort: "按{name}排序" });

const weigh = (a: Plain | undefined, b: Plain | undefined): number =>
  a === b ? 0 : a === null || a === undefined ? 1 : b === null || b === undefined ? -1 : typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });

export function Rows({ columns, rows, label, most = 50, by }: { columns: Column[]; rows: Row[]; label: string; most?: number; by?: { name: string; down: boolean } }) {
  const [sorted, setSorted] = useState(by);
  const [whole, setWhole] = useState(false);
  const found = sorted ? [...rows].sort((a, b) => weigh(a[sorted.name], b[sorted.name]) * (sorted.down ? -1 : 1)) : rows;
  const right = columns.map((c) => c.num ?? (!c.show && rows.every((r) => typeof r[c.name] !== "string")));
  return (<>
    <div class="scroll"><table aria-label={label} class="rows">
      <thead><tr>{columns.map((c, i) => (
        <th key={c.name} class={right[i] ? "num" : ""} aria-sort={sorted?.name === c.name ? (sorted.down ? "descending" : "ascending") : "none"}>
          {c.title ? <button class="head" title={t("sort", { name: c.title })} onClick={() => setSorted({ name: c.name, down: sorted?.name === c.name ? !sorted.down : right[i]! })}>{c.title}<i aria-hidden="true">{sorted?.name === c.name ? (sorted.down ? "▾" : "▴") : ""}</i></button> : null}
        </th>
      ))}</tr></thead>
      <tbody>{(whole ? found : found.slice(0, most)).map((r, n) => (
        <tr key={n}>{columns.map((c, i) => <td key={c.name} class={right[i] ? "num" : ""}>{c.show ? c.show(r) : amount(r[c.name], c.unit)}</td>)}</tr>
      ))}</tbody>
    </table></div>
    {!whole && rows.length > most && <button class="quiet" onClick={() => setWhole(true)}>{t("more", { n: rows.length })}</button>}
  </>);
}
