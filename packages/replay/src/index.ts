// @course/replay: what others use of it.
export { Columns } from "./columns.ts";
export { Track, type TrackLine } from "./track.ts";
