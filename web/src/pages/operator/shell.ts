/** This page opens without a connection: a worker keeps its files, and what it last read of the plant. */
export async function shell(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/sw.js", { scope: "/operator" });
  } catch (error) {
    console.warn("This page will not open without a connection:", error);
  }
}
