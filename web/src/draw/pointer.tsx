/** The line under the pointer and the stretch being selected, over any drawing that shares a view. */
import { useComputed } from "@preact/signals";
import type { View } from "./view";

export function Pointer({ view, left, width, height }: { view: View; left: number; width: number; height: number }) {
  const place = (x: number) => { const [low, high] = view.shown.value; return ((x - low) / (high - low)) * width; };
  const line = useComputed(() => {
    const x = view.pointed.value === null ? -1 : place(view.pointed.value);
    return x < 0 || x > width ? "display:none" : `left:${left + x}px;height:${height}px`;
  });
  const brush = useComputed(() => {
    const b = view.brush.value;
    return b ? `left:${left + place(b[0])}px;width:${place(b[1]) - place(b[0])}px;height:${height}px` : "display:none";
  });
  return (<><i class="pointer" style={line} aria-hidden="true" /><i class="brush" style={brush} aria-hidden="true" /></>);
}
