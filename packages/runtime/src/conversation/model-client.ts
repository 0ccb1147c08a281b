// What a session needs of its model. Which one it is, and where it answers, is decided in model/client.ts.
import type Anthropic from "@anthropic-ai/sdk";

export interface ModelClient {
  /** The model's id, as sent in requests. */
  readonly id: string;
  /** Where requests go, in words. */
  readonly endpoint: string;
  /** Why this endpoint was chosen, in words. */
  readonly reason: string;
  readonly isOffline: boolean;
  /** The SDK's client; loaded at the first call. Rejects if the offline model cannot start. */
  sdk(): Promise<Anthropic>;
  /** The offline model's faults from now on; undefined for a real endpoint. */
  readonly setFaults?: (text: string) => Promise<void>;
  close(): Promise<void>;
}
