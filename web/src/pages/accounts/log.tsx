/** The audit log, the newest first, and the proof that nobody touched it. */
import { useState } from "preact/hooks";
import { Sorry } from "../../frame/app";
import { get, type Plain, type Problem } from "../../lib/api";
import { clockSeconds, day } from "../../lib/format";
import { useGet } from "../../lib/load";
import { choose, chosen } from "../../lib/router";
import { given } from "./form";
import { t } from "./words";

interface Line { number: number; at: number; who: string; right: string; act: string; arguments: Record<string, Plain>; result: Record<string, Plain>; hash: string }
interface Verdict { holds: boolean; lines: number; last: string; broken: number | null; says: string }
const PAGE = 100;

export function Log() {
  const who = chosen("who"), act = chosen("act"), before = chosen("before");
  const log = useGet<Line[]>("audit", { who, act, before, limit: PAGE });
  if (log.problem) return <Sorry problem={log.problem} again={log.again} />;
  const lines = log.data ?? [], last = lines.at(-1);
  return (
    <section class="card" aria-busy={log.loading}>
      <header>
        <h2 class="grow">{t("log")}</h2>
        <form class="bar" onSubmit={(e) => { e.preventDefault(); const said = given(e.currentTarget); choose({ who: said.text("who"), act: said.text("act"), before: undefined }); }}>
          <label>{t("filterWho")}<input name="who" defaultValue={who} maxLength={64} /></label>
          <label>{t("filterAct")}<input name="act" defaultValue={act} maxLength={64} /></label>
          <button>{t("find")}</button>
        </form>
      </header>
      <Verified />
      {log.data && !lines.length && <p class="soft">{t("empty")}</p>}
      {!!lines.length && <div class="scroll"><table>
        <thead><tr><th class="num">{t("number")}</th><th>{t("at")}</th><th>{t("who")}</th><th>{t("act")}</th><th>{t("state")}</th><th>{t("arguments")}</th></tr></thead>
        <tbody>{lines.map((x) => (
          <tr key={x.number}>
            <td class="num" data-th={t("number")}>{x.number}</td><td class="when" data-th={t("at")}>{day(x.at)} {clockSeconds(x.at)}</td><td data-th={t("who")}>{x.who}{x.right && <span class="soft small"> {x.right}</span>}</td><td data-th={t("act")}>{x.act}</td>
            <td data-th={t("state")}><span class={`chip ${x.result.state === "refused" || x.result.state === "failed" ? "bad" : ""}`}>{String(x.result.state ?? "")}</span></td>
            <td class="with">{Object.entries(x.arguments).map(([k, v]) => `${k}: ${typeof v === "string" ? v : JSON.stringify(v)}`).join(" · ")}{x.result.says ? <span class="bad"> {String(x.result.says)}</span> : null}</td>
          </tr>
        ))}</tbody>
      </table></div>}
      <div class="bar pager">
        <button disabled={!before} onClick={() => choose({ before: undefined })}>{t("newest")}</button>
        <button disabled={lines.length < PAGE} onClick={() => choose({ before: String(last!.number) })}>{t("older")}</button>
      </div>
    </section>
  );
}

function Verified() {
  const [verdict, setVerdict] = useState<Verdict>();
  const [problem, setProblem] = useState("");
  const verify = () => void get<Verdict>("audit/verify").then(setVerdict, (e: Problem) => setProblem(e.message));
  return (
    <div class="bar verdict">
      <button onClick={verify}>{t("verify")}</button>
      <span role="status" class={verdict && !verdict.holds ? "bad" : "soft"}>
        {problem || (verdict && (verdict.holds ? `✓ ${t("holds", { n: verdict.lines })}` : `✗ ${t("broken", { n: verdict.broken ?? 0, says: verdict.says })}`))}
      </span>
      {verdict?.holds && <label class="inline small">{t("lastHash")}<code>{verdict.last.slice(0, 16)}…</code></label>}
    </div>
  );
}
