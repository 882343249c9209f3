/** The order of a machine: finish the one that runs, start a planned one, or another. */
import { useState } from "preact/hooks";
import { dayClock, number } from "../../lib/format";
import { now, type Tile } from "../../lib/live";
import { useGet } from "../../lib/load";
import { plant } from "../../lib/plant";
import { Dialog } from "./dialog";
import { t } from "./words";

export interface Started { order: string; product: string; quantity: number }
interface Planned { order: string; product: string; quantity: number | null; planned_since: number | null; since: number | null; until: number | null }
interface Given { title: string; machine: string; tile: Tile | undefined; start: (what: Started) => void; finish: (order: string) => void; close: () => void }

const DAY = 24 * 3600e6;

export function Order({ title, machine, tile, start, finish, close }: Given) {
  const [other, setOther] = useState<Started>({ order: "", product: "", quantity: 0 });
  const own = plant.value?.machines.find((m) => m.path === machine)?.roles.includes("order");
  const [day] = useState(() => Math.floor(now() / DAY));
  const { data } = useGet<Planned[]>(own ? null : "orders", { at: machine, since: (day - 1) * DAY, until: (day + 5) * DAY });
  const planned = (data ?? []).filter((o) => o.planned_since !== null && o.order !== tile?.order);
  return (
    <Dialog title={t("orderOf", { machine: title })} close={close}>
      <section class="running">
        {tile?.order ? <>
          <span><small class="soft">{t("running")}</small><b class="big">{tile.order}</b><span class="soft">{tile.product}</span></span>
          {tile.good != null && <span><b class="big">{number(tile.good)}</b> <span class="soft">{t("good")}{tile.target != null && ` ${t("of", { n: number(tile.target) })}`}</span></span>}
          {!own && <button class="main tall" onClick={() => finish(tile.order)}>{t("finish", { order: tile.order })}</button>}
        </> : <p class="soft">{t("noOrder")}</p>}
      </section>
      {own ? <p class="soft">{t("ownOrders")}</p> : <>
        <h3>{t("planned")}</h3>
        {!planned.length && <p class="soft">{t("noPlanned")}</p>}
        <div class="taps">
          {planned.slice(0, 8).map((o) => (
            <button key={o.order} onClick={() => start({ order: o.order, product: o.product, quantity: o.quantity ?? 0 })}>
              <span><b>{o.order}</b> {o.product}<br /><small class="soft">{o.quantity ? `${number(o.quantity)} ${t("parts")} · ` : ""}{dayClock(o.planned_since!)}</small></span>
            </button>
          ))}
        </div>
        <h3>{t("startOther")}</h3>
        <form class="bar other" onSubmit={(e) => { e.preventDefault(); start(other); }}>
          <label>{t("number")}<input required value={other.order} onInput={(e) => setOther({ ...other, order: e.currentTarget.value.trim() })} /></label>
          <label>{t("product")}<select value={other.product} onChange={(e) => setOther({ ...other, product: e.currentTarget.value })}>
            <option value="" />{plant.value?.products.map((p) => <option key={p.name} value={p.name}>{p.title || p.name}</option>)}
          </select></label>
          <label>{t("quantity")}<input type="number" min="0" inputMode="numeric" value={other.quantity || ""} onInput={(e) => setOther({ ...other, quantity: Number(e.currentTarget.value) })} /></label>
          <button class="main tall">{t("start")}</button>
        </form>
      </>}
    </Dialog>
  );
}
