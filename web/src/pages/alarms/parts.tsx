/** Parts of the alarm lists: priority by shape and word, sortable heads, details with advice, filters. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { dayClock, figure, length } from "../../lib/format";
import { plant } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import { PRIORITIES, type Alarm, type Priority } from "./alarm";
import { t } from "./words";

const SHAPES: Record<Priority, string> = { critical: "M4.7 1h6.6L15 4.7v6.6L11.3 15H4.7L1 11.3V4.7z", high: "M8 1.2L15.4 14H.6z", medium: "M8 .8L15.2 8 8 15.2.8 8z", low: "M8 2a6 6 0 100 12A6 6 0 008 2z" };

export function PriorityMark({ priority }: { priority: Priority }) {
  return <span class={`priority ${priority}`}><svg viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true"><path fill="currentColor" d={SHAPES[priority] ?? SHAPES.low} /></svg>{t(priority)}</span>;
}

export interface Column<T> { key: Parameters<typeof t>[0]; value?: (row: T) => string | number | null; num?: boolean }
export interface Sort { key: string; down: boolean }

/** The column that a list is sorted by, kept in the address. */
export function useSort(): [Sort | null, (key: string) => void] {
  const said = chosen("sort"), by = said ? { key: said.replace(/^-/, ""), down: said.startsWith("-") } : null;
  return [by, (key) => choose({ sort: by?.key === key ? (by.down ? "" : `-${key}`) : key })];
}

export function Heads<T>({ columns, by, sort, before = 0, after = 0 }: { columns: Column<T>[]; by: Sort | null; sort: (key: string) => void; before?: number; after?: number }) {
  return (
    <thead><tr>
      {Array.from({ length: before }, (_, i) => <td key={`b${i}`} />)}
      {columns.map(({ key, value, num }) => (
        <th key={key} class={num ? "num" : ""} aria-sort={by?.key === key ? (by.down ? "descending" : "ascending") : "none"}>
          {value ? <button class="quiet sort" onClick={() => sort(key)}>{t(key)}{by?.key === key ? (by.down ? " ▾" : " ▴") : ""}</button> : t(key)}
        </th>
      ))}
      {Array.from({ length: after }, (_, i) => <td key={`a${i}`} />)}
    </tr></thead>
  );
}

export const valueOf = (a: Alarm): string => (a.value === null ? "" : `${figure(a.value)}${a.unit ? ` ${a.unit}` : ""}`);
export const titleOf = (place: string): string => plant.value?.machines.find((m) => m.path === place)?.title || place;

export function Place({ place }: { place: string }) {
  const known = plant.value?.machines.some((m) => m.path === place), title = titleOf(place);
  return known ? <><a href={`/machines/${place}`}>{title}</a>{title !== place && <><br /><span class="soft small">{place}</span></>}</> : <>{place}</>;
}

/** Why it is there and what is to be done. */
export function Advice({ a }: { a: Alarm }) {
  const rows = (["cause", "consequence", "action"] as const).filter((x) => a[x]);
  return (
    <div class="advice">
      {rows.length ? <dl>{rows.map((x) => <div key={x}><dt>{t(x)}</dt><dd>{a[x]}{x === "action" && a.within !== null && <b> · {t("within", { time: length(a.within) })}</b>}</dd></div>)}</dl> : <p class="soft">{t("noAdvice")}</p>}
      {a.acknowledged !== null && <p class="soft">{t("acknowledgedAt", { who: a.by || "–", clock: dayClock(a.acknowledged) })}</p>}
    </div>
  );
}

/** Filters of a list, kept in the address; what `rows` are left. */
export function useFiltered(rows: Alarm[]): { shown: Alarm[]; filter: ComponentChildren } {
  const said = chosen("q").toLowerCase(), priority = chosen("priority");
  const shown = rows.filter((a) => (!priority || a.priority === priority) && (!said || [a.place, titleOf(a.place), a.alarm, a.message].some((x) => x.toLowerCase().includes(said))));
  const filter = (
    <>
      <input type="search" aria-label={t("search")} placeholder={t("search")} value={chosen("q")} onInput={(e) => choose({ q: e.currentTarget.value })} />
      <div class="tabs" role="group" aria-label={t("priority")}>
        {PRIORITIES.map((p) => <button key={p} aria-pressed={priority === p} onClick={() => choose({ priority: priority === p ? "" : p })}><PriorityMark priority={p} /><span class="num">{rows.filter((a) => a.priority === p).length}</span></button>)}
      </div>
    </>
  );
  return { shown, filter };
}

export const SPANS = { shift: "this shift", today: "24 h", week: "7 d", month: "30 d" } as const;

/** The time that is looked at, kept in the address. */
export function useSpan(): { last: string; pick: ComponentChildren } {
  const said = chosen("last", SPANS.today);
  const pick = <div class="tabs" role="group" aria-label={t("last")}>{(Object.keys(SPANS) as (keyof typeof SPANS)[]).map((x) => <button key={x} aria-pressed={said === SPANS[x]} onClick={() => choose({ last: SPANS[x] })}>{t(x)}</button>)}</div>;
  return { last: said, pick };
}

/** Which rows are opened. */
export function useOpen(): [(key: string) => boolean, (key: string) => void] {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  return [(key) => open.has(key), (key) => setOpen((was) => { const now = new Set(was); if (!now.delete(key)) now.add(key); return now; })];
}
