/** The coverage of every signal, day by day: a strip each, darker where less was heard. */
import { useState } from "preact/hooks";
import { Coverage } from "../../draw/meter";
import { ahead } from "../../draw/kinds/scale";
import { Sorry } from "../../frame/app";
import { day, length, percent } from "../../lib/format";
import { now } from "../../lib/live";
import { useGet } from "../../lib/load";
import { plant } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import { t } from "./words";

interface Heard { signal: string; role: string; coverage: number; pieces: number[]; longest_gap: number }
interface Map { since: number; until: number; width: number; signals: Heard[] }
const DAY = 86400e6;

export function CoverageMap() {
  const days = Number(chosen("days", "30")), at = chosen("at"), worst = chosen("sort") === "worst";
  const [end] = useState(() => { const local = now() + ahead(now()); return (Math.floor(local / DAY) + 1) * DAY - ahead(now()); });
  const { data, problem, again } = useGet<Map>("coverage", { at, since: end - days * DAY, until: end, pieces: days });
  if (problem) return <Sorry problem={problem} again={again} />;
  const rows = [...(data?.signals ?? [])];
  if (worst) rows.sort((a, b) => a.coverage - b.coverage);
  return (<>
    <section class="card bar">
      <label>{t("place")}<select value={at} onChange={(e) => choose({ at: e.currentTarget.value })}>
        <option value="">{t("everything")}</option>
        {plant.value!.lines.map((l) => <option key={l} value={l}>{l}</option>)}
        {plant.value!.machines.map((m) => <option key={m.path} value={m.path}>{m.path}</option>)}
      </select></label>
      <label>{t("days")}<select value={String(days)} onChange={(e) => choose({ days: e.currentTarget.value })}>{[7, 14, 30, 90].map((n) => <option key={n} value={n}>{n}</option>)}</select></label>
      <label class="inline"><input type="checkbox" checked={worst} onChange={(e) => choose({ sort: e.currentTarget.checked ? "worst" : undefined })} />{t("worst")}</label>
      <p class="grow soft small">{t("coverageHelp")}</p>
      <span class="key small soft" title={t("key")}>0 % <i aria-hidden="true" style={{ background: `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 0.9, 0.97, 1].map((v) => tint(v)).join(",")})` }} /> 100 %</span>
    </section>
    <section class="card heat" aria-busy={!data}>
      {data && <div class="scroll"><table>
        <thead><tr><th>{t("signal")}</th><th class="role">{t("role")}</th><th>{t("whole")}</th><th class="strips"><Days since={data.since} width={data.width} count={days} /></th><th class="num">{t("gap")}</th></tr></thead>
        <tbody>{rows.map((s) => (
          <tr key={s.signal}><td>{s.signal}</td><td class="soft role">{s.role}</td><td><Coverage ratio={s.coverage} bare /></td>
            <td class="strips"><Strip pieces={s.pieces} since={data.since} width={data.width} /></td><td class="num">{length(s.longest_gap)}</td></tr>
        ))}</tbody>
      </table></div>}
    </section>
  </>);
}

/** The colour of a share heard: quiet where all was, marked where little was. */
function tint(share: number): string {
  return share >= 0.995 ? "var(--heard)" : `color-mix(in oklab, var(--heard) ${Math.round(share * share * 92)}%, var(--unheard))`;
}

/** One signal's days as a strip; what is under the pointer is said. */
function Strip({ pieces, since, width }: { pieces: number[]; since: number; width: number }) {
  const [tip, setTip] = useState("");
  const share = (i: number) => pieces[i]!;
  const stops = pieces.flatMap((_, i) => [`${tint(share(i))} ${(i / pieces.length) * 100}%`, `${tint(share(i))} ${((i + 1) / pieces.length) * 100}%`]);
  const move = (e: PointerEvent) => {
    const box = (e.currentTarget as Element).getBoundingClientRect(), i = Math.min(pieces.length - 1, Math.max(0, Math.floor(((e.clientX - box.left) / box.width) * pieces.length)));
    setTip(`${day(since + (i + 0.5) * width)}: ${percent(share(i))}`);
  };
  return <div class="strip" title={tip} onPointerMove={move} style={{ background: `linear-gradient(90deg, ${stops.join(",")})` }} />;
}

function Days({ since, width, count }: { since: number; width: number; count: number }) {
  const every = Math.max(1, Math.ceil(count / 8));
  return <div class="days" aria-label={t("strip")}>{Array.from({ length: Math.ceil(count / every) }, (_, i) => <span key={i} style={{ left: `${((i * every) / count) * 100}%` }}>{day(since + (i * every + 0.5) * width)}</span>)}</div>;
}
