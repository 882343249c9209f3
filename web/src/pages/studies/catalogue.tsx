/** The catalogue by field: what each study answers, how many machines can answer it, what the others lack. */
import { Sorry } from "../../frame/app";
import { useGet } from "../../lib/load";
import { choose, chosen } from "../../lib/router";
import { Place } from "./place";
import { type Listed, named } from "./told";
import { t } from "./words";

const FIELDS = ["production", "quality", "yields", "alarms", "own"] as const;
const rank = (field: string): number => (FIELDS as readonly string[]).indexOf(field) + (field === "own" ? 9 : 0);

export function Catalogue() {
  const at = chosen("at"), find = chosen("find").toLowerCase();
  const { data, problem, again } = useGet<Listed[]>("studies", { at });
  if (problem) return <Sorry problem={problem} again={again} />;
  const found = (data ?? []).filter((s) => `${s.name} ${named(s.title)} ${s.summary}`.toLowerCase().includes(find));
  return (<>
    <section class="card bar">
      <label class="grow">{t("find")}<input type="search" value={chosen("find")} onInput={(e) => choose({ find: e.currentTarget.value })} /></label>
      <Place value={at} choose={(to) => choose({ at: to })} />
    </section>
    <div class="catalogue" aria-busy={!data}>
      {[...new Set(found.map((s) => s.field))].sort((a, b) => rank(a) - rank(b)).map((field) => (
        <section key={field}>
          <h2>{(FIELDS as readonly string[]).includes(field) ? t(field as (typeof FIELDS)[number]) : field}</h2>
          <ul class="studycards">
            {found.filter((s) => s.field === field).map((s) => (
              <li key={s.name} class={`card ${s.able || s.timeless ? "" : "unable"}`}>
                <a href={`/studies/${s.name}${at ? `?at=${encodeURIComponent(at)}` : ""}`}><b>{named(s.title)}</b></a>
                <p>{s.summary}</p>
                <p class="small soft"><span aria-hidden="true">{s.able === s.of ? "●" : s.able ? "◐" : "○"} </span>{s.able === s.of ? t("all") : s.able ? t("able", { able: s.able, of: s.of }) : t("none")}</p>
                {s.missing && <details class="small"><summary>{t("lacks")}</summary><p>{s.missing}</p></details>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  </>);
}
