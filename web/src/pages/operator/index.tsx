/** The operator's page: a tablet at the machine, one hand, gloves. What wants a word comes up by itself. */
import { useEffect, useState } from "preact/hooks";
import { calls, tiles } from "../../lib/live";
import { useGet } from "../../lib/load";
import { plant, type Reason } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import { Ask } from "./ask";
import { Call } from "./call";
import { call, endCall, finishOrder, inspect, merge, note, reason, reasonAt, scrap, split, startOrder, titled } from "./deeds";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { Inspect } from "./inspect";
import { Kept } from "./kept";
import { List } from "./list";
import { Chooser, Tabs } from "./machines";
import { Note, Unseen } from "./note";
import { Order } from "./order";
import { taken } from "./queue";
import { Reasons, tree } from "./reasons";
import { Scrap } from "./scrap";
import { shell } from "./shell";
import { Split } from "./split";
import { useStops, wanting, type Stop } from "./stops";
import { t } from "./words";
import "./operator.css";

const KEPT = "operator machines";
const remembered = (): string[] => (chosen("at") || localStorage.getItem(KEPT) || "").split(",").filter(Boolean);
const keyOf = (s: Stop): string => `${s.machine} ${s.since}`;
type Doing = "scrap" | "order" | "call" | "note" | "inspect" | "unseen" | { stop: Stop; split?: boolean };

export default function Page() {
  const [mine, setMine] = useState(remembered);
  const [changing, setChanging] = useState(false);
  const known = mine.filter((p) => plant.value?.machines.some((m) => m.path === p));
  const reasons = useGet<Reason[]>("reasons").data;
  useEffect(() => void shell().then((kept) => { if (kept) taken.value++; }), []); // so that the worker reads the stops, too
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
  const { told, problem, stops } = useStops(machines);
  const [active, setActive] = useState(machines[0]!);
  const [doing, setDoing] = useState<Doing>();
  const [put, setPut] = useState<string[]>([]);
  const want = wanting(stops), asked = [...want.filter((s) => !put.includes(keyOf(s))), ...want.filter((s) => put.includes(keyOf(s)))];
  const first = asked.find((s) => s.machine === active) ?? asked[0];
  const wants = Object.fromEntries(machines.map((m) => [m, want.filter((s) => s.machine === m).length]));
  useEffect(() => { if (first && first.machine !== active && !doing) setActive(first.machine); }, [first?.machine]);
  const tile = tiles.value.find((x) => x.machine === active);
  return (
    <main class="page operator">
      <Tabs machines={machines} active={active} wants={wants} called={calls.value.map((c) => c.machine)} choose={setActive} change={change} />
      <Kept />
      {first
        ? <Ask stop={first} lately={told?.recent[first.machine]?.stops ?? []} left={want.length - 1} gave={(code) => reason(first, code)} split={() => setDoing({ stop: first, split: true })}
            later={want.length > 1 ? () => setPut((p) => [...p.filter((k) => k !== keyOf(first)), keyOf(first)]) : undefined} />
        : <section class="card calm" aria-live="polite">{told ? <><h2>✓ {t("calm")}</h2><p class="soft">{t("calmMore")}</p></> : <p class="bad">{problem && t("failed", { said: problem })}</p>}</section>}
      <List stops={stops.filter((s) => s.machine === active)} lately={told?.recent[active]?.stops ?? []} open={(stop) => setDoing({ stop })} merge={(several, code) => merge(several, code, stops)} />
      <div class="deeds" role="toolbar" aria-label={titled(active)}>
        <button class="cord" onClick={() => setDoing("call")}><Icon name="bell" />{t("call")}</button>
        <button onClick={() => setDoing("scrap")}><Icon name="bin" />{t("scrap")}</button>
        <button onClick={() => setDoing("inspect")}><Icon name="gauge" />{t("inspect")}</button>
        <button onClick={() => setDoing("order")}><Icon name="order" />{t("order")}{tile?.order && <small class="soft">{tile.order}</small>}</button>
        <button onClick={() => setDoing("note")}><Icon name="note" />{t("note")}</button>
        <Unseen open={() => setDoing("unseen")} />
      </div>
      {doing && <Doings doing={doing} machine={active} recent={told?.recent[active] ?? { stops: [], scrap: [] }} turn={setDoing} />}
    </main>
  );
}

/** The dialog of what is being done; it closes with the deed. */
function Doings({ doing, machine, recent, turn }: { doing: Doing; machine: string; recent: { stops: string[]; scrap: string[] }; turn: (to?: Doing) => void }) {
  const close = () => turn(undefined), title = titled(machine);
  const then = <A extends unknown[]>(deed: (machine: string, ...a: A) => void) => (...a: A) => { close(); deed(machine, ...a); };
  if (typeof doing === "object") {
    const { stop } = doing;
    return doing.split
      ? <Split stop={stop} lately={recent.stops} close={close} split={(at, code) => { close(); split(stop, at, code); }} />
      : <Dialog title={t("reasonFor", { machine: titled(stop.machine) })} close={close}>
          <Reasons lately={recent.stops} except={stop.reason} none={t("none")} taken={(code) => { close(); reason(stop, code); }} />
          <footer class="bar"><button onClick={() => turn({ stop, split: true })}><Icon name="split" size={20} /> {t("split")}</button></footer>
        </Dialog>;
  }
  if (doing === "scrap") return <Scrap title={title} lately={recent.scrap} close={close} booked={then(scrap)} />;
  if (doing === "order") return <Order title={title} machine={machine} tile={tiles.value.find((x) => x.machine === machine)} close={close} start={then(startOrder)} finish={then(finishOrder)} />;
  if (doing === "inspect") return <Inspect title={title} machine={machine} product={tiles.value.find((x) => x.machine === machine)?.product ?? ""} close={close} keep={(found, said, more) => { if (!more) close(); inspect(machine, found, said); }} />;
  if (doing === "call") return <Call title={title} standing={calls.value.filter((c) => c.machine === machine)} close={close} call={then(call)} end={then(endCall)} />;
  if (doing === "note") return <Note title={title} close={close} keep={then(note)} />;
  return <Unseen.Dialog lately={recent.stops} close={close} gave={then(reasonAt)} />;
}
