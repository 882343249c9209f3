/** The questions that stand: when each was asked last, what it was answered, and whether the limit was passed. */
import { amount } from "../../draw/amount";
import { Coverage } from "../../draw/meter";
import { Picture, type Pictured } from "../../draw/picture";
import { Rows } from "../../draw/rows";
import { Sorry } from "../../frame/app";
import { say } from "../../frame/toast";
import { Problem, type Row, send } from "../../lib/api";
import { dayClock } from "../../lib/format";
import { useGet } from "../../lib/load";
import { may } from "../../lib/plant";
import { go } from "../../lib/router";
import type { Given, Schedule, ScheduleTold } from "./told";
import { t } from "./words";

const limitText = (s: Schedule): string => (s.limit === null ? "–" : `${s.figure.replaceAll("_", " ")} ${t(s.side as "below" | "above")} ${amount(s.limit, s.unit)}`);

function Verdict({ given }: { given: Given | null }) {
  if (!given) return <span class="soft">{t("noAnswer")}</span>;
  if (given.problem) return <span class="bad" title={given.problem}>{t("problem")}</span>;
  if (given.on === null) return <span>{given.label}</span>;
  return given.on ? <b class="bad">▲ {t("passed")}</b> : <span>✓ {t("inLimit")}</span>;
}

export function StandingQuestions({ number }: { number: string | undefined }) {
  return number ? <One number={number} /> : <All />;
}

function All() {
  const { data, problem, again } = useGet<Schedule[]>("schedules");
  if (problem) return <Sorry problem={problem} again={again} />;
  if (data && !data.length) return <section class="card sorry"><p>{t("noStanding")}</p></section>;
  return (
    <section class="card" aria-busy={!data}>
      <Rows label={t("standing")} rows={(data ?? []) as unknown as Row[]} columns={[
        { name: "name", title: t("called"), show: (r) => <a href={`/studies/standing/${r.number}`}>{String(r.name)}</a> },
        { name: "study", title: t("question"), show: (r) => String(r.study) },
        { name: "at", title: t("place"), show: (r) => String(r.at) || t("everything") },
        { name: "every", title: t("every"), show: (r) => t(r.every === "day" ? "everyDay" : "everyShift") },
        { name: "limit", title: t("alarm"), show: (r) => limitText(r as unknown as Schedule) },
        { name: "value", title: t("lastAnswer"), num: true, show: (r) => { const s = r as unknown as Schedule; return s.figure ? amount(s.last?.value, s.unit) : amount(Object.values(s.last?.figures ?? {})[0]); } },
        { name: "known", title: "", show: (r) => <Verdict given={(r as unknown as Schedule).last} /> },
      ]} />
    </section>
  );
}

function One({ number }: { number: string }) {
  const { data, problem, again } = useGet<ScheduleTold>(`schedules/${number}`);
  if (problem) return <Sorry problem={problem} again={again} />;
  if (!data) return <section class="card" aria-busy="true" />;
  const link = `/studies/${data.study}?${new URLSearchParams({ ...(data.at ? { at: data.at } : {}), ...Object.fromEntries(Object.entries(data.settings).map(([k, v]) => [k, String(v)])) })}`;
  const names = [...new Set(data.answers.flatMap((a) => Object.keys(a.figures)))].slice(0, 9);
  const stop = async () => {
    if (!confirm(t("sure", { name: data.name }))) return;
    try {
      await send("POST", "acts/stop_asking", { number: data.number });
      say(t("stopped"));
      go("/studies/standing");
    } catch (error) {
      say((error as Problem).message, { bad: true });
    }
  };
  return (<>
    <section class="card">
      <header><div class="grow"><p class="small soft"><a href="/studies/standing">{t("back")}</a></p><h1>{data.name}</h1></div>
        <a class="button" href={link}>{t("open")}</a>{may("engineer") && <button class="danger" onClick={() => void stop()}>{t("stop")}</button>}</header>
      <dl class="facts">
        <dt>{t("question")}</dt><dd>{data.study} · {data.at || t("everything")} · {t(data.every === "day" ? "everyDay" : "everyShift")}</dd>
        <dt>{t("alarm")}</dt><dd>{limitText(data)}{data.limit !== null && ` · ${t(data.priority as "low")}`}</dd>
        <dt>{t("who")}</dt><dd>{data.who}, {dayClock(data.since)}</dd>
        <dt>{t("lastAnswer")}</dt><dd><Verdict given={data.last} /></dd>
      </dl>
    </section>
    {data.figure && data.answers.length > 1 && <section class="card"><Picture picture={course(data)} /></section>}
    <section class="card"><header><h2>{t("answers")}</h2></header>
      <Rows label={t("answers")} rows={data.answers as unknown as Row[]} columns={[
        { name: "since", title: t("of"), show: (r) => String(r.label) },
        ...names.map((n) => ({ name: n, title: n.replaceAll("_", " "), num: true, show: (r: Row) => amount((r as unknown as Given).figures[n], data.units[n]) })),
        { name: "known", title: t("heard"), num: true, show: (r) => <Coverage ratio={r.known as number | null} bare /> },
        { name: "on", title: "", show: (r) => <><Verdict given={r as unknown as Given} />{Number(r.again) > 0 && <span class="soft small"> · {t("corrected", { n: Number(r.again) })}</span>}</> },
        { name: "asked", title: t("asked"), num: true, show: (r) => dayClock(Number(r.asked)) },
      ]} />
    </section>
  </>);
}

/** The figure that is watched, from shift to shift, with its limit. */
function course(s: ScheduleTold): Pictured {
  const scale = s.unit === "1" ? 100 : s.unit === "us" ? 1 / 60e6 : 1, unit = s.unit === "1" ? "%" : s.unit === "us" ? "min" : s.unit;
  const rows = [...s.answers].reverse().map((a) => [a.until, null, a.value === null ? null : a.value * scale, null]);
  return { kind: "trend", title: t("trend"), subtitle: "", columns: ["at", "low", "value", "high"], rows, unit, x: "", y: s.figure.replaceAll("_", " "), words: {}, colors: {}, marks: s.limit === null ? [] : [{ text: t("limit"), value: s.limit * scale, axis: "y" }] };
}
