/** Small drawings for big buttons. */
const PATHS = {
  bell: "M6 16v-5a6 6 0 0 1 12 0v5l2 2H4zM10 20a2 2 0 0 0 4 0",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  order: "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7",
  gauge: "M3 7h18v10H3zM7 7v4M11 7v6M15 7v4M19 7v6",
  note: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  plus: "M12 5v14M5 12h14",
  maintenance: "M14 7a4 4 0 0 1 5-4l-2 3 1 1 3-2a4 4 0 0 1-5 5L7 19a2 2 0 0 1-3-3z",
  quality: "M10 4a6 6 0 1 1 0 12a6 6 0 0 1 0-12M15 15l5 5M7.5 10l2 2 3.5-4",
  material: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  supervisor: "M12 11a4 4 0 1 0 0-8a4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0",
  split: "M12 3v18M8 8l-4 4 4 4M16 8l4 4-4 4",
  gear: "M12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.200 2.200M16.200 16.200l2.200 2.200M5.600 18.400l2.200-2.200M16.200 7.800l2.200-2.200",
} as const;

export function Icon({ name, size = 26 }: { name: keyof typeof PATHS; size?: number }) {
  return <svg class="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}
