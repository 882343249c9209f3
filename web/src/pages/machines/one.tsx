/** One machine: its state now, the explorer of its time, and its counts, cycles, alarms, orders, parameters. */
import { useEffect, useMemo } from "preact/hooks";
import { dayClock, length, number, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import { now, tiles } from "../../lib/live";
import { Period, Place, span, type Last } from "../../lib/period";
import { choose, chosen, go, here } from "../../lib/router";
import { plant, type MachineOnPaper } from "../../lib/plant";
import { Sorry } from "../../frame/app";
import { stateColor, stateWord } from "../../draw/paint";
import type { States } from "../../draw/states";
import { makeView } from "../../draw/view";
import { path, useLosses } from "../losses/asked";
import { Counts, Cycles, AlarmList, OrderList, Parameters, Lost } from "./below";
import { Explorer } from "./explorer";
import { t } from "./words";

const PERIODS: Last[] = ["this shift", "shift", "today", "yesterday", "8 h", "24 h", "this week", "week", "7 d", "30 d"];
const TABS = ["counts", "losses", "cycles", "alarmList", "orderList", "parameters"] as const;

export function One({ machine }: { machine: MachineOnPaper }) {
  const at = machine.path, asked = span("24 h"), base = useGet<States>("states", { at, ...asked });
  const losses = useLosses({ at, ...asked }, ["day,shift", "loss"]);
  const since = base.data?.since ?? 0, until = base.data?.until ?? 1e6;
  const view = useMemo(() => makeView(since, until), [since, until]);
  const whole = useMemo(() => (base.data ? { since, until } : undefined), [since, until, base.data]);
  const around = losses.data ?? (whole && { ...whole, before: { since: 2 * since - until, until: since }, after: { since: until, until: 2 * until - since } });
  const tab = TABS.find((x) => x === chosen("tab")) ?? "counts";

  useEffect(() => {
    const isLive = !asked.since && /^(\d+ [hd]|this .*|today)$/.test(asked.last ?? "");
    const timer = isLive ? setInterval(() => { const [a, b] = view.window(); if (Math.abs(a - since) + Math.abs(b - until) < 1e6 && !document.hidden) base.again(); }, 60_000) : undefined;
    return () => clearInterval(timer);
  }, [view, asked.last]);

  if (base.problem && !base.data) return <Sorry problem={base.problem} again={base.again} />;
  const other = (place: string) => go(plant.value!.machines.some((m) => m.path === place) ? `/machines/${place}${here.value.search.replace(/([?&])(s|find)=[^&]*/g, "$1")}` : `/machines?at=${place}`);
  return (
    <main class="page machine" aria-busy={base.loading}>
      <Head machine={machine} />
      <section class="bar"><Place at={at} set={other} /><Period otherwise="24 h" periods={PERIODS} around={around} /></section>
      <Explorer key={at} machine={machine} states={base.data} view={view} whole={whole} />
      <section class="card below">
        <div class="tabs scroll" role="tablist">{TABS.map((x) => <button key={x} role="tab" aria-selected={tab === x} onClick={() => choose({ tab: x === "counts" ? undefined : x })}>{t(x)}</button>)}</div>
        <div role="tabpanel" aria-label={t(tab)} class="under">
          {tab === "counts" && <Counts losses={losses.data} />}
          {tab === "losses" && <Lost losses={losses.data} href={`/losses${path("", { at, ...asked })}`} />}
          {tab === "cycles" && <Cycles q={{ at, ...asked }} />}
          {tab === "alarmList" && <AlarmList q={{ at, ...asked }} />}
          {tab === "orderList" && <OrderList q={{ at, ...asked }} />}
          {tab === "parameters" && <Parameters machine={machine} />}
        </div>
      </section>
    </main>
  );
}

function Head({ machine }: { machine: MachineOnPaper }) {
  const tile = tiles.value.find((x) => x.machine === machine.path), state = tile?.state ?? "unknown";
  return (
    <section class="card head">
      <div><a class="soft small" href="/machines">{t("all")}</a><h1>{machine.title || machine.path}</h1>{machine.class && <span class="soft small">{machine.class}</span>}</div>
      <div class="nowstate"><i class="dot" style={{ background: stateColor(state) }} aria-hidden="true" /> <b>{stateWord(state)}</b>{tile?.since ? <span class="soft small">{t("since", { at: dayClock(tile.since) })} · {length(now() - tile.since)}</span> : null}</div>
      <Fact name={t("order")} value={tile?.order || "–"} /><Fact name={t("product")} value={tile?.product || "–"} />
      <Fact name={t("good")} value={tile?.good == null ? "–" : `${number(tile.good)}${tile.target ? ` / ${number(tile.target)}` : ""}`} />
      <Fact name={t("oee")} value={percent(tile?.oee)} /><Fact name={t("availability")} value={percent(tile?.availability)} /><Fact name={t("effectiveness")} value={percent(tile?.effectiveness)} /><Fact name={t("quality")} value={percent(tile?.quality)} /><Fact name={t("coverage")} value={percent(tile?.coverage)} />
    </section>
  );
}

const Fact = ({ name, value }: { name: string; value: string }) => <div class="fact"><span class="soft small">{name}</span><b class="num">{value}</b></div>;
