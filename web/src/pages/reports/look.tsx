/** One report: of what, of when, in which language; shown as it will be printed, saved as a file. */
import { useEffect, useState } from "preact/hooks";
import { address } from "../../lib/api";
import { lang } from "../../lib/i18n";
import { useGet } from "../../lib/load";
import { Period, Place, span } from "../../lib/period";
import { choose, chosen } from "../../lib/router";
import { Sorry } from "./sorry";
import type { About, Form } from "./shapes";
import { t } from "./words";

const PERIODS = ["this shift", "shift", "today", "yesterday", "this week", "week"] as const;

export function Look({ formats }: { formats: Form[] }) {
  const at = chosen("at"), language = chosen("language", lang.value);
  const when = span("shift"), about = useGet<About>("reports/period", { at, ...when });
  const query = about.data && { at, since: String(about.data.since), until: String(about.data.until), lang: language };
  return (
    <>
      <section class="card">
        <div class="bar">
          <Place at={at} set={(to) => choose({ at: to })} />
          <Period otherwise="shift" periods={[...PERIODS]} around={about.data} />
          <label class="inline">{t("of")}
            <select value={language} onChange={(e) => choose({ language: e.currentTarget.value })}><option value="en">{t("en")}</option><option value="zh">{t("zh")}</option></select>
          </label>
          <span class="grow" />
          <span class="soft">{t("save")}</span>
          {(["pdf", "xlsx", "html"] as const).map((form) => formats.includes(form) && query
            ? <a key={form} class="button" download href={address("reports/now", { ...query, format: form, save: true })}>{t(form)}</a>
            : <button key={form} disabled title={formats.includes(form) ? "" : t("noPdf")}>{t(form)}</button>)}
        </div>
        {!formats.includes("pdf") && <p class="small soft">{t("noPdf")}</p>}
        <p class="soft small about">{about.data && <><b>{t(about.data.every || "any")}</b> {about.data.name} · {about.data.shifts ? t("closed", { n: about.data.shifts }) : t("none")}</>}&nbsp;</p>
      </section>
      {about.problem ? <Sorry problem={about.problem} /> : <Preview source={query ? address("reports/now", { ...query, format: "html" }) : ""} />}
    </>
  );
}

/** The report in a frame of its own: nothing in it runs, and it looks as it is printed. */
function Preview({ source }: { source: string }) {
  const [shown, setShown] = useState("");
  useEffect(() => setShown(""), [source]);
  const busy = !source || shown !== source;
  return (
    <section class="card sheet" aria-busy={busy}>
      {busy && <p class="wait soft" role="status">{t("loading")}</p>}
      {source && <iframe key={source} title={t("preview")} src={source} onLoad={() => setShown(source)} />}
    </section>
  );
}
