/** The question that comes up by itself: why did this machine stand? */
import { clock, length } from "../../lib/format";
import { StatePill } from "../../draw/state";
import { Icon } from "./icons";
import { Reasons } from "./reasons";
import { lasted, type Stop } from "./stops";
import { t } from "./words";

interface Given { stop: Stop; lately: string[]; left: number; gave: (code: string) => void; split: () => void; later: (() => void) | undefined }

export function Ask({ stop, lately, left, gave, split, later }: Given) {
  return (
    <section class="card ask" aria-live="polite" data-stop={stop.since}>
      <header>
        <div class="grow">
          <p class="what"><b>{stop.title || stop.machine}</b> <StatePill state={stop.state} /></p>
          <h2>{stop.ongoing ? t("whyNow") : t("whyWas")}</h2>
        </div>
        <p class="long"><b class="big">{length(lasted(stop))}</b><span class="soft">{stop.ongoing ? t("since", { from: clock(stop.since) }) : t("stood", { from: clock(stop.since), to: clock(stop.until) })}</span></p>
      </header>
      {/[^\d\s]/.test(stop.said) && stop.said !== stop.state && <p class="soft small">{t("saidIt", { said: stop.said })}</p>}
      <Reasons key={`${stop.machine} ${stop.since}`} lately={lately} taken={gave} />
      <footer class="bar">
        <button class="quiet" onClick={split}><Icon name="split" size={20} /> {t("split")}</button>
        <span class="grow" />
        {left > 0 && <span class="soft">{t("more", { n: left })}</span>}
        {later && <button class="quiet" onClick={later}>{t("later")} →</button>}
      </footer>
    </section>
  );
}
