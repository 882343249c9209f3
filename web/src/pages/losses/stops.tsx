/** The single stops that losses are the sum of; each opens down to its timeline and samples. */
import { useState } from "preact/hooks";
import type { Query } from "../../lib/api";
import { clockSeconds, day, length, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import { choose, chosen } from "../../lib/router";
import { theme } from "../../lib/plant";
import { lossColor, lossWord } from "../../draw/paint";
import { filterOf, nameOf, path, type Stops } from "./asked";
import { Detail } from "./detail";
import { t } from "./words";

/** Classes in which the machine stood; in the others it ran, and the stretches of running are not stops. */
const STANDING = ["breakdown", "setup", "minor_stop", "delay", "idle"];
const RUNNING = ["speed", "defects", "startup", "unrated"];

export function StopList({ q }: { q: Query }) {
  theme.value;
  const [limit, setLimit] = useState(25), sort = chosen("stops", "length");
  const kinds = filterOf("loss") === undefined ? STANDING.map((k): [string, string] => ["loss", k]) : [];
  const found = useGet<Stops>(path("losses/stops", { ...q, sort, limit }, kinds));
  const loss = filterOf("loss"), rows = found.data?.rows ?? [], open = chosen("stop");
  return (
    <section class="card stops">
      <header>
        <h2>{t(loss && RUNNING.includes(loss) ? "stretchTitle" : "stopsTitle")}</h2>
        {found.data && <span class="soft small">{t("of", { n: rows.length, total: found.data.total })}</span>}
        <span class="grow" />
        <span class="tabs" role="group" aria-label={t("sort")}>
          {(["length", "time"] as const).map((s) => <button key={s} aria-pressed={sort === s} onClick={() => choose({ stops: s === "length" ? undefined : s })}>{t(s === "length" ? "longest" : "inTime")}</button>)}
        </span>
      </header>
      {found.problem && <p class="bad" role="alert">{found.problem.message}</p>}
      {found.data && !rows.length && <p class="soft">{t("noStops")}</p>}
      {rows.length > 0 && (
        <div class="scroll"><table>
          <thead><tr><th>{t("where")}</th><th>{t("since")}</th><th>{t("until")}</th><th class="num">{t("length")}</th><th>{t("loss")}</th><th>{t("reason")}</th><th>{t("product")}</th><th>{t("shift")}</th><th class="num">{t("coverage")}</th></tr></thead>
          <tbody>
            {rows.map((s) => {
              const key = `${s.machine}@${s.since}`, is = open === key;
              return (<>
                <tr key={key} class={`link ${is ? "chosen" : ""}`} onClick={() => choose({ stop: is ? undefined : key })}>
                  <th scope="row"><button class="quiet rowname" aria-expanded={is} onClick={(e) => { e.stopPropagation(); choose({ stop: is ? undefined : key }); }}>{is ? "▾" : "▸"} {nameOf("machine", s.machine)}</button></th>
                  <td class="num left">{day(s.since)} {clockSeconds(s.since)}</td><td class="num left">{day(s.until) === day(s.since) ? "" : `${day(s.until)} `}{clockSeconds(s.until)}</td><td class="num">{length(s.until - s.since)}</td>
                  <td><i class="dot" style={{ background: lossColor(s.loss) }} aria-hidden="true" /> {lossWord(s.loss)}</td>
                  <td class={s.reason ? "" : "soft"}>{nameOf("reason", s.reason)}</td><td>{s.product}</td><td class="soft">{s.shift}</td><td class="num soft">{percent(s.coverage)}</td>
                </tr>
                {is && <tr key={`${key}+`} class="opened"><td colSpan={9}><Detail stop={s} changed={found.again} /></td></tr>}
              </>);
            })}
          </tbody>
        </table></div>
      )}
      {found.data && rows.length < found.data.total && limit < 2000 && <p><button onClick={() => setLimit(Math.min(2000, limit * 4))}>{t("more")}</button></p>}
    </section>
  );
}
