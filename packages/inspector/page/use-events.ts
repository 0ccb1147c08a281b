// The events of the session, over server-sent events: first all that there are, then what happens.
import { onBeforeUnmount, shallowRef, ref } from "vue";
import type { Player } from "@course/player";

type Events = Player["events"];

/** What is told once, of the session itself. */
interface About {
  readonly name: string;
  readonly model: string;
  readonly isLive: boolean;
}

export function useEvents() {
  const events = shallowRef<Events>([]);
  const about = ref<About>();
  const state = ref<"connecting" | "live" | "whole" | "ended" | "lost">("connecting");
  const source = new EventSource("events");
  source.addEventListener("about", ({ data }: MessageEvent<string>) => {
    about.value = JSON.parse(data) as About;
    // A connection that comes back begins at the beginning.
    events.value = [];
    state.value = about.value.isLive ? "live" : "whole";
  });
  source.addEventListener("events", ({ data }: MessageEvent<string>) => {
    events.value = [...events.value, ...(JSON.parse(data) as Events)];
  });
  source.addEventListener("end", () => {
    source.close();
    if (state.value === "live") state.value = "ended";
  });
  // The program may be gone, or asleep: the browser tries again by itself.
  source.addEventListener("error", () => {
    if (state.value !== "whole") state.value = "lost";
  });
  onBeforeUnmount(() => source.close());
  return { events, about, state };
}
