/** Step 3: what the source offers, with its values as they come. */
import { useEffect, useState } from "preact/hooks";
import { get, type Problem, send } from "../../lib/api";
import { number } from "../../lib/format";
import { shown, type Offer, type Values, type Visit } from "./shapes";
import { t } from "./words";

const ENOUGH = 6, EVERY = 700;

export function Listen({ visit, next }: { visit: Visit; next: () => void }) {
  const [offers, setOffers] = useState<{ total: number; offers: Offer[] }>();
  const [values, setValues] = useState<Values>();
  const [pattern, setPattern] = useState("");
  const [problem, setProblem] = useState("");
  const [begun, setBegun] = useState(0);
  const [, tick] = useState(0);
  const browse = async () => {
    setOffers(undefined);
    setProblem("");
    try {
      setOffers(await send("POST", `connect/visits/${visit.visit}/browse`, { patterns: pattern.split(/[,\s]+/).filter(Boolean) }));
      setBegun(Date.now());
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };
  useEffect(() => void browse(), [visit.visit]);
  useEffect(() => {
    if (!offers?.total) return;
    let over = false;
    const look = async () => {
      while (!over) {
        await get<Values>(`connect/visits/${visit.visit}/values`).then((v) => { if (!over) setValues(v); }, (e: Problem) => { over = true; setProblem(e.message); });
        tick((n) => n + 1);
        await new Promise((go) => setTimeout(go, EVERY));
      }
    };
    void look();
    return () => { over = true; };
  }, [offers]);
  const left = Math.max(0, Math.ceil(ENOUGH - (Date.now() - begun) / 1000));
  return (
    <>
      <form class="bar" onSubmit={(e) => { e.preventDefault(); void browse(); }}>
        <h2 class="grow">{!offers ? t("browsing", { name: visit.name }) : offers.total > offers.offers.length ? t("offersShown", { n: number(offers.total), shown: offers.offers.length }) : t("offers", { n: number(offers.total) })}</h2>
        <label class="inline">{t("narrow")}<input placeholder={t("narrowHelp")} value={pattern} onInput={(e) => setPattern(e.currentTarget.value)} /></label>
        <button disabled={!offers && !problem}>{t("apply")}</button>
      </form>
      {problem && <p role="alert" class="bad">{problem}</p>}
      {offers && !offers.total && <p class="soft">{t("nothing")}</p>}
      {offers && offers.total > 0 && <>
        <p class="bar heard" role="status"><b class="num">{t("heard", { n: number(values?.rows ?? 0) })}</b>
          <span class="soft">{values?.said ? t("stoppedHearing", { said: values.said }) : left > 0 ? t("listening", { n: left }) : ""}</span><span class="grow" />
          <button class={left ? "" : "main"} onClick={next}>{t("propose")}</button></p>
        <div class="scroll offers"><table>
          <thead><tr><th>{t("thing")}</th><th class="num">{t("now")}</th><th>{t("unit")}</th><th>{t("kind")}</th></tr></thead>
          <tbody>{offers.offers.map((o) => (
            <tr key={o.address}><td title={o.address}>{o.path.length ? o.path.join(" / ") : o.address}</td><td class="num">{shown(values?.values[o.address] ?? o.value)}</td><td>{o.unit}</td><td class="soft">{o.kind}</td></tr>
          ))}</tbody>
        </table></div>
      </>}
    </>
  );
}
