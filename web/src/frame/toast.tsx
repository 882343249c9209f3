/** Short messages about what was done, or why it was not. */
import { signal } from "@preact/signals";

interface Toast { id: number; text: string; bad: boolean; undo: (() => void) | undefined; label: string }
const shown = signal<Toast[]>([]);
let count = 0;

/** Say something for a few seconds; with `undo`, there is a button for it. */
export function say(text: string, { bad = false, undo, label = "↶" }: { bad?: boolean; undo?: () => void; label?: string } = {}): void {
  const toast = { id: ++count, text, bad, undo, label };
  shown.value = [...shown.value.slice(-3), toast];
  setTimeout(() => leave(toast.id), bad ? 9000 : 5000);
}

const leave = (id: number) => (shown.value = shown.value.filter((x) => x.id !== id));

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map((x) => (
        <div key={x.id} class={`toast ${x.bad ? "bad" : ""}`}>
          <span>{x.text}</span>
          {x.undo && <button onClick={() => { x.undo!(); leave(x.id); }}>{x.label}</button>}
        </div>
      ))}
    </div>
  );
}
