// @course/remote-lanes: background commands on other machines, through BullMQ and Redis.
export { openLane, RemoteLane, type RemotePlace } from "./remote-lane.ts";
export { OUTPUT_BYTES } from "./protocol.ts";
