/** This page opens without a connection: a worker keeps its files, and what it last read of the plant. */
import { get } from "../../lib/api";

/** Have the worker at work, and let it read once what the page cannot open without; true once all that is kept. */
export async function shell(): Promise<boolean> {
  const worker = navigator.serviceWorker as ServiceWorkerContainer | undefined; // not there without TLS
  if (!worker) return false;
  try {
    await worker.register("/sw.js", { scope: "/operator" });
    await worker.ready;
    if (!worker.controller) await new Promise((go) => worker.addEventListener("controllerchange", go, { once: true }));
    await Promise.all(["me", "plant", "reasons"].map((what) => get(what)));
    return true;
  } catch (error) {
    console.warn("This page will not open without a connection:", error);
    return false;
  }
}
