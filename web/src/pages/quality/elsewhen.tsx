/** Nothing was measured in the time that was chosen: when it was, and the way there. */
import { useState } from "preact/hooks";
import { day } from "../../lib/format";
import { words } from "../../lib/i18n";
import { now } from "../../lib/live";
import { useGet } from "../../lib/load";
import { choose } from "../../lib/router";
import type { Tested } from "./asked";

const DAY = 86400e6;
const t = words(
  { last: "What was measured last here is of {day}.", show: "Show the 30 days until then" },
  { last: "此处最近一次测量是 {day}。", show: "显示截至当时的 30 天" },
);

export function Elsewhen({ at, wafers = false }: { at: string; wafers?: boolean }) {
  const [until] = useState(() => String(Math.floor(now() + DAY)));
  const { data } = useGet<Tested>("measured", { at, since: "1970-01-02", until });
  const last = Math.max(0, ...(data?.machines ?? []).filter((m) => !wafers || m.wafers).map((m) => m.until));
  if (!last) return null;
  return <p>{t("last", { day: `${day(last)} ${new Date(last / 1000).getFullYear()}` })} <button onClick={() => choose({ last: undefined, since: String(last - 30 * DAY), until: String(last + 1e6) })}>{t("show")}</button></p>;
}
