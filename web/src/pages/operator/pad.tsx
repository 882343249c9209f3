/** A number on big keys; the device's own keyboard works, too. */
import { t } from "./words";

const KEYS = ["7", "8", "9", "4", "5", "6", "1", "2", "3", "⌫", "0", "."];

/** What is entered after a key; "−" turns the sign. */
export function pressed(was: string, key: string, longest = 7): string {
  if (key === "⌫") return was.slice(0, -1);
  if (key === "−") return was.startsWith("-") ? was.slice(1) : `-${was}`;
  if (key === "." && was.includes(".")) return was;
  return (was + key).replace(/^(-?)0+(?=\d)/, "$1").slice(0, longest);
}

export function Pad({ label, press, signed = false }: { label: string; press: (key: string) => void; signed?: boolean }) {
  return (
    <div class="pad" role="group" aria-label={label}
      onKeyDown={(e) => { if (/^[0-9.]$/.test(e.key)) press(e.key); else if (e.key === "Backspace") press("⌫"); else if (signed && e.key === "-") press("−"); }}>
      {[...KEYS, ...(signed ? ["−"] : [])].map((k) => <button key={k} type="button" aria-label={k === "⌫" ? t("clear") : k} onClick={() => press(k)}>{k}</button>)}
    </div>
  );
}
