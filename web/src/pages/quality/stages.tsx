/** In which stretches which limits hold, frozen by whom; and which rules look at them. */
import { useState } from "preact/hooks";
import type { ControlChart, Stage } from "../../draw/charted";
import { say as toast } from "../../frame/toast";
import { type Problem, send } from "../../lib/api";
import { dayClock, figure, iso } from "../../lib/format";
import { may } from "../../lib/plant";
import { chosen } from "../../lib/router";
import { t } from "./words";

interface Given { at: string; test: string; chart: ControlChart; say: (text: string) => string; unit: string; again: () => void }

export function Stages({ at, test, chart, say, unit, again }: Given) {
  const [freezing, setFreezing] = useState<Stage>();
  return (
    <section class="card"><header><h2>{t("stage")}</h2><span class="soft small">{unit}</span></header>
      <div class="scroll"><table class="rows">
        <thead><tr><th>{t("stage")}</th><th>{t("time")}</th><th class="num">{t("lower")}</th><th class="num">{t("center")}</th><th class="num">{t("upper")}</th><th class="num">{t("sigma")}</th><th>{t("from")}</th><th /></tr></thead>
        <tbody>{chart.stages.map((s) => (
          <tr key={`${s.stage} ${s.since}`}><td>{say(s.stage)}</td><td class="num small">{dayClock(s.since)} –<br />{dayClock(s.until)}</td>
            <td class="num">{figure(s.lower, 6)}</td><td class="num">{figure(s.center, 6)}</td><td class="num">{figure(s.upper, 6)}</td><td class="num">{figure(s.sigma, 4)}</td>
            <td class="origin"><b>{s.limits === "data" || s.limits === "frozen" || s.limits === "given" ? t(s.limits) : say(s.limits)}</b> <span class="soft small">{s.limits === "frozen" && s.frozen ? t("by", { who: s.who, when: dayClock(s.frozen) }) : <>{t("used", { used: s.used, points: s.points })} · {say(s.basis)}</>}</span></td>
            <td>{may("engineer") && (s.limits === "frozen" ? <Release at={at} test={test} chart={chart} again={again} /> : <button onClick={() => setFreezing(s)}>{t("freeze")}</button>)}</td></tr>
        ))}</tbody>
      </table></div>
      {freezing && <Freeze at={at} test={test} chart={chart} stage={freezing} done={() => { setFreezing(undefined); again(); }} close={() => setFreezing(undefined)} />}
    </section>
  );
}

async function acts(name: string, args: Record<string, unknown>, done: string): Promise<boolean> {
  try {
    await send("POST", `acts/${name}`, args);
    toast(done);
    return true;
  } catch (error) {
    toast((error as Problem).message, { bad: true });
    return false;
  }
}

function Release({ at, test, chart, again }: { at: string; test: string; chart: ControlChart; again: () => void }) {
  return <button onClick={() => void acts("release_limits", { machine: at, test, chart: chart.chart, product: chosen("product") }, t("releaseDone")).then((ok) => ok && again())}>{t("release")}</button>;
}

function Freeze({ at, test, chart, stage, done, close }: { at: string; test: string; chart: ControlChart; stage: Stage; done: () => void; close: () => void }) {
  const [why, setWhy] = useState(""), [back, setBack] = useState(false);
  const freeze = async (e: Event) => {
    e.preventDefault();
    if (await acts("freeze_limits", { machine: at, test, chart: chart.chart, center: stage.center, sigma: stage.sigma, ...(stage.second === null ? {} : { second: stage.second }), product: chosen("product"), ...(back ? { since: iso(stage.since) } : {}), why }, t("freezeDone"))) done();
  };
  return (
    <form class="bar freeze" onSubmit={(e) => void freeze(e)}>
      <label class="grow">{t("freezeWhy")}<input required value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
      <label class="inline small"><input type="checkbox" checked={back} onChange={(e) => setBack(e.currentTarget.checked)} />{t("freezeBack", { at: dayClock(stage.since) })}</label>
      <span class="num">{figure(stage.lower, 6)} · <b>{figure(stage.center, 6)}</b> · {figure(stage.upper, 6)}</span>
      <button class="main">{t("ok")}</button><button type="button" class="quiet" onClick={close}>{t("cancel")}</button>
    </form>
  );
}

export function RulesCard({ chart, say }: { chart: ControlChart; say: (text: string) => string }) {
  return (
    <section class="card"><header><h2>{t("rules")}</h2></header>
      <table class="rows"><thead><tr><th>{t("rule")}</th><th>{t("meaning")}</th><th class="num">{t("hits")}</th></tr></thead>
        <tbody>{chart.rules.map((r) => <tr key={r.rule}><td><b>{r.rule}</b></td><td>{say(r.meaning)}</td><td class={`num ${r.points ? "bad" : "soft"}`}>{r.points}</td></tr>)}</tbody></table>
    </section>
  );
}
