/** What plant.toml defines: each alarm with its condition and its rationalisation. */
import { Sorry } from "../../frame/app";
import { length } from "../../lib/format";
import { useGet } from "../../lib/load";
import { chosen, choose } from "../../lib/router";
import { PRIORITIES, sorted, type Priority } from "./alarm";
import { Heads, Place, PriorityMark, useSort, type Column } from "./parts";
import { t } from "./words";

interface Definition { place: string; alarm: string; priority: Priority; signal: string; condition: string; on_delay: number; off_delay: number; latching: boolean; group: string; cause: string; consequence: string; action: string; within: number | null }
const COLUMNS: Column<Definition>[] = [
  { key: "place", value: (d) => d.place }, { key: "alarm", value: (d) => d.alarm }, { key: "priority", value: (d) => PRIORITIES.indexOf(d.priority) }, { key: "condition", value: (d) => d.condition },
  { key: "delays", value: (d) => d.on_delay }, { key: "group", value: (d) => d.group }, { key: "cause", value: (d) => d.cause }, { key: "action", value: (d) => d.action },
];

export function Defined() {
  const found = useGet<Definition[]>("alarms/defined"), [by, sort] = useSort(), said = chosen("q").toLowerCase();
  if (found.problem) return <Sorry problem={found.problem} again={found.again} />;
  const rows = sorted((found.data ?? []).filter((d) => !said || `${d.place} ${d.alarm}`.toLowerCase().includes(said)), COLUMNS.find((c) => c.key === by?.key)?.value, by?.down ?? false);
  return (
    <section class="card" aria-busy={found.loading}>
      <header><input type="search" aria-label={t("search")} placeholder={t("search")} value={chosen("q")} onInput={(e) => choose({ q: e.currentTarget.value })} /><span class="grow" /><span class="soft small">{t("shown", { n: rows.length, all: found.data?.length ?? 0 })}</span></header>
      {rows.length ? (
        <div class="scroll"><table class="alarmlist">
          <Heads columns={COLUMNS} by={by} sort={sort} />
          <tbody>{rows.map((d) => (
            <tr key={`${d.place}/${d.alarm}`}>
              <td><Place place={d.place} /></td><td>{d.alarm}</td><td><PriorityMark priority={d.priority} /></td>
              <td>{d.condition}<br /><span class="soft small">{d.signal}</span></td>
              <td class="nowrap">{d.on_delay || d.off_delay ? `${length(d.on_delay)} / ${length(d.off_delay)}` : "–"}{d.latching && <><br /><b class="small">{t("latching")}</b></>}</td>
              <td>{d.group || "–"}</td><td class="message">{d.cause}</td><td class="message">{d.action}{d.within !== null && <b> · {t("within", { time: length(d.within) })}</b>}</td>
            </tr>
          ))}</tbody>
        </table></div>
      ) : <p class="calm soft">{found.loading ? "" : t("calmDefined")}</p>}
    </section>
  );
}
