/** A state as people see it: a mark, a word and a colour, never the colour alone. */
import { STATES, type Meaning } from "../house";
import { lang } from "../lib/i18n";
import { theme, type Theme } from "../lib/plant";

const meaning = (state: string): Meaning => STATES[state] ?? STATES.unknown!;
export const stateWord = (state: string): string => meaning(state)[lang.value];
export const stateColour = (state: string, on: Theme = theme.value): string => meaning(state)[on];

/** Black or white, whichever is read better on a colour: at least 4.58 to 1 (WCAG AA). */
export function inkOn(hex: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

const MARKS: Record<string, string> = {
  producing: "M4 2.5v11l9.5-5.5z",
  setup: "M1.5 4.2h8V1.7L14 5.2 9.5 8.7V6.2h-8zM14.5 12.8h-8v1.5L2 10.8l4.5-3.5v2.5h8z",
  idle_no_order: "M2 6.8h12v2.4H2z",
  starved: "M1.5 2.5h13L8 14zM5.3 4.8L8 9.5l2.7-4.7z",
  blocked: "M11.8 2h2.6v12h-2.6zM1.5 6h4V3.2L10.4 8l-4.9 4.8V10h-4z",
  held_operator: "M3.4 2.5h3.3v11H3.4zM9.3 2.5h3.3v11H9.3z",
  fault: "M4.2 2.4L8 6.2l3.8-3.8 1.8 1.8L9.8 8l3.8 3.8-1.8 1.8L8 9.8l-3.8 3.8-1.8-1.8L6.2 8 2.4 4.2z",
  maintenance_planned: "M6.5 2h3v4.5H14v3H9.5V14h-3V9.5H2v-3h4.5z",
  off: "M8 2a6 6 0 100 12A6 6 0 008 2zm0 2.4a3.6 3.6 0 110 7.2 3.6 3.6 0 010-7.2z",
  unknown: "M4.8 5.7C4.8 3.6 6.2 2.2 8.1 2.2c1.9 0 3.3 1.2 3.3 3 0 1.3-.7 2.1-1.5 2.8-.7.6-1 .9-1 1.8H7c0-1.6.5-2.2 1.5-3 .6-.5.9-.9.9-1.5 0-.7-.5-1.2-1.3-1.2-.8 0-1.4.6-1.4 1.6zM6.9 11.2h2.2v2.4H6.9z",
};

/** The state's own shape, told apart without colour. */
export function StateMark({ state }: { state: string }) {
  return <svg class="mark" viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true"><path fill="currentColor" fill-rule="evenodd" d={MARKS[state] ?? MARKS.unknown} /></svg>;
}

/** Mark and word on the state's colour. */
export function StatePill({ state }: { state: string }) {
  const paper = stateColour(state);
  return <span class="statepill" style={{ background: paper, color: inkOn(paper) }}><StateMark state={state} />{stateWord(state)}</span>;
}

const TROUBLE = ["fault", "unknown", "held_operator", "starved", "blocked", "setup", "maintenance_planned", "idle_no_order", "off", "producing"];
/** How much a state wants somebody: the smaller, the sooner. */
export const trouble = (state: string): number => (TROUBLE.indexOf(state) + TROUBLE.length) % TROUBLE.length;
