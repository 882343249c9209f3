/** Find moments in which a condition held, such as `temperature > 60 for 5 min while running`. */
import { useEffect, useState } from "preact/hooks";
import { clockSeconds, day, length, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import { choose, chosen } from "../../lib/router";
import type { Found } from "./lanes";
import { t } from "./words";

export function Finder({ at, whole, found, show }: { at: string; whole: { since: number; until: number } | undefined; found: (hits: Found | undefined) => void; show: (since: number, until: number) => void }) {
  const asked = chosen("find"), [text, setText] = useState(asked), answer = useGet<Found>(asked && whole ? "search" : null, { condition: asked, at, ...(whole ?? {}), limit: 2000 });
  const hits = asked && !answer.problem ? answer.data : undefined;
  useEffect(() => found(hits), [hits]);
  return (
    <div class="finder">
      <form class="bar" role="search" onSubmit={(e) => { e.preventDefault(); choose({ find: text.trim() }); }}>
        <label class="inline grow">{t("find")}<input type="search" class="grow" value={text} placeholder={t("example")} aria-label={t("condition")} onInput={(e) => setText(e.currentTarget.value)} maxLength={400} spellcheck={false} /></label>
        <button>{t("findButton")}</button>
        {asked && <button type="button" onClick={() => { setText(""); choose({ find: undefined }); }}>{t("clear")}</button>}
      </form>
      {asked && answer.problem && <p class="bad" role="alert">{answer.problem.message}</p>}
      {hits && (
        <details>
          <summary>{hits.total ? t("found", { n: hits.total, time: length(hits.time), coverage: percent(hits.coverage) }) : t("noneFound", { coverage: percent(hits.coverage) })}</summary>
          <div class="scroll hits"><table>
            <thead><tr><th>{t("begin")}</th><th>{t("end")}</th><th class="num">{t("length")}</th></tr></thead>
            <tbody>{hits.rows.slice(0, 200).map((h) => (
              <tr key={h.since} class="link" onClick={() => show(h.since, h.until)}><td><button class="quiet rowname" onClick={(e) => { e.stopPropagation(); show(h.since, h.until); }}>{day(h.since)} {clockSeconds(h.since)}</button></td><td>{clockSeconds(h.until)}</td><td class="num">{length(h.until - h.since)}</td></tr>
            ))}</tbody>
          </table></div>
        </details>
      )}
    </div>
  );
}
