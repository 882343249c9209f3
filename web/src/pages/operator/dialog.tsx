/** A dialog over the page: modal, closed by Escape, by its cross, or by what was done in it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "./words";

export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = box.current!;
    if (!shown.open) shown.showModal();
    return () => shown.close();
  }, []);
  return (
    <dialog ref={box} class="opdialog" aria-label={title} onCancel={(e) => { e.preventDefault(); close(); }}
      onClick={(e) => { if (e.target === box.current) close(); }}>
      <header class="bar"><h2 class="grow">{title}</h2><button class="cross" aria-label={t("close")} onClick={close}>✕</button></header>
      {children}
    </dialog>
  );
}
