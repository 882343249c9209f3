/** Parts that are written off: a number on a big pad, and a tap on why. */
import { useState } from "preact/hooks";
import { number } from "../../lib/format";
import { Dialog } from "./dialog";
import { Reasons } from "./reasons";
import { t } from "./words";

const KEYS = ["7", "8", "9", "4", "5", "6", "1", "2", "3", "⌫", "0", "."];

export function Scrap({ title, lately, booked, close }: { title: string; lately: string[]; booked: (quantity: number, code: string) => void; close: () => void }) {
  const [text, setText] = useState("");
  const quantity = Number(text || 0);
  const press = (key: string) => setText((was) => {
    if (key === "⌫") return was.slice(0, -1);
    if (key === "." && was.includes(".")) return was;
    return (was + key).replace(/^0+(?=\d)/, "").slice(0, 7);
  });
  return (
    <Dialog title={t("scrapOf", { machine: title })} close={close}>
      <div class="scrap">
        <div>
          <output class="entered" aria-live="polite">{text ? (text.endsWith(".") ? text : number(quantity, text.includes(".") ? text.split(".")[1]!.length : 0)) : <span class="soft">{t("howMany")}</span>} <small class="soft">{text && t("parts")}</small></output>
          <div class="pad" role="group" aria-label={t("howMany")}
            onKeyDown={(e) => { if (/^[0-9.]$/.test(e.key)) press(e.key); else if (e.key === "Backspace") press("⌫"); }}>
            {KEYS.map((k) => <button key={k} aria-label={k === "⌫" ? t("clear") : k} onClick={() => press(k)}>{k}</button>)}
          </div>
        </div>
        <fieldset disabled={!(quantity > 0)}>
          <legend>{t("why")}</legend>
          <Reasons lately={lately} latelyTitle={t("latelyScrap")} none={t("noCause")} taken={(code) => booked(quantity, code)} />
        </fieldset>
      </div>
    </Dialog>
  );
}
