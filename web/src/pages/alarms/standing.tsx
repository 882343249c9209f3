/** What stands: the most urgent first, each with what may be done to it now. */
import { useState } from "preact/hooks";
import { clock, dayClock } from "../../lib/format";
import { alarms } from "../../lib/live";
import { may } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import { elapsed, tick } from "../../lib/tick";
import { acted, asAlarms, keyOf, latched, PRIORITIES, sorted, waits, type Alarm } from "./alarm";
import { Keep, type Keeping } from "./keep";
import { Advice, Heads, Place, PriorityMark, useFiltered, useOpen, useSort, valueOf, type Column } from "./parts";
import { t } from "./words";

const COLUMNS: Column<Alarm>[] = [
  { key: "priority", value: (a) => PRIORITIES.indexOf(a.priority) }, { key: "state", value: (a) => t(a.state) }, { key: "since", value: (a) => a.since },
  { key: "place", value: (a) => a.place }, { key: "message", value: (a) => a.message }, { key: "value", value: (a) => a.value, num: true }, { key: "do" },
];
const FLOOD = 10, TEN_MINUTES = 600e6;

export function Standing() {
  const rows = asAlarms(alarms.value), { shown: fitting, filter } = useFiltered(rows), only = chosen("waiting") === "yes";
  const [by, sort] = useSort(), [isOpen, open] = useOpen();
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set()), [keeping, setKeeping] = useState<Keeping | null>(null);
  const shown = sorted(fitting.filter((a) => !only || waits(a)), COLUMNS.find((c) => c.key === by?.key)?.value, by?.down ?? false);
  const mark = (key: string) => setMarked((was) => { const now = new Set(was); if (!now.delete(key)) now.add(key); return now; });
  const some = shown.filter((a) => waits(a) && marked.has(keyOf(a))), late = rows.filter((a) => a.since > tick.value - TEN_MINUTES).length;
  const acknowledge = async () => { for (const a of some) await acted("acknowledge", a); setMarked(new Set()); };
  return (
    <>
      {late > FLOOD && <p class="card flood" role="alert">{t("flood", { n: late })}</p>}
      <section class="card">
        <header>
          {filter}
          <label class="inline"><input type="checkbox" checked={only} onChange={() => choose({ waiting: only ? "" : "yes" })} />{t("onlyWaiting")}</label>
          <span class="grow" />
          {some.length > 0 && <button class="main" onClick={() => void acknowledge()}>{t("chosen", { n: some.length })}</button>}
          <span class="soft small">{t("shown", { n: shown.length, all: rows.length })}</span>
        </header>
        {shown.length ? (
          <div class="scroll"><table class="alarmlist">
            <Heads columns={COLUMNS} by={by} sort={sort} before={1} />
            <tbody>{shown.map((a) => <Row key={keyOf(a)} a={a} marked={marked.has(keyOf(a))} mark={() => mark(keyOf(a))} opened={isOpen(keyOf(a))} open={() => open(keyOf(a))} keep={(how) => setKeeping({ a, how })} />)}</tbody>
          </table></div>
        ) : <p class="calm soft">{rows.length ? t("shown", { n: 0, all: rows.length }) : `✓ ${t("calm")}`}</p>}
      </section>
      {keeping && <Keep {...keeping} done={() => setKeeping(null)} />}
    </>
  );
}

interface RowGiven { a: Alarm; marked: boolean; mark: () => void; opened: boolean; open: () => void; keep: (how: Keeping["how"]) => void }

function Row({ a, marked, mark, opened, open, keep }: RowGiven) {
  return (
    <>
      <tr class={waits(a) ? `waits ${a.priority}` : ""}>
        <td>{waits(a) && may("operator") && <input type="checkbox" checked={marked} onChange={mark} aria-label={t("choose", { alarm: a.alarm, place: a.place })} />}</td>
        <td><PriorityMark priority={a.priority} /></td>
        <td>{t(a.state)}{a.until !== null && <><br /><span class="soft small">{t("until")} {clock(a.until)}</span></>}</td>
        <td title={dayClock(a.since)}>{clock(a.since)}<br /><span class="soft small num">{elapsed((a.until ?? tick.value) - a.since)}</span></td>
        <td><Place place={a.place} /></td>
        <td class="message">{a.first_out && <b class="chip" title={t("firstOutHelp")}>{t("firstOut")}</b>} {a.message}<br /><span class="soft small">{a.alarm}</span> <button class="quiet small more" aria-expanded={opened} onClick={open}>{t(opened ? "less" : "more")}</button></td>
        <td class="num">{valueOf(a)}</td>
        <td><Todo a={a} keep={keep} /></td>
      </tr>
      {opened && <tr class="opened"><td /><td colSpan={7}><Advice a={a} /></td></tr>}
    </>
  );
}

function Todo({ a, keep }: { a: Alarm; keep: (how: Keeping["how"]) => void }) {
  const [busy, setBusy] = useState(false);
  const once = (name: string) => { setBusy(true); void acted(name, a).finally(() => setBusy(false)); };
  if (!may("operator")) return null;
  return (
    <span class="todo">
      {waits(a) && <button class="main" disabled={busy} onClick={() => once("acknowledge")}>{t("acknowledge")}</button>}
      {latched(a) && <button disabled={busy} onClick={() => once("reset")}>{t("reset")}</button>}
      {a.state === "shelved" && <button disabled={busy} onClick={() => once("unshelve")}>{t("unshelve")}</button>}
      {a.state === "out_of_service" && may("engineer") && <button disabled={busy} onClick={() => once("in_service")}>{t("inService")}</button>}
      {a.state !== "shelved" && a.state !== "out_of_service" && <button disabled={busy} onClick={() => keep("shelve")}>{t("shelve")}</button>}
      {a.state !== "out_of_service" && may("engineer") && <button disabled={busy} onClick={() => keep("out_of_service")}>{t("outOfService")}</button>}
    </span>
  );
}
