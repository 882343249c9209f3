/** States of machines as the house tells them, made into boxes of a timeline. */
import { STATES } from "../house";
import { lang } from "../lib/i18n";
import { plant } from "../lib/plant";
import { stateColor, stateWord } from "./paint";
import type { Box } from "./timeline";

export type Spell = [since: number, until: number, state: string, reason: string, said: string];
export interface States { since: number; until: number; machines: { machine: string; title: string; spells: Spell[] }[] }

/** Producing is low, what stands is full height, the unknown is hatched: told apart without colour. */
export function stateBoxes(spells: Spell[]): Box[] {
  lang.value;
  const reasons = new Map(plant.value?.reasons.map((r) => [r.code, r.text]));
  return spells.map(([since, until, state, reason, said]) => {
    const why = reason ? reasons.get(reason) ?? reason : "";
    return {
      since, until, fill: stateColor(state), text: why && state !== "producing" ? `${stateWord(state)}: ${why}` : stateWord(state),
      low: state === "producing", hatched: state === "unknown", of: { state, reason },
      ...(said && said !== state && !(said in STATES) ? { tip: [`“${said}”`] } : {}),
    };
  });
}
