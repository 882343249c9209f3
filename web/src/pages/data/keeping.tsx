/** Retention, backup, verification, and how much room it all takes. */
import { useState } from "preact/hooks";
import { Rows } from "../../draw/rows";
import { Sorry } from "../../frame/app";
import { say } from "../../frame/toast";
import { address, type Row, send } from "../../lib/api";
import { day, length, number } from "../../lib/format";
import { useGet } from "../../lib/load";
import { may, me } from "../../lib/plant";
import { size, t } from "./words";

const whole = (): boolean => may("admin") && !me.value?.lines.length;

export function Retention() {
  const { data, problem, again } = useGet<Row[]>("retention");
  if (problem) return <Sorry problem={problem} again={again} />;
  const due = (data ?? []).reduce((sum, r) => sum + Number(r.due), 0);
  const expire = async () => {
    if (!confirm(t("expireSure", { n: number(due) }))) return;
    try {
      await send("POST", "retention/expire");
      say(t("expired", { n: number(due) }));
      again();
    } catch (error) {
      say((error as Error).message, { bad: true });
    }
  };
  return (
    <section class="card" aria-busy={!data}><p class="soft small">{t("retentionHelp")}</p>
      <Rows label={t("retention")} rows={data ?? []} columns={[
        { name: "class", title: t("class"), show: (r) => String(r.class) || "–" }, { name: "keep", title: t("keep"), num: true, show: (r) => (r.keep === null ? t("forever") : length(Number(r.keep))) },
        { name: "signals", title: t("signals"), num: true, show: (r) => <span title={(r.examples as string[]).join(", ")}>{number(Number(r.signals))}</span> }, { name: "machines", title: t("testers"), num: true, show: (r) => number(Number(r.machines)) }, { name: "due", title: t("due"), num: true, show: (r) => number(Number(r.due)) },
      ]} />
      {data && (due ? <button class="danger" disabled={!whole()} onClick={() => void expire()}>{t("expire")}</button> : <p class="soft">{t("nothingDue")}</p>)}
    </section>
  );
}

export function Keeping() {
  return <div class="cols"><Backup /><Verify /></div>;
}

function Backup() {
  const [goal, setGoal] = useState(""), [busy, setBusy] = useState(false), [trouble, setTrouble] = useState("");
  const copy = async (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    setTrouble("");
    try {
      const done = await send<{ files: number; bytes: number }>("POST", "backup", { goal });
      say(t("copied", { n: number(done.files), size: size(done.bytes) }));
    } catch (error) {
      setTrouble((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <section class="card"><h2>{t("backup")}</h2><p class="soft">{t("backupHelp")}</p>
      {whole() ? <>
        <p><a class="button" href={address("backup")} download="">{t("download")}</a></p>
        <form class="bar" onSubmit={(e) => void copy(e)}>
          <label class="grow">{t("goal")}<input required value={goal} placeholder="/backup/works" onInput={(e) => setGoal(e.currentTarget.value)} /></label>
          <button disabled={busy}>{busy ? t("copying") : t("copy")}</button>
        </form>
        <p role="alert" class="bad">{trouble}</p>
      </> : <p>{t("admin")}</p>}
    </section>
  );
}

function Verify() {
  const [found, setFound] = useState<{ damaged: boolean; damages: Row[] } | null>(null), [busy, setBusy] = useState(false), [trouble, setTrouble] = useState("");
  const check = async (deep: boolean) => {
    setBusy(true);
    setFound(null);
    setTrouble("");
    try {
      setFound(await send("POST", `verify?deep=${deep}`));
    } catch (error) {
      setTrouble((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <section class="card"><h2>{t("verify")}</h2><p class="soft">{t("verifyHelp")}</p>
      <p class="bar"><button disabled={busy || !may("engineer")} onClick={() => void check(false)}>{t("quick")}</button><button disabled={busy || !may("engineer")} onClick={() => void check(true)}>{t("deep")}</button></p>
      <div role="status" class="verdict">
        {busy && t("checking")}
        {trouble && <p class="bad">{trouble}</p>}
        {found && !found.damaged && <p>✓ {t("sound")}</p>}
        {found?.damaged && <><p class="bad">✕ {t("damaged", { n: found.damages.length })}</p><Rows label={t("verify")} rows={found.damages} columns={[{ name: "file", title: t("file"), show: (r) => String(r.file) }, { name: "what", title: t("what"), show: (r) => String(r.what) }]} /></>}
      </div>
    </section>
  );
}

interface Stored { parts: Row[]; free: number; total: number; samples: number | null; batches: number; refused: number; since: number | null }

export function Storage() {
  const { data, problem, again } = useGet<Stored>("storage");
  if (problem) return <Sorry problem={problem} again={again} />;
  if (!data) return <section class="card tall" aria-busy="true" />;
  return (<>
    <dl class="figures">
      {([["samples", number(data.samples)], ["batches", number(data.batches)], ["first", data.since ? day(data.since) : "–"], ["bytes", size(data.parts.reduce((n, p) => n + Number(p.bytes), 0))], ["free", `${size(data.free)} (${number((data.free / data.total) * 100)} %)`]] as const).map(([name, value]) => <div class="card" key={name}><dt class="soft small">{t(name)}</dt><dd class="big">{value}</dd></div>)}
    </dl>
    <section class="card"><Rows label={t("storage")} rows={data.parts} columns={[
      { name: "name", title: t("part"), show: (r) => String(r.name) }, { name: "files", title: t("nfiles") }, { name: "bytes", title: t("bytes"), num: true, show: (r) => size(Number(r.bytes)) },
    ]} /></section>
  </>);
}
