/** The operator's page: a tablet at the machine, one hand, gloves. What wants a word comes up by itself. */
import { useEffect, useState } from "preact/hooks";
import { calls, now, tiles } from "../../lib/live";
import { useGet } from "../../lib/load";
import { plant, type Reason } from "../../lib/plant";
import { chosen, choose } from "../../lib/router";
import { say } from "../../frame/toast";
import { number } from "../../lib/format";
import { Ask } from "./ask";
import { Call, kindOf, type Standing } from "./call";
import { Dialog } from "./dialog";
import { Kept } from "./kept";
import { List } from "./list";
import { Chooser, Tabs } from "./machines";
import { Order } from "./order";
import { enqueue, takeBack, type Meant } from "./queue";
import { Reasons, textOf, tree } from "./reasons";
import { Scrap } from "./scrap";
import { Split } from "./split";
import { given, iso, restored, useStops, wanting, type Stop } from "./stops";
import { Note, Unseen } from "./note";
import { shell } from "./shell";
import { t } from "./words";
import "./operator.css";

const KEPT = "operator machines", UNDO = 5000;
const remembered = (): string[] => (chosen("at") || localStorage.getItem(KEPT) || "").split(",").filter(Boolean);
type Doing = "scrap" | "order" | "call" | "note" | "unseen" | { stop: Stop; split?: boolean };

export default function Page() {
  const [mine, setMine] = useState(remembered);
  const [changing, setChanging] = useState(false);
  const known = mine.filter((p) => plant.value?.machines.some((m) => m.path === p));
  const reasons = useGet<Reason[]>("reasons").data;
  useEffect(() => void shell(), []);
  useEffect(() => { if (reasons) tree.value = reasons; }, [reasons]);
  const done = (machines: string[]) => {
    localStorage.setItem(KEPT, machines.join());
    choose({ at: machines.join() });
    setMine(machines);
    setChanging(false);
  };
  if (changing || !known.length) return <main class="page operator"><Chooser chosen={known} done={done} /></main>;
  return <Desk key={known.join()} machines={known} change={() => setChanging(true)} />;
}

function Desk({ machines, change }: { machines: string[]; change: () => void }) {
  const { told, stops } = useStops(machines);
  const [active, setActive] = useState(machines[0]!);
  const [doing, setDoing] = useState<Doing>();
  const [put, setPut] = useState<string[]>([]);
  const want = wanting(stops), asked = [...want.filter((s) => !put.includes(keyOf(s))), ...want.filter((s) => put.includes(keyOf(s)))];
  const first = asked.find((s) => s.machine === active) ?? asked[0];
  const wants = Object.fromEntries(machines.map((m) => [m, want.filter((s) => s.machine === m).length]));
  useEffect(() => { if (first && first.machine !== active && !doing && !wants[active]) setActive(first.machine); }, [first?.machine]);
  const titled = (path: string) => plant.value?.machines.find((m) => m.path === path)?.title || path.split("/").pop()!;
  const title = titled(active), tile = tiles.value.find((x) => x.machine === active);
  const recent = told?.recent[active] ?? { stops: [], scrap: [] };
  const standing = calls.value as unknown as Standing[];
  const close = () => setDoing(undefined);
  const done = (acts: Meant[], hold = 0) => { close(); return meant(acts, hold); };
  const gave = (stop: Stop, code: string) => {
    const label = code ? t("gave", { machine: titled(stop.machine), reason: textOf(code) }) : t("took", { machine: titled(stop.machine) });
    done(given(stop, code, label)).then((ids) => undoable(label, ids, restored(stop, label)));
  };
  const split = (stop: Stop, at: number, code: string) => {
    const label = t("splitDone", { machine: titled(stop.machine), reason: textOf(code) });
    const second = { ...stop, since: at, pieces: stop.pieces.filter((p) => p[1] > at || p === stop.pieces[stop.pieces.length - 1]).map((p, i): Stop["pieces"][number] => (i ? p : [Math.max(p[0], at), p[1], p[2], p[3]])) };
    const acts = second.pieces.length > 1 ? given(second, code, label) : [{ act: "split_stop", args: { machine: stop.machine, at: iso(at), after: code }, label, shows: { machine: stop.machine, since: at, until: stop.ongoing ? null : stop.until, reason: code } }];
    done(acts).then((ids) => undoable(label, ids, restored(second, label)));
  };
  const merge = (several: Stop[], code: string) => {
    const sorted = [...several].sort((a, b) => a.since - b.since), last = sorted[sorted.length - 1]!, machine = last.machine;
    const label = t("joined", { n: several.length, reason: textOf(code) });
    const until = last.ongoing ? last.pieces[last.pieces.length - 1]![0] : last.until;
    const acts: Meant[] = [{ act: "merge_stops", args: { machine, stops: `${iso(sorted[0]!.since)}/${iso(until)}`, code }, label, shows: { machine, since: sorted[0]!.since, until, reason: code } }];
    if (last.ongoing) acts.push(given(last, code, label).pop()!);
    const before = stops.filter((s) => s.machine === machine && s.since >= sorted[0]!.since && s.since <= last.since);
    done(acts).then((ids) => undoable(label, ids, before.flatMap((s) => restored(s, label))));
  };
  /** What cannot be taken back once it is done is not sent for as long as "Undo" is offered. */
  const held = (act: Meant) => done([act], UNDO).then((ids) => undoable(act.label, ids, []));
  const at = () => iso(now());
  return (
    <main class="page operator">
      <Tabs machines={machines} active={active} wants={wants} called={standing.map((c) => c.machine)} choose={setActive} change={change} />
      <Kept />
      {first
        ? <Ask stop={first} lately={told?.recent[first.machine]?.stops ?? []} left={want.length - 1} gave={(code) => gave(first, code)} split={() => setDoing({ stop: first, split: true })}
            later={want.length > 1 ? () => setPut((p) => [...p.filter((k) => k !== keyOf(first)), keyOf(first)]) : undefined} />
        : <section class="card calm" aria-live="polite">{told ? <><h2>✓ {t("calm")}</h2><p class="soft">{t("calmMore")}</p></> : <p aria-busy="true" />}</section>}
      <List stops={stops.filter((s) => s.machine === active)} several={false} lately={recent.stops} open={(stop) => setDoing({ stop })} merge={merge} />
      <div class="deeds" role="toolbar">
        <button class="cord" onClick={() => setDoing("call")}><span aria-hidden="true">🔔</span>{t("call")}</button>
        <button onClick={() => setDoing("scrap")}><span aria-hidden="true">✕</span>{t("scrap")}</button>
        <button onClick={() => setDoing("order")}><span aria-hidden="true">▤</span>{t("order")}{tile?.order && <small class="soft">{tile.order}</small>}</button>
        <button onClick={() => setDoing("note")}><span aria-hidden="true">✎</span>{t("note")}</button>
        <Unseen open={() => setDoing("unseen")} />
      </div>
      {doing === "scrap" && <Scrap title={title} lately={recent.scrap} close={close} booked={(quantity, code) =>
        void held({ act: "scrap", args: { machine: active, quantity, code, at: at() }, label: t("scrapped", { machine: title, n: number(quantity, quantity % 1 ? 1 : 0), reason: code ? textOf(code) : t("noReason") }) })} />}
      {doing === "order" && <Order title={title} machine={active} tile={tile} close={close}
        start={(o) => void held({ act: "start_order", args: { machine: active, ...o, at: at() }, label: t("started", { machine: title, order: o.order }) })}
        finish={(order) => void held({ act: "finish_order", args: { machine: active, order, at: at() }, label: t("finished", { machine: title, order }) })} />}
      {doing === "call" && <Call title={title} standing={standing.filter((c) => c.machine === active)} close={close}
        call={(kind, text) => void done([{ act: "call", args: { machine: active, kind, at: at(), ...(text && { text }) }, label: t("called", { machine: title, kind: kindOf(kind) }) }]).then(() => say(t("called", { machine: title, kind: kindOf(kind) })))}
        end={(kind) => void done([{ act: "end_call", args: { machine: active, kind }, label: t("ended", { machine: title }) }])} />}
      {doing === "note" && <Note title={title} close={close} keep={(text) => void done([{ act: "note", args: { machine: active, text, about: at() }, label: t("noted", { machine: title }) }]).then(() => say(t("noted", { machine: title })))} />}
      {doing === "unseen" && <Unseen.Dialog close={close} lately={recent.stops} gave={(moment, code) => {
        const label = t("gave", { machine: title, reason: textOf(code) });
        void done([{ act: "reason", args: { machine: active, stop: iso(moment), code }, label }]).then((ids) => undoable(label, ids, []));
      }} />}
      {typeof doing === "object" && doing.split && <Split stop={doing.stop} lately={recent.stops} close={close} split={(moment, code) => split(doing.stop, moment, code)} />}
      {typeof doing === "object" && !doing.split && (
        <Dialog title={t("reasonFor", { machine: titled(doing.stop.machine) })} close={close}>
          <Reasons lately={recent.stops} except={doing.stop.reason} none={t("none")} taken={(code) => gave(doing.stop, code)} />
          <footer class="bar"><button onClick={() => setDoing({ stop: doing.stop, split: true })}>✂ {t("split")}</button></footer>
        </Dialog>
      )}
    </main>
  );
}

const keyOf = (s: Stop): string => `${s.machine} ${s.since}`;
const meant = (acts: Meant[], hold: number): Promise<string[]> => enqueue(acts, hold);

/** Offer to take back: what is still here is thrown away; for what the plant has, the opposite is done. */
function undoable(label: string, ids: string[], opposite: Meant[]): void {
  say(label, {
    label: t("undo"),
    undo: () => void takeBack(ids).then((n) => (n < ids.length && opposite.length ? enqueue(opposite.map((o) => ({ ...o, label: `${t("undone")}: ${label}` }))) : undefined)).then(() => say(t("undone"))),
  });
}
