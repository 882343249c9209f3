/** The explorer of a machine's time: lanes of what held, curves of what was measured, one view for all. */
import { effect } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { get, Problem } from "../../lib/api";
import { useGet } from "../../lib/load";
import { now } from "../../lib/live";
import { choose, chosen } from "../../lib/router";
import { plant, theme, type MachineOnPaper } from "../../lib/plant";
import { flat, folded, joined, type Stretch } from "../../draw/fold";
import { ink, stateColor, stateWord, useWidth } from "../../draw/paint";
import type { States } from "../../draw/states";
import { Timeline } from "../../draw/timeline";
import { TrendPanes } from "../../draw/trend";
import type { Trend } from "../../draw/lines";
import { zoom, type View } from "../../draw/view";
import { bandsOf, laneOf, type Found, type SpellRow } from "./lanes";
import { Compared, type Pair } from "./compared";
import { NoteForm } from "./notes";
import { Finder } from "./finder";
import { t } from "./words";

const TELLING = ["power", "temperature", "speed", "torque", "pressure", "vibration", "current", "flow", "level", "cycle_time"];
const DRAWN = ["number", "integer", "count", "boolean"];
const MOST = 8, LEFT = 58, RIGHT = 8;
type Mode = "zoom" | "note" | "compare";

export function Explorer({ machine, states, view, whole }: { machine: MachineOnPaper; states: States | undefined; view: View; whole: { since: number; until: number } | undefined }) {
  const [ref, width] = useWidth<HTMLDivElement>(), [mode, setMode] = useState<Mode>("zoom"), [noting, setNoting] = useState<Stretch | null>(null);
  const [pair, setPair] = useState<Pair>({}), [overlay, setOverlay] = useState(false), [hits, setHits] = useState<Found>();
  const limits = useMemo(() => Object.fromEntries(plant.value!.machines.flatMap((m) => m.signals.map((s) => [s.path, s.limits]))), [plant.value]);
  const signals = useSignals(machine), range = useLoaded(view, whole), at = machine.path;
  const wide = useGet<States>(range ? "states" : null, { at, ...(range ?? {}) });
  const spells = (kind: string) => useGet<SpellRow[]>(range || whole ? "spells" : null, { kind, at, ...(range ?? whole ?? {}) });
  const orders = spells("order"), alarms = spells("alarm"), notes = spells("note"), shifts = spells("shift");
  const open = useMemo<Stretch[]>(() => joined((shifts.data ?? []).map((r) => [r.since, r.until ?? now()])), [shifts.data]);
  const isFolded = chosen("fold") === "1" && open.length > 0;
  useEffect(() => { view.refold(isFolded ? folded(open) : flat); }, [isFolded, open, view]);
  const trend = useTrend(whole ? signals : [], view, width - LEFT - RIGHT, pair.a && pair.b && overlay ? pair : undefined);
  const shownStates = wide.data ?? states, behind = chosen("behind", "states");
  const lanes = useMemo(() => laneOf({ states: shownStates?.machines[0]?.spells ?? [], orders: orders.data, alarms: alarms.data, notes: notes.data, shifts: shifts.data, hits }), [shownStates, orders.data, alarms.data, notes.data, shifts.data, hits, theme.value, t("state")]);
  const marked = useMemo(() => [pair.a && { since: pair.a[0], until: pair.a[1], fill: ink("accent") + "33" }, pair.b && { since: pair.b[0], until: pair.b[1], fill: ink("warn") + "33" }].filter((x) => !!x), [pair, theme.value]);
  const bands = useMemo(() => [...bandsOf(behind, lanes), ...marked, ...(hits?.rows ?? []).map((h) => ({ since: h.since, until: h.until, fill: ink("warn") + "26" })), ...(notes.data ?? []).map((n) => ({ since: n.since, until: n.until ?? n.since, fill: ink("accent") + "66" }))], [behind, lanes, marked, hits, notes.data]);

  const brushed = (low: number, high: number) => {
    const stretch: Stretch = [Math.round(view.fold.value.from(low)), Math.round(view.fold.value.from(high))];
    if (mode === "note") setNoting(stretch);
    else setPair((p) => (p.a && !p.b ? { ...p, b: stretch } : { a: stretch }));
  };
  const selected = mode === "zoom" ? undefined : brushed;
  const clicked = (x: number) => { if (mode === "note") { const when = Math.round(view.fold.value.from(x)); setNoting([when, when]); } };
  const csv = `/api/samples?${signals.map((s) => `signal=${encodeURIComponent(s)}`).join("&")}&since=${Math.floor(view.window()[0])}&until=${Math.ceil(view.window()[1])}&format=csv`;
  return (
    <section class="card explorer">
      <div class="bar tools2">
        <Add machine={machine} signals={signals} />
        <label class="inline small">{t("behind")}<select value={behind} onChange={(e) => choose({ behind: e.currentTarget.value === "states" ? undefined : e.currentTarget.value })}>
          <option value="states">{t("states")}</option><option value="orders">{t("orders")}</option><option value="alarms">{t("alarms")}</option><option value="shifts">{t("shifts")}</option><option value="nothing">{t("nothing")}</option></select></label>
        <label class="inline small"><input type="checkbox" checked={isFolded} disabled={!open.length} onChange={(e) => choose({ fold: e.currentTarget.checked ? "1" : undefined })} />{t("fold")}</label>
        <span class="soft small">{t("mode")}</span><span class="tabs" role="group" aria-label={t("mode")}>{(["zoom", "note", "compare"] as Mode[]).map((x) => <button key={x} aria-pressed={mode === x} onClick={() => setMode(x)}>{t(x)}</button>)}</span>
        <span class="grow" />
        <span class="tabs"><button aria-label={t("wider")} title={t("wider")} onClick={() => zoom(view, 1 / 0.6)}>−</button><button onClick={view.reset}>{t("reset")}</button><button aria-label={t("closer")} title={t("closer")} onClick={() => zoom(view, 0.6)}>+</button></span>
      </div>
      <Finder at={at} whole={whole} found={setHits} show={(since, until) => { const pad = Math.max((until - since) * 2, 120e6); view.show(view.fold.value.to(since - pad), view.fold.value.to(until + pad)); }} />
      {mode === "compare" && !pair.b && <p class="soft small">{t("compareHint")}</p>}
      <div ref={ref} class="stage" data-mode={mode}>
        <Timeline lanes={lanes} view={view} left={LEFT} right={RIGHT} lane={26} axis={!signals.length} label={machine.path} marked={marked} selected={selected} picked={(box) => { if (mode === "zoom") { const pad = (box.until - box.since) * 0.5 + 60e6; view.show(view.fold.value.to(box.since - pad), view.fold.value.to(Math.min(box.until, now()) + pad)); } }} />
        {signals.length === 0 ? <p class="soft">{t("noSignals")}</p> : (
          <div style={{ minHeight: trend.now ? "0" : `${signals.length * 160}px` }} aria-busy={trend.busy}>
            <TrendPanes trend={trend.now} over={trend.over} view={view} bands={bands} left={LEFT} right={RIGHT} now={now} label={machine.path} selected={selected} clicked={clicked} unheard={t("unheard")} of={at} limits={limits}
              remove={(s) => choose({ s: signals.filter((x) => x !== s).join(",") || "none" })} />
          </div>
        )}
        {trend.problem && <p class="bad" role="alert">{trend.problem.message}</p>}
      </div>
      <div class="bar"><span class="legend small">{[...new Set(shownStates?.machines[0]?.spells.map((s) => s[2]))].map((s) => <span key={s}><i class="dot" style={{ background: stateColor(s) }} /> {stateWord(s)}</span>)}</span><span class="grow" /><a class="small" href={csv} download>{t("csv")}</a></div>
      <p class="soft small">{t("hint")}</p>
      {pair.a && pair.b && <Compared pair={pair} signals={signals} overlay={overlay} setOverlay={(on) => { setOverlay(on); if (on) view.show(view.fold.value.to(pair.a![0]), view.fold.value.to(pair.a![1])); }} close={() => { setPair({}); setOverlay(false); }} swap={() => setPair({ a: pair.b!, b: pair.a! })} />}
      {noting && <NoteForm machine={at} about={noting} close={(saved) => { setNoting(null); if (saved) notes.again(); }} />}
    </section>
  );
}

/** The signals in the address; the most telling ones of the machine by default. */
function useSignals(machine: MachineOnPaper): string[] {
  const said = chosen("s"), known = new Set(plant.value!.machines.flatMap((m) => m.signals.filter((s) => DRAWN.includes(s.kind)).map((s) => s.path)));
  return useMemo(() => {
    if (said === "none") return [];
    if (said) return said.split(",").filter((s) => known.has(s)).slice(0, MOST);
    const own = machine.signals.filter((s) => s.kind === "number"), telling = own.filter((s) => TELLING.includes(s.role)).sort((a, b) => TELLING.indexOf(a.role) - TELLING.indexOf(b.role));
    return (telling.length ? telling : own).slice(0, 3).map((s) => s.path);
  }, [said, machine.path]);
}

/** The stretch that lanes have to be read for: as the view leaves the whole, what is around the view. */
function useLoaded(view: View, whole: { since: number; until: number } | undefined): { since: number; until: number } | null {
  const [range, setRange] = useState<{ since: number; until: number } | null>(null);
  useEffect(() => { setRange(null); }, [whole]);
  useEffect(() => effect(() => {
    view.shown.value;
    const [since, until] = view.window(), have = range ?? whole, room = until - since;
    if (!have || (since >= have.since - 1e6 && Math.min(until, now()) <= have.until + 60e6)) return;
    const timer = setTimeout(() => setRange({ since: Math.floor(since - room), until: Math.ceil(until + room) }), 150);
    return () => clearTimeout(timer);
  }), [view, whole, range]);
  return range;
}

interface Trends { now: Trend | undefined; over: { trend: Trend; shift: number; text: string } | undefined; problem: Problem | undefined; busy: boolean }

/** The curves of what is shown: read anew while the view moves, what is out of date is aborted. */
function useTrend(signals: string[], view: View, width: number, pair: Pair | undefined): Trends {
  const [found, setFound] = useState<Trends>({ now: undefined, over: undefined, problem: undefined, busy: false }), key = signals.join();
  useEffect(() => {
    if (!signals.length || width < 50) return undefined;
    let abort = new AbortController(), timer: ReturnType<typeof setTimeout> | undefined, last = 0;
    const load = async () => {
      abort.abort();
      abort = new AbortController();
      last = performance.now();
      const [since, until] = view.window().map(Math.floor) as [number, number], [low, high] = view.shown.value;
      const pixels = Math.min(4000, Math.max(50, Math.round((width * (until - since)) / 1e6 / Math.max(1e-3, high - low))));
      setFound((f) => ({ ...f, busy: true }));
      try {
        const shift = pair ? pair.a![0] - pair.b![0] : 0;
        const [mine, other] = await Promise.all([
          get<Trend>("trend", { signal: signals, since, until, pixels }, abort.signal),
          pair ? get<Trend>("trend", { signal: signals, since: since - shift, until: until - shift, pixels }, abort.signal) : undefined,
        ]);
        setFound({ now: mine, over: other && { trend: other, shift, text: t("over") }, problem: undefined, busy: false });
      } catch (error) { if ((error as Error).name !== "AbortError") setFound((f) => ({ ...f, problem: error as Problem, busy: false })); }
    };
    const stop = effect(() => {
      view.shown.value; view.fold.value;
      clearTimeout(timer);
      timer = setTimeout(() => void load(), performance.now() - last > 250 ? 0 : 60);
    });
    return () => { stop(); clearTimeout(timer); abort.abort(); };
  }, [key, view, width, pair]);
  return found;
}

function Add({ machine, signals }: { machine: MachineOnPaper; signals: string[] }) {
  const others = plant.value!.machines.filter((m) => m.path !== machine.path && m.line === machine.line);
  return (
    <select aria-label={t("add")} value="" disabled={signals.length >= MOST} title={signals.length >= MOST ? t("exceeded") : t("add")} onChange={(e) => { choose({ s: [...signals, e.currentTarget.value].join(",") }); e.currentTarget.value = ""; }}>
      <option value="">{t("add")}</option>
      {[machine, ...others].map((m) => <optgroup key={m.path} label={m.title || m.path}>{m.signals.filter((s) => DRAWN.includes(s.kind) && !signals.includes(s.path)).map((s) => <option key={s.path} value={s.path}>{s.name}</option>)}</optgroup>)}
    </select>
  );
}
