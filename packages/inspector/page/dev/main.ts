import { createApp, h } from "vue";
import TracePlayer from "@course/player/component";
import "../page.css";
const text = await (await fetch("./trace.jsonl")).text();
const events = text.trim().split("\n").map((l) => JSON.parse(l));
const t0 = performance.now();
createApp({ render: () => h(TracePlayer, { events, anchor: "s13-5" }) }).mount("#inspector");
await new Promise(r=>requestAnimationFrame(()=>requestAnimationFrame(r)));
(window as any).mounted = performance.now()-t0;
