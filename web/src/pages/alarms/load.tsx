/** Are there too many? The figures of the study alarm-load, and the bad actors. */
import { Sorry } from "../../frame/app";
import { figure, length, number, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import type { Priority } from "./alarm";
import { Place, PriorityMark, useSpan } from "./parts";
import { t } from "./words";

interface Actor { place?: string; machine?: string; alarm: string; count: number; share: number; priority: Priority }
interface Answer {
  answer: {
    alarms: number; per_hour: number | null; peak_10min: number; in_flood: number | null; top_share: number | null; chattering: number; fleeting: number; standing: number; median_answer: number | null; acknowledged: number | null;
    rows: Actor[]; priorities: { priority: Priority; count: number; share: number | null; target: number | null }[];
  };
  notes: string[];
}
type Word = Parameters<typeof t>[0];

export function Load() {
  const { last, pick } = useSpan(), found = useGet<Answer>("studies/alarm-load", { last });
  if (found.problem) return <><div class="bar">{pick}</div><Sorry problem={found.problem} again={found.again} /></>;
  const a = found.data?.answer;
  return (
    <>
      <div class="bar">{pick}<span class="grow" /><a href={`/studies/alarm-load?last=${encodeURIComponent(last)}`}>{t("method")}</a></div>
      <section class="tilesrow" aria-busy={found.loading}>
        <One name="perHour" help="perHourHelp" value={figure(a?.per_hour, 3)} bad={(a?.per_hour ?? 0) > 12} />
        <One name="peak" help="peakHelp" value={number(a?.peak_10min)} bad={(a?.peak_10min ?? 0) > 10} />
        <One name="inFlood" help="inFloodHelp" value={percent(a?.in_flood)} bad={(a?.in_flood ?? 0) > 0.01} />
        <One name="topShare" help="topHelp" value={percent(a?.top_share)} bad={(a?.top_share ?? 0) > 0.05 && (a?.rows.length ?? 0) > 10} />
        <One name="chattering" help="chatterHelp" value={number(a?.chattering)} bad={(a?.chattering ?? 0) > 0} />
        <One name="fleeting" help="fleetingHelp" value={number(a?.fleeting)} />
        <One name="standingFor" help="standingHelp" value={number(a?.standing)} bad={(a?.standing ?? 0) > 0} />
        <One name="answer" help="answerHelp" value={a?.median_answer == null ? "–" : length(a.median_answer)} />
        <One name="acknowledgedShare" help="acknowledgedHelp" value={percent(a?.acknowledged)} />
      </section>
      {found.data?.notes.map((n) => <p key={n} class="card flood">{n}</p>)}
      <div class="cols">
        <section class="card"><header><h2>{t("badActors")}</h2></header>{a?.rows.length ? <Actors rows={a.rows} /> : <p class="calm soft">{found.loading ? "" : t("calmHistory")}</p>}</section>
        <section class="card"><header><h2>{t("priorities")}</h2></header>
          <table><thead><tr><th>{t("priority")}</th><th class="num">{t("count")}</th><th class="num">{t("share")}</th><th class="num">{t("wanted")}</th></tr></thead>
            <tbody>{a?.priorities.map((p) => <tr key={p.priority}><td><PriorityMark priority={p.priority} /></td><td class="num">{number(p.count)}</td><td class="num">{percent(p.share)}</td><td class="num soft">{p.target === null ? "–" : `≈ ${percent(p.target, 0)}`}</td></tr>)}</tbody></table>
        </section>
      </div>
    </>
  );
}

function One({ name, help, value, bad = false }: { name: Word; help: Word; value: string; bad?: boolean }) {
  return <div class="card one"><span class="soft">{t(name)}</span><b class={bad ? "big bad" : "big"}>{value}{bad && <span class="flag" aria-hidden="true"> !</span>}</b><span class="soft small">{t(help)}</span></div>;
}

function Actors({ rows }: { rows: Actor[] }) {
  const most = Math.max(...rows.map((r) => r.count));
  return (
    <table class="actors"><thead><tr><th>{t("alarm")}</th><th>{t("place")}</th><th class="num">{t("count")}</th><th class="num">{t("share")}</th><th class="barcol" /></tr></thead>
      <tbody>{rows.slice(0, 20).map((r) => (
        <tr key={`${r.place ?? r.machine}/${r.alarm}`}><td>{r.alarm}<br /><PriorityMark priority={r.priority} /></td><td><Place place={r.place ?? r.machine ?? ""} /></td><td class="num">{number(r.count)}</td><td class="num">{percent(r.share)}</td><td class="barcol"><div class="meter"><i style={{ width: `${(r.count / most) * 100}%` }} /></div></td></tr>
      ))}</tbody></table>
  );
}
