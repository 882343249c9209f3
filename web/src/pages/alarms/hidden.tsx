/** What is kept from people: shelved for a time, out of service until it is mended; by whom and why. */
import { useState } from "preact/hooks";
import { Sorry } from "../../frame/app";
import { dayClock } from "../../lib/format";
import { useGet } from "../../lib/load";
import { may } from "../../lib/plant";
import { acted, sorted, type Kept } from "./alarm";
import { Heads, Place, useSort, type Column } from "./parts";
import { t } from "./words";

const COLUMNS: Column<Kept>[] = [
  { key: "place", value: (k) => k.place }, { key: "alarm", value: (k) => k.alarm }, { key: "state", value: (k) => t(k.state) }, { key: "since", value: (k) => k.since },
  { key: "until", value: (k) => k.until ?? Infinity }, { key: "who", value: (k) => k.who }, { key: "why", value: (k) => k.why }, { key: "do" },
];

export function Hidden() {
  const found = useGet<Kept[]>("alarms/hidden"), [by, sort] = useSort();
  if (found.problem) return <Sorry problem={found.problem} again={found.again} />;
  const rows = sorted(found.data ?? [], COLUMNS.find((c) => c.key === by?.key)?.value, by?.down ?? false);
  return (
    <section class="card" aria-busy={found.loading}>
      {rows.length ? (
        <div class="scroll"><table class="alarmlist">
          <Heads columns={COLUMNS} by={by} sort={sort} />
          <tbody>{rows.map((k) => <Row key={`${k.place}/${k.alarm}/${k.state}`} k={k} again={found.again} />)}</tbody>
        </table></div>
      ) : <p class="calm soft">{found.loading ? "" : t("calmHidden")}</p>}
    </section>
  );
}

function Row({ k, again }: { k: Kept; again: () => void }) {
  const [busy, setBusy] = useState(false), shelved = k.state === "shelved";
  const back = async () => { setBusy(true); if (await acted(shelved ? "unshelve" : "in_service", k)) again(); else setBusy(false); };
  return (
    <tr>
      <td><Place place={k.place} /></td><td>{k.alarm}</td><td>{t(k.state)}</td><td>{dayClock(k.since)}</td><td>{k.until === null ? "–" : dayClock(k.until)}</td><td>{k.who}</td><td class="message">{k.why}</td>
      <td>{may(shelved ? "operator" : "engineer") && <button disabled={busy} onClick={() => void back()}>{t(shelved ? "unshelve" : "inService")}</button>}</td>
    </tr>
  );
}
