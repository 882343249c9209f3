/** Many machines in one table; each column sorts. */
import { useState } from "preact/hooks";
import { StatePill, trouble } from "../../draw/state";
import { number, percent } from "../../lib/format";
import type { Tile } from "../../lib/live";
import { may } from "../../lib/plant";
import { go } from "../../lib/router";
import { Hand, Known, Lasts, LOW, nameOf, productTitle, why } from "./tile";
import { t } from "./words";

type Column = [key: "machine" | "state" | "lasts" | "reason" | "order" | "good" | "goal" | "rejects" | "oee" | "availability" | "effectiveness" | "quality", value: (x: Tile) => number | string | null];
const COLUMNS: Column[] = [
  ["machine", (x) => x.machine], ["state", (x) => trouble(x.state)], ["lasts", (x) => -x.since], ["reason", why], ["order", (x) => x.order],
  ["good", (x) => x.good], ["goal", (x) => x.target], ["rejects", (x) => x.rejects], ["oee", (x) => x.oee], ["availability", (x) => x.availability], ["effectiveness", (x) => x.effectiveness], ["quality", (x) => x.quality],
];
const FIGURES = new Set(["lasts", "good", "goal", "rejects", "oee", "availability", "effectiveness", "quality"]);

function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return typeof a === "string" ? a.localeCompare(String(b), undefined, { numeric: true }) : a - Number(b);
}

export function Rows({ tiles, pull }: { tiles: Tile[]; pull: (machine: string) => void }) {
  const [by, setBy] = useState<{ key: string; down: boolean } | null>(null);
  const value = COLUMNS.find(([key]) => key === by?.key)?.[1];
  const shown = value ? [...tiles].sort((a, b) => compare(value(a), value(b)) * (by!.down ? -1 : 1)) : tiles;
  return (
    <div class="card scroll"><table class="machines">
      <thead><tr>
        {COLUMNS.map(([key]) => (
          <th key={key} class={FIGURES.has(key) ? "num" : ""} aria-sort={by?.key === key ? (by.down ? "descending" : "ascending") : "none"}>
            <button class="quiet sort" onClick={() => setBy(by?.key === key ? (by.down ? null : { key, down: true }) : { key, down: false })}>{t(key)}{by?.key === key ? (by.down ? " ▾" : " ▴") : ""}</button>
          </th>
        ))}
        <td /><td />
      </tr></thead>
      <tbody>{shown.map((x) => <Row key={x.machine} x={x} pull={pull} />)}</tbody>
    </table></div>
  );
}

function Row({ x, pull }: { x: Tile; pull: (machine: string) => void }) {
  const open = () => go(`/machines/${x.machine}`);
  return (
    <tr class="goes" onClick={(e) => { if (!(e.target as Element).closest("a, button")) open(); }}>
      <td><a href={`/machines/${x.machine}`}>{nameOf(x)}</a><br /><span class="soft small">{x.machine}</span></td>
      <td><StatePill state={x.state} /></td>
      <td class="num"><Lasts since={x.since} /></td>
      <td class="clip" title={why(x)}>{why(x)}</td>
      <td>{x.order || <span class="soft">–</span>}<br /><span class="soft small">{productTitle(x.product)}</span></td>
      <td class="num">{number(x.good)}</td>
      <td class="num soft">{number(x.target)}</td>
      <td class="num">{number(x.rejects)}</td>
      <td class="num"><b>{percent(x.oee)}</b></td>
      <td class="num">{percent(x.availability)}</td>
      <td class={x.effectiveness !== null && x.effectiveness > 1.0005 ? "num bad" : "num"} title={x.effectiveness !== null && x.effectiveness > 1.0005 ? t("over100") : ""}>{percent(x.effectiveness)}</td>
      <td class="num">{percent(x.quality)}</td>
      <td class={x.coverage !== null && x.coverage < LOW ? "" : "small"}><Known share={x.coverage} /></td>
      <td>{may("operator") && <button class="quiet" aria-label={t("callTo", { machine: nameOf(x) })} onClick={() => pull(x.machine)}><Hand /></button>}</td>
    </tr>
  );
}
