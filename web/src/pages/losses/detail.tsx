/** One stop: what the machine did around it, what its signals said, the samples themselves, and its reason. */
import { useState } from "preact/hooks";
import { send, type Problem } from "../../lib/api";
import { clockSeconds, day, figure, iso, length } from "../../lib/format";
import { useGet } from "../../lib/load";
import { now } from "../../lib/live";
import { may, plant, theme } from "../../lib/plant";
import { say } from "../../frame/toast";
import { lossColor } from "../../draw/paint";
import { Around } from "../../draw/around";
import { spoken } from "../../draw/trend";
import { nameOf, type Stop } from "./asked";
import { t } from "./words";

interface Sample { signal: string; at: number; value: number | null; text: string | null; quality: number }

export function Detail({ stop, changed }: { stop: Stop; changed: () => void }) {
  const around = Math.max(10 * 60e6, Math.round((stop.until - stop.since) * 0.6));
  const since = stop.since - around, until = Math.min(stop.until + around, now());
  theme.value;
  const band = [{ since: stop.since, until: stop.until, fill: lossColor(stop.loss) + "2e" }];
  return (
    <div class="detail">
      <div class="bar">
        <b>{nameOf("machine", stop.machine)}</b> <span>{day(stop.since)} {clockSeconds(stop.since)} – {clockSeconds(stop.until)} · {length(stop.until - stop.since)}</span>
        {stop.order && <span class="chip">{stop.order}</span>}
        {stop.entry > 0 && <a class="small" href={`/api/ledger/entries/${stop.entry}`} target="_blank">{t("entry", { n: stop.entry })}</a>}
        <span class="grow" />
        <a class="button" href={`/machines/${stop.machine}?since=${since}&until=${until}`}>{t("onMachine")}</a>
      </div>
      {may("operator") && plant.value!.reasons.length > 0 && !["speed", "defects", "startup", "productive", "unknown", "unrated"].includes(stop.loss) && <Give stop={stop} changed={changed} />}
      <Around machine={stop.machine} since={since} until={until} bands={band} />
      <Samples machine={stop.machine} since={stop.since} until={stop.until} />
    </div>
  );
}

/** Set the reason of the stop; closed shifts are closed anew by the plant. */
function Give({ stop, changed }: { stop: Stop; changed: () => void }) {
  const [code, setCode] = useState(stop.reason), [busy, setBusy] = useState(false), reasons = plant.value!.reasons;
  const give = async () => {
    setBusy(true);
    try {
      await send("POST", "acts/reason", { machine: stop.machine, stop: `${iso(stop.since)}/${iso(stop.until)}`, code });
      say(t("given"));
      changed();
    } catch (error) { say((error as Problem).message, { bad: true }); } finally { setBusy(false); }
  };
  return (
    <div class="bar"><label class="inline">{t("give")}
      <select value={code} onChange={(e) => setCode(e.currentTarget.value)}>
        <option value="">{t("noReason")}</option>
        {reasons.map((r) => <option key={r.code} value={r.code}>{r.parent ? `${reasons.find((p) => p.code === r.parent)?.text ?? ""} › ${r.text}` : r.text}</option>)}
      </select></label>
      <button disabled={busy || code === stop.reason} onClick={() => void give()}>{t("take")}</button>
    </div>
  );
}

/** The raw rows: what each signal of the machine said, with its quality. */
function Samples({ machine, since, until }: { machine: string; since: number; until: number }) {
  const [open, setOpen] = useState(false), [signal, setSignal] = useState("");
  const all = plant.value!.machines.find((m) => m.path === machine)?.signals ?? [], shown = signal ? [signal] : all.filter((s) => ["state", "alarm", "reason"].includes(s.role)).map((s) => s.path);
  const rows = useGet<Sample[]>(open && shown.length ? "samples" : null, { signal: shown, since, until: until + 1, limit: 300 });
  const unit = new Map(all.map((s) => [s.path, s.unit]));
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t("behind")}</summary>
      <label class="inline small">{t("signal")} <select value={signal} onChange={(e) => setSignal(e.currentTarget.value)}><option value="">{t("usual")}</option>{all.map((s) => <option key={s.path} value={s.path}>{s.name}</option>)}</select></label>
      {rows.problem && <p class="bad">{rows.problem.message}</p>}
      <div class="scroll samples"><table>
        <thead><tr><th>{t("at")}</th><th>{t("signal")}</th><th class="num">{t("sample")}</th><th>{t("quality2")}</th></tr></thead>
        <tbody>{rows.data?.slice().sort((a, b) => a.at - b.at).map((r) => (
          <tr key={`${r.signal}${r.at}`}><td class="num left">{day(r.at)} {clockSeconds(r.at)}.{String(Math.floor((r.at % 1e6) / 1000)).padStart(3, "0")}</td><td>{r.signal.slice(machine.length + 1)}</td>
            <td class="num">{r.value === null ? r.text : `${figure(r.value, 7)} ${spoken(unit.get(r.signal) ?? "")}`}</td><td class={r.quality >>> 30 ? "bad" : "soft"}>{t((["goodSample", "uncertain", "bad", "bad"] as const)[r.quality >>> 30]!)}</td></tr>
        ))}</tbody>
      </table></div>
    </details>
  );
}
