/** The sources of the plant: how each is doing, and in plain words why data stopped. */
import { clock, length, number } from "../../lib/format";
import { now } from "../../lib/live";
import { may } from "../../lib/plant";
import type { Source } from "./shapes";
import { t } from "./words";

const MARKS: Record<string, [string, "good" | "soft" | "bad"]> = { connected: ["●", "good"], connecting: ["◌", "soft"], lost: ["▲", "bad"], blocked: ["■", "bad"], stopped: ["■", "soft"], wrong: ["✕", "bad"] };
const SAYS = { lost: "saysLost", blocked: "saysBlocked", stopped: "saysStopped", wrong: "saysWrong", connecting: "saysConnecting" } as const;

export function Sources({ rows, visit, add }: { rows: Source[] | undefined; visit: (source: string) => void; add: () => void }) {
  return (
    <section class="card sources">
      <header><h1 class="grow">{t("sources")}</h1>{may("engineer") && <button class="main" onClick={add}>＋ {t("connect")}</button>}</header>
      {rows && !rows.length && <p class="soft">{t("none")}</p>}
      {rows && rows.length > 0 && (
        <div class="scroll"><table>
          <thead><tr><th>{t("source")}</th><th>{t("health")}</th><th class="num">{t("rate")}</th><th class="num">{t("last")}</th><th>{t("feeds")}</th><th /></tr></thead>
          <tbody>{rows.map((r) => <Line key={r.source} row={r} visit={visit} />)}</tbody>
        </table></div>
      )}
    </section>
  );
}

function Line({ row, visit }: { row: Source; visit: (source: string) => void }) {
  const [mark, tone] = MARKS[row.health] ?? ["?", "soft"];
  const says = row.health in SAYS ? t(SAYS[row.health as keyof typeof SAYS]) : row.last == null ? t("saysQuiet") : "";
  const notes = [row.skew != null && Math.abs(row.skew) > 2e6 ? t("skew", { n: length(Math.abs(row.skew)) }) : "", row.refused ? t("refused", { n: number(row.refused) }) : ""].filter(Boolean);
  return (
    <tr data-source={row.source}>
      <td><b>{row.source}</b><br /><small class="soft">{row.connector} {row.url}</small></td>
      <td class="says"><span class={`health ${tone}`}><span aria-hidden="true">{mark}</span> {t(row.health in MARKS ? (row.health as "lost") : "stopped")}</span>
        {row.since != null && <small class="soft"> {t("sinceWhen", { at: clock(row.since) })}</small>}
        {row.said && <p class="small bad">{row.said}</p>}{(says || notes.length > 0) && <p class="small soft">{[says, ...notes].filter(Boolean).join(" · ")}</p>}</td>
      <td class="num">{row.rate == null ? "–" : number(row.rate, row.rate < 10 ? 1 : 0)}</td>
      <td class="num">{row.last == null ? t("never") : t("ago", { n: length(Math.max(0, now() - row.last)) })}</td>
      <td><small>{row.machines.map((m) => <a key={m} class="feeds" href={`/machines/${m}`}>{m}</a>)}<span class="soft">{t("signals", { n: row.signals })}</span></small></td>
      <td class="num">{may("engineer") && <button onClick={() => visit(row.source)}>{t("test")}</button>}</td>
    </tr>
  );
}
