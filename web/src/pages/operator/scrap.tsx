/** Parts that are written off: a number on a big pad, and a tap on why. */
import { useState } from "preact/hooks";
import { number } from "../../lib/format";
import { Dialog } from "./dialog";
import { Pad, pressed } from "./pad";
import { Reasons } from "./reasons";
import { t } from "./words";

export function Scrap({ title, lately, booked, close }: { title: string; lately: string[]; booked: (quantity: number, code: string) => void; close: () => void }) {
  const [text, setText] = useState("");
  const quantity = Number(text || 0);
  const press = (key: string) => setText((was) => pressed(was, key));
  return (
    <Dialog title={t("scrapOf", { machine: title })} close={close}>
      <div class="scrap">
        <div>
          <output class="entered" aria-live="polite">{text ? (text.endsWith(".") ? text : number(quantity, text.includes(".") ? text.split(".")[1]!.length : 0)) : <span class="soft">{t("howMany")}</span>} <small class="soft">{text && t("parts")}</small></output>
          <Pad label={t("howMany")} press={press} />
        </div>
        <fieldset disabled={!(quantity > 0)}>
          <legend>{t("why")}</legend>
          <Reasons lately={lately} latelyTitle={t("latelyScrap")} none={t("noCause")} taken={(code) => booked(quantity, code)} />
        </fieldset>
      </div>
    </Dialog>
  );
}
