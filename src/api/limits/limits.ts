/** At most this many connections are open to a platform at the same time. */
export const MOST_CONNECTIONS = 8;

/** A request whose answer takes as many milliseconds hangs; what is asked of the same job then leaves connections to the others. */
export const SLOW_AFTER = 10_000;

/** The most a JSON answer may have, in bytes. 64 MiB hold some 100,000 runs. */
export const MOST_JSON_BYTES = 64 * 1024 * 1024;

/** As much of a refusal's body as is read for its message, in bytes. */
export const MOST_REFUSAL_BYTES = 64 * 1024;

/** As deep as anything the API describes is nested, many times over; what lies deeper is left out. */
export const MOST_DEPTH = 50;
