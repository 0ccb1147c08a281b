import { say } from "@course/offline-model/test";
import { test } from "vitest";
import { everything, filesystem, open, until, tracker, odd } from "./open.ts";
test.each([["everything", everything],["tracker", tracker],["odd", odd()],["mute", odd("mute-before")],["garbage", odd("garbage")],["fs", filesystem("/tmp")],["stub", odd("stubborn")]])("%s", async (name, server) => {
  let t = performance.now();
  const o = await open({ servers: { [name]: server } }, say("x"));
  console.log(name, "open", performance.now() - t); t = performance.now();
  await o.run("x");
  console.log(name, "run", performance.now() - t); t = performance.now();
  console.log(await o.command("/mcp"), o.notices());
  await o.close();
  console.log(name, "close", performance.now() - t);
}, 20000);
