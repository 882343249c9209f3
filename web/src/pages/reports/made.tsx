/** The reports that the plant makes by itself: which there are, what was made of them, and once more on demand. */
import { useEffect, useState } from "preact/hooks";
import { say } from "../../frame/toast";
import { address, type Problem, send } from "../../lib/api";
import { dayClock, number } from "../../lib/format";
import { may } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import type { Made, Reports, Scheduled } from "./shapes";
import { t } from "./words";

const FIRST = 30;
const SOON = 4000;
/** A report that was asked for takes a few seconds: the list is looked at again so often, in milliseconds. */
const EXAMPLE = `[[report]]
name = "line-1-shift"
at = "line-1"
every = "shift"          # shift, day or week
formats = ["pdf", "xlsx"]
folder = "//server/reports"
mail = "office"          # the [[notify]] by email whose server sends it
to = ["shiftlead@example.com"]`;

export function ByItself({ reports, again }: { reports: Reports; again: () => void }) {
  useEffect(() => {
    const timer = setInterval(again, 5 * SOON);
    return () => clearInterval(timer);
  }, []);
  if (!reports.scheduled.length && !reports.made.length) return <Nothing />;
  return (
    <div class="stack">
      <section class="card">
        <div class="scroll"><table class="cards">
          <thead><tr><th>{t("name")}</th><th>{t("at")}</th><th>{t("every")}</th><th>{t("formats")}</th><th>{t("language")}</th><th>{t("goes")}</th><th /></tr></thead>
          <tbody>{reports.scheduled.map((r) => <Line key={r.report} report={r} again={again} />)}</tbody>
        </table></div>
      </section>
      <List reports={reports} />
    </div>
  );
}

function Nothing() {
  return (
    <section class="card">
      <h2>{t("nothing")}</h2>
      <p>{t("how")}</p>
      <pre class="example" tabIndex={0}>{EXAMPLE}</pre>
      {may("engineer") && <a class="button" href="/plant">{t("toPlant")}</a>}
    </section>
  );
}

function Line({ report: r, again }: { report: Scheduled; again: () => void }) {
  const [busy, setBusy] = useState(false);
  const last = r.every === "shift" ? "shift" : r.every === "day" ? "yesterday" : "week";
  const ask = async () => {
    setBusy(true);
    try {
      const done = await send<{ period: string }>("POST", `reports/${encodeURIComponent(r.report)}`, { last });
      say(t("asked", { period: done.period }));
      setTimeout(again, 2 * SOON);
    } catch (problem) {
      say((problem as Problem).message, { bad: true });
    } finally {
      setBusy(false);
    }
  };
  const goes = [t("kept"), r.folder, r.mail && t("mailTo", { to: r.to.join(", ") || r.mail })].filter(Boolean).join(" · ");
  return (
    <tr>
      <td class="name"><b>{r.report}</b>{r.failed && <p class="bad small">{t("failed", { why: r.failed })}</p>}</td>
      <td>{r.at || t("wholePlant")}</td><td>{t(r.every)}</td><td>{r.formats.map((f) => t(f)).join(", ")}</td><td>{t(r.language)}</td>
      <td>{goes}{r.since && <span class="soft small"> · {t("since", { at: dayClock(r.since) })}</span>}</td>
      <td class="num">{may("operator") && <button disabled={busy} onClick={ask}>{t("again")}</button>}</td>
    </tr>
  );
}

function List({ reports }: { reports: Reports }) {
  const [most, setMost] = useState(FIRST), only = chosen("report");
  const rows = reports.made.filter((m) => !only || m.report === only), next = reports.scheduled[0];
  const newest = new Map(reports.made.filter((m) => m.newest).map((m) => [`${m.report} ${m.period}`, m.version]));
  if (!reports.made.length)
    return <p class="soft">{t("empty", { every: t(next?.every === "week" ? "everyWeek" : next?.every === "day" ? "everyDay" : "everyShift") })}</p>;
  return (
    <section class="card">
      {reports.scheduled.length > 1 && (
        <header><label class="inline">{t("filter")}
          <select value={only} onChange={(e) => choose({ report: e.currentTarget.value })}>
            <option value="">{t("all")}</option>{reports.scheduled.map((r) => <option key={r.report}>{r.report}</option>)}
          </select></label></header>
      )}
      <div class="scroll"><table class="cards">
        <thead><tr><th>{t("period")}</th><th>{t("says")}</th><th>{t("madeAt")}</th><th>{t("files")}</th></tr></thead>
        <tbody>{rows.slice(0, most).map((m) => <Row key={m.number} made={m} newest={newest.get(`${m.report} ${m.period}`) ?? m.version} />)}</tbody>
      </table></div>
      {rows.length > most && <button onClick={() => setMost(most + FIRST)}>{t("more")}</button>}
    </section>
  );
}

function Row({ made: m, newest }: { made: Made; newest: number }) {
  const file = (name: string, save: boolean) => address(`reports/${encodeURIComponent(m.report)}/${encodeURIComponent(name)}`, save ? { save } : {});
  return (
    <tr class={newest > m.version ? "old" : ""}>
      <td class="name"><b>{m.period}</b><br /><span class="soft small">{m.report}</span>
        {newest > m.version && <><br /><span class="chip">{t("replaced", { n: newest })}</span></>}
        {newest === m.version && m.version > 1 && <><br /><span class="chip">{t("corrected", { n: m.version })}</span></>}
      </td>
      <td class="says" lang={m.language}>{m.text.split("\n").map((line) => <p key={line}>{line}</p>)}
        {Object.entries(m.missing).map(([form, why]) => <p key={form} class="bad small">{t("missing", { form: t(form as "pdf"), why })}</p>)}
        {m.waiting.length > 0 && <p class="bad small">{t("waits", { where: m.waiting.map((w) => t(w)).join(", ") })}</p>}
      </td>
      <td class="small">{dayClock(m.made_at)}</td>
      <td><span class="bar files">{m.files.map((f) => (
        <a key={f.name} class="button" href={file(f.name, f.format !== "html")} target={f.format === "html" ? "_blank" : undefined} download={f.format === "html" ? undefined : f.name} rel="noopener">
          {t(f.format)} <span class="soft small num">{number(f.size / 1024)} kB</span>
        </a>
      ))}</span></td>
    </tr>
  );
}
