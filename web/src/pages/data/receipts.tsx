/** What came in, batch by batch; what was refused, and why. */
import { useState } from "preact/hooks";
import { Rows } from "../../draw/rows";
import { Sorry } from "../../frame/app";
import { address, type Row } from "../../lib/api";
import { clockSeconds, day, dayClock, number } from "../../lib/format";
import { useGet } from "../../lib/load";
import { size, t } from "./words";

const moment = (at: unknown): string => (at === null || at === undefined ? "–" : `${day(Number(at))} ${clockSeconds(Number(at))}`);

function Paged({ rows, first, go }: { rows: Row[]; first: boolean; go: (before: number) => void }) {
  const last = Number(rows.at(-1)?.receipt ?? 0);
  return <p class="bar"><button disabled={first} onClick={() => go(0)}>{t("newer")}</button><button disabled={rows.length < 100 || last <= 1} onClick={() => go(last)}>{t("older")}</button></p>;
}

export function Receipts() {
  const [before, setBefore] = useState(0);
  const { data, problem, again } = useGet<Row[]>("receipts", { before });
  if (problem) return <Sorry problem={problem} again={again} />;
  return (
    <section class="card tall" aria-busy={!data}><p class="soft small">{t("receiptHelp")}</p>
      <Rows key={before} label={t("receipts")} rows={data ?? []} most={100} columns={[
        { name: "receipt", title: t("batch"), num: true, show: (r) => number(Number(r.receipt)) }, { name: "source", title: t("source"), show: (r) => String(r.source) }, { name: "number", title: t("number"), num: true, show: (r) => String(r.number) },
        { name: "at", title: t("at"), num: true, show: (r) => moment(r.at) }, { name: "rows", title: t("rows") }, { name: "refused", title: t("refusedN"), num: true, show: (r) => (Number(r.refused) ? <b class="bad">▲ {number(Number(r.refused))}</b> : "0") },
        { name: "since", title: t("since"), num: true, show: (r) => moment(r.since) }, { name: "until", title: t("until"), num: true, show: (r) => moment(r.until) },
      ]} />
      {data && <Paged rows={data} first={!before} go={setBefore} />}
    </section>
  );
}

export function Refused() {
  const [before, setBefore] = useState(0);
  const { data, problem, again } = useGet<{ samples: Row[]; files: Row[] }>("quarantine", { before });
  if (problem) return <Sorry problem={problem} again={again} />;
  return (<>
    <section class="card" aria-busy={!data}>
      {data && !data.samples.length && !before ? <p>✓ {t("noRefused")}</p> : <><Rows key={before} label={t("refused")} rows={data?.samples ?? []} most={100} columns={[
        { name: "receipt", title: t("batch") }, { name: "signal", title: t("signal"), show: (r) => String(r.signal ?? "–") }, { name: "at", title: t("at"), num: true, show: (r) => moment(r.at) },
        { name: "value", title: t("value"), show: (r) => String(r.text ?? r.value ?? "–") }, { name: "reason", title: t("reason"), show: (r) => String(r.reason) },
      ]} />{data && <Paged rows={data.samples} first={!before} go={setBefore} />}</>}
    </section>
    {data && data.files.length > 0 && <section class="card"><h2>{t("files")}</h2><Rows label={t("files")} rows={data.files} columns={[
      { name: "name", title: t("file"), show: (r) => <a href={address(`quarantine/files/${encodeURIComponent(String(r.name))}`)} download="">{String(r.name)}</a> },
      { name: "bytes", title: t("size"), num: true, show: (r) => size(Number(r.bytes)) }, { name: "at", title: t("at"), num: true, show: (r) => dayClock(Number(r.at)) },
    ]} /></section>}
  </>);
}
