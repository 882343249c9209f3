/** What was: each time that an alarm was on, in the time that is chosen. */
import { Sorry } from "../../frame/app";
import { clockSeconds, day, length } from "../../lib/format";
import { useGet } from "../../lib/load";
import { tick } from "../../lib/tick";
import { keyOf, PRIORITIES, sorted, type Alarm } from "./alarm";
import { Advice, Heads, Place, PriorityMark, useFiltered, useOpen, useSort, useSpan, valueOf, type Column } from "./parts";
import { t } from "./words";

const lasted = (a: Alarm) => (a.until ?? tick.peek()) - a.since;
const COLUMNS: Column<Alarm>[] = [
  { key: "since", value: (a) => -a.since }, { key: "lasted", value: lasted, num: true }, { key: "priority", value: (a) => PRIORITIES.indexOf(a.priority) }, { key: "place", value: (a) => a.place },
  { key: "message", value: (a) => a.message }, { key: "value", value: (a) => a.value, num: true }, { key: "state", value: (a) => t(a.state) }, { key: "by", value: (a) => a.by },
];
const MOST = 500;

export function History() {
  const { last, pick } = useSpan(), found = useGet<Alarm[]>("alarms", { last, everything: true }), [by, sort] = useSort(), [isOpen, open] = useOpen();
  const { shown, filter } = useFiltered(found.data ?? []);
  if (found.problem) return <Sorry problem={found.problem} again={found.again} />;
  const rows = sorted([...shown].sort((a, b) => b.since - a.since), COLUMNS.find((c) => c.key === by?.key)?.value, by?.down ?? false);
  return (
    <section class="card" aria-busy={found.loading}>
      <header>{pick}{filter}<span class="grow" /><span class="soft small">{t("shown", { n: Math.min(MOST, rows.length), all: found.data?.length ?? 0 })}</span></header>
      {rows.length ? (
        <div class="scroll"><table class="alarmlist">
          <Heads columns={COLUMNS} by={by} sort={sort} />
          <tbody>{rows.slice(0, MOST).map((a) => <Row key={keyOf(a)} a={a} opened={isOpen(keyOf(a))} open={() => open(keyOf(a))} />)}</tbody>
        </table></div>
      ) : <p class="calm soft">{found.loading ? "" : t("calmHistory")}</p>}
    </section>
  );
}

function Row({ a, opened, open }: { a: Alarm; opened: boolean; open: () => void }) {
  return (
    <>
      <tr>
        <td class="nowrap">{day(a.since)}<br />{clockSeconds(a.since)}</td>
        <td class="num nowrap">{length(lasted(a))}{a.until === null && <><br /><b class="small">{t("still")}</b></>}</td>
        <td><PriorityMark priority={a.priority} /></td>
        <td><Place place={a.place} /></td>
        <td class="message">{a.first_out && <b class="chip" title={t("firstOutHelp")}>{t("firstOut")}</b>} {a.message}<br /><span class="soft small">{a.alarm}</span> <button class="quiet small more" aria-expanded={opened} onClick={open}>{t(opened ? "less" : "more")}</button></td>
        <td class="num">{valueOf(a)}</td>
        <td>{t(a.state)}</td>
        <td>{a.by}{a.acknowledged !== null && <><br /><span class="soft small">{clockSeconds(a.acknowledged)}</span></>}</td>
      </tr>
      {opened && <tr class="opened"><td colSpan={8}><Advice a={a} /></td></tr>}
    </>
  );
}
