/** Reports: look at one of any period, save it; those that the plant makes by itself. */
import "./reports.css";
import { useGet } from "../../lib/load";
import { chosen, choose } from "../../lib/router";
import { Sorry } from "./sorry";
import { Look } from "./look";
import { ByItself } from "./made";
import type { Reports } from "./shapes";
import { t } from "./words";

export default function Page() {
  const reports = useGet<Reports>("reports"), tab = chosen("tab", "look");
  const pick = (to: string) => () => choose({ tab: to === "look" ? undefined : to });
  return (
    <main class="page reports">
      <div class="bar">
        <h1>{t("title")}</h1>
        <span class="tabs" role="tablist" aria-label={t("title")}>
          {(["look", "made"] as const).map((name) => (
            <button key={name} role="tab" id={`tab-${name}`} aria-controls={`of-${name}`} aria-selected={tab === name} onClick={pick(name)}>{t(name)}</button>
          ))}
        </span>
      </div>
      {reports.problem && <Sorry problem={reports.problem} />}
      {reports.data && (
        <div role="tabpanel" id={`of-${tab}`} aria-labelledby={`tab-${tab}`}>
          {tab === "made" ? <ByItself reports={reports.data} again={reports.again} /> : <Look formats={reports.data.formats} />}
        </div>
      )}
    </main>
  );
}
