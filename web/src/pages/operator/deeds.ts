/** What an operator does, as acts of the plant: each with what it shows at once, and with what takes it back. */
import { say } from "../../frame/toast";
import { iso, number } from "../../lib/format";
import { kindOf, type Kind } from "../../lib/calls";
import { now } from "../../lib/live";
import { plant } from "../../lib/plant";
import type { Inspected } from "./inspect";
import type { Started } from "./order";
import { enqueue, takeBack, type Meant } from "./queue";
import { textOf } from "./reasons";
import { given, restored, type Stop } from "./stops";
import { t } from "./words";

/** As long as "Undo" is offered, what cannot be undone later is not sent. */
const UNDO = 5000;
export const titled = (path: string): string => plant.value?.machines.find((m) => m.path === path)?.title || path.split("/").pop()!;
const named = (code: string): string => (code ? textOf(code) : t("noReason"));

/** A reason for a whole stop; "" takes it away. */
export function reason(stop: Stop, code: string): void {
  const label = code ? t("gave", { machine: titled(stop.machine), reason: textOf(code) }) : t("took", { machine: titled(stop.machine) });
  does(label, given(stop, code, label), restored(stop, label));
}

/** A reason for the stop at a moment that this device knows nothing of. */
export function reasonAt(machine: string, moment: number, code: string): void {
  const label = t("gave", { machine: titled(machine), reason: textOf(code) });
  does(label, [{ act: "reason", args: { machine, stop: iso(Math.round(moment)), code }, label }], []);
}

/** From a moment on a stop has another reason. */
export function split(stop: Stop, at: number, code: string): void {
  const { machine } = stop, label = t("splitDone", { machine: titled(machine), reason: textOf(code) });
  const last = stop.pieces[stop.pieces.length - 1]!;
  const after = stop.pieces.filter((p) => p[1] > at || p === last).map((p, i): Stop["pieces"][number] => (i ? p : [Math.max(p[0], at), Math.max(p[1], at), p[2], p[3]]));
  const second = { ...stop, since: at, pieces: after };
  const acts = after.length > 1 ? given(second, code, label)
    : [{ act: "split_stop", args: { machine, at: iso(at), after: code }, label, shows: { machine, since: at, until: stop.ongoing ? null : stop.until, reason: code } }];
  does(label, acts, restored(second, label));
}

/** Several stops of one machine under one reason; `all` are those that may lie between them. */
export function merge(several: Stop[], code: string, all: Stop[]): void {
  const sorted = [...several].sort((a, b) => a.since - b.since), first = sorted[0]!, last = sorted[sorted.length - 1]!, { machine } = first;
  const label = t("joined", { n: several.length, reason: textOf(code) });
  const until = last.ongoing ? last.pieces[last.pieces.length - 1]![0] : last.until;
  const acts: Meant[] = [{ act: "merge_stops", args: { machine, stops: `${iso(first.since)}/${iso(until)}`, code }, label, shows: { machine, since: first.since, until, reason: code } }];
  if (last.ongoing) acts.push(given(last, code, label).pop()!);
  const before = all.filter((s) => s.machine === machine && s.since >= first.since && s.since <= last.since);
  does(label, acts, before.flatMap((s) => restored(s, label)));
}

export function scrap(machine: string, quantity: number, code: string): void {
  const label = t("scrapped", { machine: titled(machine), n: number(quantity, quantity % 1 ? 1 : 0), reason: named(code) });
  holds({ act: "scrap", args: { machine, quantity, code, at: iso(now()) }, label });
}

/** A value, or a verdict, of one part. */
export const inspect = (machine: string, found: Inspected, said: string): void =>
  holds({ act: "inspect", args: { machine, ...found, at: iso(now()) }, label: t("inspected", { machine: titled(machine), unit: found.unit, said }) });

export const startOrder = (machine: string, order: Started): void =>
  holds({ act: "start_order", args: { machine, ...order, at: iso(now()) }, label: t("started", { machine: titled(machine), order: order.order }) });

export const finishOrder = (machine: string, order: string): void =>
  holds({ act: "finish_order", args: { machine, order, at: iso(now()) }, label: t("finished", { machine: titled(machine), order }) });

export const call = (machine: string, kind: Kind, text: string): void =>
  tells({ act: "call", args: { machine, kind, at: iso(now()), ...(text && { text }) }, label: t("called", { machine: titled(machine), kind: kindOf(kind) }) });

export const endCall = (machine: string, kind: string): void => tells({ act: "end_call", args: { machine, kind }, label: t("ended", { machine: titled(machine) }) });

export const note = (machine: string, text: string): void => tells({ act: "note", args: { machine, text, about: iso(now()) }, label: t("noted", { machine: titled(machine) }) });

const tells = (act: Meant): void => void enqueue([act]).then(() => say(act.label));
const holds = (act: Meant): void => void enqueue([act], UNDO).then((ids) => undoable(act.label, ids, []));
const does = (label: string, acts: Meant[], opposite: Meant[]): void => void enqueue(acts).then((ids) => undoable(label, ids, opposite));

/** Offer to take back: what is still here is thrown away; for what the plant has, the opposite is done. */
function undoable(label: string, ids: string[], opposite: Meant[]): void {
  const back = async () => {
    const here = await takeBack(ids);
    if (here < ids.length && opposite.length) await enqueue(opposite.map((o) => ({ ...o, label: `${t("undone")}: ${label}` })));
    say(t("undone"));
  };
  say(label, { label: t("undo"), undo: () => void back() });
}
