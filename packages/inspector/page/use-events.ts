// The events of the session, over server-sent events; a batch for each frame of the screen.
import { onBeforeUnmount, shallowRef, ref } from "vue";
import type { Player } from "@course/player";

type Events = Player["events"];

/** What is told once, of the session itself. */
interface About {
  readonly name: string;
  readonly model: string;
}

export function useEvents() {
  const events = shallowRef<Events>([]);
  const about = ref<About>();
  const state = ref<"connecting" | "open" | "ended" | "lost">("connecting");
  let waiting: Events[number][] = [];
  const take = () => {
    events.value = [...events.value, ...waiting];
    waiting = [];
  };
  const source = new EventSource(`events${location.search}`);
  source.addEventListener("about", ({ data }: MessageEvent<string>) => {
    about.value = JSON.parse(data) as About;
    // A connection that comes back begins at the beginning.
    [events.value, waiting, state.value] = [[], [], "open"];
  });
  source.addEventListener("event", ({ data }: MessageEvent<string>) => {
    if (waiting.push(JSON.parse(data) as Events[number]) === 1) setTimeout(take, 30);
  });
  source.addEventListener("end", () => {
    source.close();
    take();
    state.value = "ended";
  });
  source.addEventListener("error", () => {
    // The program may be gone, or asleep: the browser tries again by itself.
    state.value = "lost";
  });
  onBeforeUnmount(() => source.close());
  return { events, about, state };
}
