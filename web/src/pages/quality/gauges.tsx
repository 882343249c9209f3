/** Gauge studies: planned with a sheet in an order by chance, measured on paper or here, judged when the readings are in. */
import { useState } from "preact/hooks";
import { Picture, type Pictured } from "../../draw/picture";
import { Rows } from "../../draw/rows";
import { say as toast } from "../../frame/toast";
import { address, type Problem, type Row, send } from "../../lib/api";
import { day, number } from "../../lib/format";
import { lang } from "../../lib/i18n";
import { now } from "../../lib/live";
import { useGet } from "../../lib/load";
import { may, plant } from "../../lib/plant";
import { choose, chosen, here } from "../../lib/router";
import { AnswerShown } from "../studies/answer";
import { type Answered, period, type Tested } from "./asked";
import { t } from "./words";

interface Study { name: string; machine: string; test: string; trials: number; made_at: number; made_by: string; parts?: number; appraisers?: number; readings?: number }
interface GaugeRr { cells: { appraiser: string; part: string; mean: number; spread: number; odd: boolean }[]; unit: string; test: string }
/** The studies of gauges, and what each asks of the readings. */
const KINDS = [["gauge-rr", "rr"], ["gauge-bias", "bias"], ["gauge-linearity", "linearity"], ["gauge-stability", "stabilityOf"], ["attribute-agreement", "agreement"]] as const;

export function Gauges({ tested }: { tested: Tested }) {
  const planned = useGet<Study[]>("gauge-studies"), study = planned.data?.find((s) => s.name === chosen("study"));
  return (
    <div class="gauges">
      <div class="beside">
        {may("operator") && <Plan tested={tested} done={(name) => { planned.again(); choose({ study: name }); }} />}
        <section class="card" aria-busy={!planned.data}><header><h2>{t("plannedStudies")}</h2></header>
          {planned.problem ? <p class="bad">{planned.problem.message}</p> : planned.data?.length === 0 ? <p class="soft">{t("noStudies")}</p> :
            <Rows label={t("plannedStudies")} rows={(planned.data ?? []) as unknown as Row[]} columns={[
              { name: "name", title: t("study"), show: (r) => <button class="quiet link" aria-pressed={r.name === chosen("study")} onClick={() => choose({ study: String(r.name) })}>{String(r.name)}</button> },
              { name: "test", title: t("test"), show: (r) => `${title(String(r.machine))} · ${String(r.test)}` },
              { name: "made_at", title: t("madeAt"), num: true, show: (r) => day(Number(r.made_at)) },
            ]} />}
        </section>
      </div>
      {study ? <One key={study.name} study={study} /> : <Result tested={tested} />}
    </div>
  );
}

const title = (path: string): string => plant.value!.machines.find((m) => m.path === path)?.title || path;

/** Step one: what is measured, by whom, how often. */
function Plan({ tested, done }: { tested: Tested; done: (name: string) => void }) {
  const machines = plant.value!.machines, [at, setAt] = useState(chosen("at") || tested.machines[0]?.machine || machines[0]?.path || ""), [busy, setBusy] = useState(false);
  const tests = tested.machines.find((m) => m.machine === at)?.tests ?? [];
  const plan = async (e: SubmitEvent) => {
    e.preventDefault();
    const said = Object.fromEntries(new FormData(e.currentTarget as HTMLFormElement)) as Record<string, string>;
    setBusy(true);
    try {
      await send("POST", `gauge-studies/${encodeURIComponent(said.name!)}`, { at, test: said.test, parts: said.parts, appraisers: said.appraisers, trials: Number(said.trials), seed: Math.floor(Math.random() * 2 ** 31) });
      toast(t("studyPlanned"));
      done(said.name!);
    } catch (error) { toast((error as Problem).message, { bad: true }); } finally { setBusy(false); }
  };
  return (
    <section class="card"><header><h2>1 · {t("planStudy")}</h2></header>
      <form class="planform" onSubmit={(e) => void plan(e as unknown as SubmitEvent)}>
        <label>{t("studyName")}<input name="name" required pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*" maxLength={60} placeholder="G-12" /></label>
        <label>{t("machine")}<select value={at} onChange={(e) => setAt(e.currentTarget.value)}>{machines.map((m) => <option key={m.path} value={m.path}>{m.title || m.path}</option>)}</select></label>
        <label>{t("test")}<input name="test" required list="gauged-tests" defaultValue={chosen("test") || tests[0]?.name || ""} /><datalist id="gauged-tests">{tests.map((x) => <option key={x.name} value={x.name} />)}</datalist></label>
        <label>{t("appraisers")}<input name="appraisers" required defaultValue="3" title={t("namesHelp")} /></label>
        <label>{t("parts")}<input name="parts" required defaultValue="10" title={t("namesHelp")} /></label>
        <label>{t("trials")}<input name="trials" type="number" required min={2} max={50} defaultValue="3" /></label>
        <p class="soft small">{t("namesHelp")}</p>
        <button class="main" disabled={busy}>{t("makePlan")}</button>
      </form>
    </section>
  );
}

/** Steps two and three of one planned study: the sheet, how far it is, what came out. */
function One({ study }: { study: Study }) {
  const link = (form: string, save: boolean) => address(`gauge-studies/${encodeURIComponent(study.name)}/sheet`, { format: form, lang: lang.value, ...(save ? { save: true } : {}) });
  const [until, setUntil] = useState(now);
  const readings = useGet<{ total: number; rows: { facts: Record<string, string> }[] }>("measured/units", { at: study.machine, since: study.made_at, until, limit: 10_000 });
  const done = readings.data?.rows.filter((r) => r.facts.plan === study.name).length ?? 0;
  return (
    <div class="beside">
      <section class="card"><header><h2>2 · {t("measureIt")}: {study.name}</h2><span class="soft small">{title(study.machine)} · {study.test} · {t("madeBy", { who: study.made_by, when: day(study.made_at) })}</span></header>
        <p>{t("sheetHelp")}</p>
        <p class="bar"><a class="button" href={link("html", false)} target="_blank" rel="noopener">{t("printSheet")}</a><a class="button" href={link("pdf", true)} download="">PDF</a><a class="button" href={link("xlsx", true)} download="">Excel</a>
          <button class="quiet" onClick={() => setUntil(now())}>{t("readingsIn", { n: number(done) })} ↻</button><span class="grow" /><button class="quiet" onClick={() => choose({ study: undefined })}>✕</button></p>
      </section>
      {done > 0 ? <Answers at={study.machine} test={study.test} plan={study.name} span={{ since: study.made_at, until }} /> : <section class="card"><header><h2>3 · {t("whatItDoes")}</h2></header><p class="soft">{t("noReadings")}</p></section>}
    </div>
  );
}

/** Without a plan: readings that came in otherwise. */
function Result({ tested }: { tested: Tested }) {
  const at = chosen("at"), test = chosen("test"), of = tested.machines.find((m) => m.machine === at);
  if (!of || !test) return <section class="card"><h2>3 · {t("whatItDoes")}</h2><p class="soft">{t("pickGauge")}</p></section>;
  return <div class="beside"><Answers at={at} test={test} plan="" /></div>;
}

function Answers({ at, test, plan, span }: { at: string; test: string; plan: string; span?: { since: number; until: number } }) {
  const kind = KINDS.find(([name]) => name === chosen("kind"))?.[0] ?? "gauge-rr";
  const { data, problem, loading } = useGet<Answered<GaugeRr>>(`studies/${kind}`, { at, ...(span ?? period()), test, plan });
  const documents = address("reports/dossier", { about: "msa", at, ...(span ? { since: span.since } : period()), tests: test, plan, format: "pdf", save: true, lang: lang.value });
  return (<>
    <section class="card"><header><h2>3 · {t("whatItDoes")}</h2><span class="grow" /><a class="button" href={documents} download="">{t("msaReport")}</a></header>
      <div class="scroll"><div class="tabs" role="tablist">{KINDS.map(([name, word]) => <button key={name} role="tab" aria-selected={kind === name} onClick={() => choose({ kind: name === "gauge-rr" ? undefined : name })}>{t(word)}</button>)}</div></div>
      <p class="soft small"><a href={`/studies/${kind}?${new URLSearchParams({ at, test, ...(plan ? { plan } : {}), ...Object.fromEntries([...here.value.searchParams].filter(([n]) => ["last", "since", "until"].includes(n))) })}`}>{t("askWith")}</a></p></section>
    <div class="shown" aria-busy={loading}>
      {problem ? <section class="card sorry" role="alert"><p>{problem.message}</p></section> : data && <>
        {kind === "gauge-rr" && data.answer && <section class="card"><Picture picture={byPart(data.answer)} /></section>}
        <AnswerShown answer={data} />
      </>}
    </div>
  </>);
}

/** The mean of each part by each appraiser: lines that lie on each other say that people agree. */
function byPart(a: GaugeRr): Pictured {
  const parts = [...new Set(a.cells.map((c) => c.part))];
  return { kind: "lines", title: t("byPart"), subtitle: parts.length <= 24 ? `${t("parts")}: ${parts.join(", ")}` : "", columns: ["series", "x", "y"], rows: a.cells.map((c) => [c.appraiser, parts.indexOf(c.part) + 1, c.mean]), unit: "", x: t("parts"), y: a.test, marks: [], words: {}, colors: {} };
}

