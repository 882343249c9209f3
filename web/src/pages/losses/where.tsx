/** The waterfall: calendar time, shift time, planned time, each class of loss, productive time. */
import { Cascade, type Step } from "../../draw/cascade";
import { ink, lossColor, lossWord } from "../../draw/paint";
import { number, percent } from "../../lib/format";
import { theme } from "../../lib/plant";
import { hours, written, type Losses, type Measure } from "./asked";
import { relative } from "./headline";
import { t } from "./words";

interface Props { now: Losses | undefined; then: Losses | undefined; chosen: string; picked: (loss: string) => void; m: Measure }

export function Where({ now, then, chosen, picked, m }: Props) {
  theme.value;
  const steps = now?.figures.planned_operation ? stepsOf(now, then, m) : [];
  return (
    <section class="card where">
      <header>
        <h2>{t("whereTitle")}</h2>
        <span class="grow" />
        {now && <span class="soft small">{t("shifts", { n: now.shifts })}{now.running ? ` · ${t("running", { n: now.running })}` : ""} · {t("coverage")} {percent(now.figures.coverage)}</span>}
      </header>
      {now && !steps.length ? <p class="soft">{t("none")}</p> : <Cascade steps={steps} picked={picked} chosen={chosen} label={t("whereTitle")} />}
      {now?.figures.good != null && <p class="outcome"><b>{t("good", { n: number(now.figures.good) })}</b>{now.figures.made != null && <span class="soft"> {t("ofMade", { n: number(now.figures.made) })}</span>}</p>}
      <p class="soft small">{(now?.figures.effectiveness ?? 0) > 1 ? t("over") : t("pick")}</p>
    </section>
  );
}

function stepsOf(now: Losses, then: Losses | undefined, m: Measure): Step[] {
  const f = now.figures, operation = f.planned_operation!, busy = f.planned_busy ?? 0;
  const rows = now.tables.loss ?? [], before = new Map(then?.tables.loss?.map((r) => [r.loss as string, r]));
  const share = (v: number) => percent(busy ? v / busy : null);
  const wholes: Step[] = [];
  if (f.calendar !== null && f.calendar > operation) {
    wholes.push(whole("calendar", t("calendar"), f.calendar), { key: "unscheduled", name: t("unscheduled"), amount: f.calendar - operation, fill: lossColor("unscheduled"), whole: false, figures: [hours(f.calendar - operation)] });
  }
  wholes.push(whole("operation", t("operation"), operation), { key: "planned_down", name: t("plannedDown"), amount: f.planned_down ?? 0, fill: lossColor("planned_down"), figures: [hours(f.planned_down ?? 0)] });
  wholes.push({ ...whole("busy", t("plannedBusy"), busy), figures: [hours(busy), percent(busy ? 1 : null, 0)] });
  const losses = rows.filter((r) => r.loss !== "productive").map((r): Step => {
    const was = before.get(String(r.loss));
    return {
      key: String(r.loss), name: r.micros < 0 ? `${lossWord(String(r.loss))} (${t("gain")})` : lossWord(String(r.loss)), amount: r.micros, fill: lossColor(String(r.loss)), opens: true,
      figures: [written(r[m], m, now.currency), m === "micros" ? share(r.micros) : ""],
      ...(then ? { delta: relative(r[m] as number | null, (was?.[m] as number | null | undefined) ?? null) || "–", worse: (r[m] as number) > ((was?.[m] as number) ?? 0) } : {}),
    };
  });
  const productive = rows.find((r) => r.loss === "productive");
  const end: Step = { ...whole("productive", t("productive"), productive?.micros ?? 0), fill: lossColor("productive"), figures: [hours(productive?.micros ?? 0), share(productive?.micros ?? 0)] };
  return [...wholes, ...losses, end];
}

const whole = (key: string, name: string, amount: number): Step => ({ key, name, amount, fill: ink("soft"), whole: true, figures: [hours(amount)] });
