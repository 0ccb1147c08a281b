// What holds for the player whatever happens in a session.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rebuildRequests, type StampedEvent } from "@course/runtime";
import { framesOf, isBefore, Player, type Frame } from "../src/index.ts";
import { hold, steps } from "./random-session.ts";

/** A frame as a value: all that it says. */
function shown(frame: Frame, player: Player): unknown {
  const { extent, ...moment } = frame.main;
  return {
    messages: frame.messages,
    moment,
    newFrom: extent.newFrom,
    lanes: frame.lanes,
    draft: frame.draft(),
    happening: frame.happening,
    forks: player.conversations.map(({ key }) => frame.conversation(key).extent.messages),
  };
}

test("each frame's messages are what the session held at its event, and the last ones the session's", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const { session, events, held } = await hold(todo);
      const frames = framesOf(events);
      for (const [index, { type }] of events.entries()) {
        // These two are told before the session does what they say.
        if (type === "prefix" || type === "cleared") continue;
        expect(JSON.stringify(frames.at(index).messages)).toBe(held[index]);
      }
      if (events.length > 0 && events.at(-1)?.type !== "prefix")
        expect(frames.at(frames.length - 1).messages).toEqual(session.messages);
    }),
  );
});

test("no frame shows a block before its event", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const { events } = await hold(todo);
      const player = new Player(events);
      const added = new Set<string>();
      for (const [index, event] of events.entries()) {
        for (const block of blocksIn(event)) added.add(JSON.stringify(block));
        for (const message of player.frame(index).messages)
          for (const block of typeof message?.content === "object" ? message.content : [])
            expect(added).toContain(JSON.stringify(block));
      }
    }),
  );
});

function blocksIn(event: StampedEvent): readonly unknown[] {
  if (event.type === "appended") return event.blocks;
  if (event.type !== "edited") return [];
  return event.messages.flatMap<unknown>(({ content }) =>
    typeof content === "string" ? [{ type: "text", text: content }] : content,
  );
}

test("any beginning of a trace gives the same frames, while it grows, and afterwards", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (todo, cut) => {
      const { events } = await hold(todo);
      const whole = new Player(events);
      const player = new Player(events.slice(0, cut % (events.length + 1)));
      const early = Array.from({ length: player.length }, (_, index) => player.frame(index));
      const before = early.map((frame) => JSON.stringify(shown(frame, player)));
      expect(early.map((frame) => JSON.stringify(shown(whole.frame(frame.index), player)))).toEqual(before);
      player.push(...events.slice(player.length));
      const keys = new Player(events.slice(0, early.length));
      expect(early.map((frame) => JSON.stringify(shown(frame, keys)))).toEqual(before);
    }),
  );
});

test("the requests are those that were sent, byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const { events } = await hold(todo);
      const player = new Player(events);
      const requests = [...player.requests()].map((body) => JSON.stringify(body));
      expect(requests).toEqual(rebuildRequests(events).map((body) => JSON.stringify(body)));
    }),
  );
});

test("steps are events in their order, the last event is one, and what is new begins no later than the end", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const { events } = await hold(todo);
      const player = new Player(events);
      expect(player.steps.at(-1)).toBe(events.length === 0 ? undefined : events.length - 1);
      expect(player.steps.toSorted((a, b) => a - b)).toEqual([...new Set(player.steps)]);
      for (const [step, index] of player.steps.entries()) {
        expect(player.stepOf(index)).toBe(step);
        const { extent, cached, boundTo } = player.frame(index).main;
        for (const place of [extent.newFrom, cached.to, boundTo])
          expect(isBefore(extent.end, place)).toBe(false);
      }
    }),
  );
});
