// An answer that is an error, in the shape of the Messages API
// (https://platform.claude.com/docs/en/api/errors).

const TYPES = {
  400: "invalid_request_error",
  401: "authentication_error",
  404: "not_found_error",
  405: "invalid_request_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
} as const;

export type ErrorStatus = keyof typeof TYPES;

export class ApiError extends Error {
  readonly status: ErrorStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ErrorStatus, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }

  body(requestId: string) {
    const error = { type: TYPES[this.status], message: this.message };
    return { type: "error", error, request_id: requestId };
  }
}

export function invalid(message: string): ApiError {
  return new ApiError(400, message);
}
